"""Cursor's command line: permissions in cli.json, where deny wins and everything else is asked about."""

from enforce.export.losses import Losses
from enforce.export.outline import outline
from enforce.jsontext import dumped
from enforce.policy import Policy


def write(policy: Policy, server: str, losses: Losses) -> str:
    """The `permissions` of a cli.json."""
    found = outline(policy, losses, can_ask=True)
    allow = [_rule(server, name) for name in found.named("allow") if _nameable(name)]
    deny = [_rule(server, name) for name in found.named("deny") if _nameable(name)]
    for name in found.tools:
        if not _nameable(name):
            losses.looser("", f"the tool {name!r} cannot be named in a rule, and is asked about")
    if found.default == "deny" and not found.named("allow", "ask"):
        deny = [_rule(server, "*")]
    elif found.default == "deny":
        losses.looser("/default", "tools that are not listed are asked about, not denied")
    else:
        losses.stricter("/default", "tools that are not listed are asked about, not allowed")
    return dumped({"permissions": {"allow": allow, "deny": deny}})


def _rule(server: str, name: str) -> str:
    return f"Mcp({server}:{name})"


def _nameable(name: str) -> bool:
    return not set(name) & set("():*?, ")
