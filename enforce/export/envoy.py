"""Envoy AI Gateway: an MCPRoute whose conditions all stand on rules that allow, since a CEL error is no match."""

from typing import Any

from enforce.conditions import holds
from enforce.export.cel import Cel
from enforce.export.expressions import ALWAYS, NEVER, permission
from enforce.export.losses import Losses
from enforce.export.outline import default_without_globs, law_of, losses_of_all, names
from enforce.law import ToolLaw
from enforce.policy import Policy
from enforce.yamltext import dumped

ARGUMENTS = "request.mcp.params.arguments"


def write(policy: Policy, server: str, losses: Losses) -> str:
    """One MCPRoute; the first rule that matches decides."""
    losses_of_all(policy, losses)
    default = default_without_globs(policy, losses)
    standings = permissions(policy, losses)
    backend: dict[str, Any] = {"name": server}
    usable = [name for name, expression in standings.items() if expression is not NEVER]
    if default == "deny" and usable:
        backend["toolSelector"] = {"include": usable}
    elif default == "allow" and len(usable) < len(standings):
        backend["toolSelector"] = {"exclude": [name for name in standings if name not in usable]}
    authorization = {"defaultAction": default.capitalize(), "rules": _rules(standings, server, default)}
    spec = {"backendRefs": [backend], "securityPolicy": {"authorization": authorization}}
    document = {
        "apiVersion": "aigateway.envoyproxy.io/v1beta1",
        "kind": "MCPRoute",
        "metadata": {"name": server},
        "spec": spec,
    }
    return dumped(document)


def permissions(policy: Policy, losses: Losses) -> dict[str, str | None]:
    """For every tool that the policy names: when it may be called, in CEL."""
    law, dialect = law_of(policy), Cel(ARGUMENTS, losses)
    return {
        name: _listed(law.tool(name), permission(law.tool(name), dialect, losses), losses)
        for name in names(policy)
    }


def _listed(tool: ToolLaw, expression: str | None, losses: Losses) -> str | None:
    """Lists are filtered by the same rules, asked without arguments: for which a call without any has to pass."""
    if not expression:
        return expression
    if any(clause.denies({}) for clause in tool.clauses) or any(
        holds(hold.questions, {}, True) for hold in tool.holds
    ):
        losses.stricter(
            tool.allowed or "", "the tool is not listed, since a call without arguments would not pass"
        )
        return expression
    return f"!has({ARGUMENTS}) || ({expression})"


def _rules(standings: dict[str, str | None], server: str, default: str) -> list[dict[str, Any]]:
    rules = []
    free = [name for name, expression in standings.items() if expression == ALWAYS]
    if free and default == "deny":
        rules.append(_rule("Allow", server, free))
    for name, expression in standings.items():
        if expression:
            rules.append({**_rule("Allow", server, [name]), "cel": expression})
    closed = [name for name, expression in standings.items() if expression != ALWAYS]
    if closed and default == "allow":
        rules.append(_rule("Deny", server, closed))
    return rules


def _rule(action: str, server: str, tools: list[str]) -> dict[str, Any]:
    return {"action": action, "target": {"tools": [{"backend": server, "tool": name} for name in tools]}}
