"""Claude Code: permissions in settings.json, where deny comes before ask and ask before allow."""

import re
from collections.abc import Iterator
from typing import Any

from enforce.export.losses import Losses
from enforce.export.outline import Standing, globs, losses_of_all, restricts, standing, standings
from enforce.jsontext import dumped
from enforce.law import Law
from enforce.paths import pointer
from enforce.policy import Policy
from enforce.selectors import catches_all, is_glob

#: Other characters end a rule's name early or make the rule be skipped without a word.
_SAFE = re.compile(r"[A-Za-z0-9_.*-]+")


def write(policy: Policy, server: str, losses: Losses) -> str:
    """The `permissions` of a settings file."""
    losses_of_all(policy, losses)
    prefix = f"mcp__{re.sub(r'[^A-Za-z0-9_-]', '_', server)}"
    rules: dict[str, list[str]] = {"deny": [], "ask": [], "allow": []}
    for name, effect in standings(policy, losses, can_ask=True):
        if _SAFE.fullmatch(name) and "*" not in name:
            rules[effect] += _spellings(prefix, name)
        elif effect == "allow":
            losses.stricter("", f"the tool {name!r} cannot be named in a rule, and is asked about")
        else:
            losses.stricter("", f"the tool {name!r} cannot be named in a rule, so the whole server is denied")
            rules["deny"].append(prefix)
    for effect, glob in _globs(policy, losses):
        rules[effect] += _spellings(prefix, glob)
    _rest(policy, rules, prefix, losses)
    permissions: dict[str, Any] = {key: found for key, found in rules.items() if found}
    if rules["ask"] or (rules["allow"] and f"{prefix}__*" not in rules["allow"]):
        # In these modes nobody is asked.
        permissions |= {"disableBypassPermissionsMode": "disable", "disableAutoMode": "disable"}
    return dumped({"permissions": permissions})


def _spellings(prefix: str, name: str) -> list[str]:
    """The name as it is, and as it looks once dots are taken out of it."""
    return list(dict.fromkeys((f"{prefix}__{name}", f"{prefix}__{name.replace('.', '_')}")))


def _globs(policy: Policy, losses: Losses) -> Iterator[tuple[Standing, str]]:
    """What becomes of the tools that each glob fits; where several fit, the strictest comes first there too."""
    everywhere = {key: rules for key, rules in policy.tools.items() if catches_all(key)}
    for key in globs(policy):
        if catches_all(key) and policy.default == "deny":
            continue
        if not _sayable(key):
            losses.stricter(
                pointer(("tools", key)), "tools that fit it are asked about unless named by themselves"
            )
            continue
        alone = Law(Policy(default="allow", tools={**everywhere, key: policy.tools[key]}))
        effect = standing(alone.tool(key.replace("*", "x")), losses, can_ask=True)
        if effect != "allow" or policy.default == "deny":
            yield effect, key
    for index, key in enumerate(policy.hide):
        if is_glob(key):
            if _sayable(key):
                yield "deny", key
            else:
                losses.looser(pointer(("hide", index)), "tools that fit it are asked about, not denied")


def _sayable(glob: str) -> bool:
    """It has no sign for one character."""
    return _SAFE.fullmatch(glob) is not None


def _rest(policy: Policy, rules: dict[str, list[str]], prefix: str, losses: Losses) -> None:
    """A server-wide deny would win over every allow, so tools that are not listed can only be asked about."""
    unsaid = [key for key in globs(policy) if not _sayable(key) and restricts(policy.tools[key])]
    unsaid += [key for key in policy.hide if is_glob(key) and not _sayable(key)]
    if policy.default == "allow" and policy.list == "all" and not unsaid:
        rules["allow"].append(f"{prefix}__*")
    elif not rules["allow"] and not rules["ask"]:
        rules["deny"] = [prefix]
    else:
        losses.looser("/default", "tools that are not listed are asked about, not denied")
