"""agentgateway: one rule that allows, in CEL over the tool's name, since its rules that deny fail open."""

from enforce.export.cel import glob_pattern, quoted
from enforce.export.losses import Losses
from enforce.export.outline import globs, losses_of_all, standing, standings
from enforce.law import Law
from enforce.policy import Policy
from enforce.selectors import catches_all, is_glob
from enforce.yamltext import dumped


def write(policy: Policy, server: str, losses: Losses) -> str:
    """The block `policies` of an MCP backend. Prompts and resources have no tool name, so no rule allows them."""
    losses_of_all(policy, losses)
    if policy.default == "allow":
        losses.stricter("/default", "prompts and resources are denied")
    document = {
        "mcp": {
            "policies": {"mcpAuthorization": {"rules": [rule(policy, losses)]}},
            "targets": [{"name": server}],
        }
    }
    return dumped(document)


def rule(policy: Policy, losses: Losses) -> str:
    """The expression over `mcp.tool.name` that holds for the tools that may be called."""
    known = dict(standings(policy, losses, can_ask=False))
    opening, closing = _globs(policy, losses)
    denied = _any_of([name for name, effect in known.items() if effect == "deny"], [])
    unknown = f"!({_any_of([], closing)})" if closing else "true"
    if policy.default == "deny" or policy.list == "listed":
        unknown = f"({_any_of([], opening)}) && {unknown}" if opening else "false"
    allowed = _any_of([name for name, effect in known.items() if effect == "allow"], [])
    return f"({allowed}) || !({denied}) && {unknown}"


def _globs(policy: Policy, losses: Losses) -> tuple[list[str], list[str]]:
    """The globs that list tools, and those that restrict what they list, for tools that are not named by themselves."""
    opening, closing = [], [key for key in policy.hide if is_glob(key)]
    for key in globs(policy):
        alone = Law(Policy(default="allow", tools={key: policy.tools[key]}))
        if standing(alone.tool(key.replace("*", "x")), losses, can_ask=False) == "deny":
            closing.append(key)
        elif not catches_all(key):
            opening.append(key)
    return opening, closing


def _any_of(exact: list[str], globs: list[str]) -> str:
    parts = [f"mcp.tool.name in [{', '.join(map(quoted, exact))}]"] if exact else []
    parts += [f"mcp.tool.name.matches({quoted(glob_pattern(glob))})" for glob in globs]
    return " || ".join(parts) or "false"
