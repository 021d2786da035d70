"""Claude Code: permissions in settings.json, where deny comes before ask and ask before allow."""

import json
import re

from enforce.export.losses import Losses
from enforce.export.outline import Outline, outline
from enforce.policy import Policy

#: Other characters end a rule's name early or make the rule be skipped without a word.
_SAFE = re.compile(r"[A-Za-z0-9_.-]+")


def write(policy: Policy, server: str, losses: Losses) -> str:
    """The `permissions` of a settings file."""
    found = outline(policy, losses, can_ask=True)
    prefix = f"mcp__{re.sub(r'[^A-Za-z0-9_-]', '_', server)}"
    permissions: dict[str, list[str]] = {"deny": [], "ask": [], "allow": []}
    for name, standing in found.tools.items():
        if _SAFE.fullmatch(name):
            permissions[standing] += _spellings(prefix, name)
        elif standing == "allow":
            losses.stricter("", f"the tool {name!r} cannot be named in a rule, and is asked about")
        else:
            losses.stricter("", f"the tool {name!r} cannot be named in a rule, so the whole server is denied")
            permissions["deny"].append(prefix)
    _rest(found, permissions, prefix, losses)
    return (
        json.dumps({"permissions": {key: rules for key, rules in permissions.items() if rules}}, indent=2)
        + "\n"
    )


def _spellings(prefix: str, name: str) -> list[str]:
    """The name as it is, and as it looks once dots are taken out of it."""
    return list(dict.fromkeys((f"{prefix}__{name}", f"{prefix}__{name.replace('.', '_')}")))


def _rest(found: Outline, permissions: dict[str, list[str]], prefix: str, losses: Losses) -> None:
    """A server-wide deny would win over every allow, so tools that are not listed can only be asked about."""
    if found.default == "allow":
        permissions["allow"].append(f"{prefix}__*")
    elif not permissions["allow"] and not permissions["ask"]:
        permissions["deny"] = [prefix]
    else:
        losses.looser("/default", "tools that are not listed are asked about, not denied")
