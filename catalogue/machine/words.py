"""Stacks and prechecks in words: what a person reads in a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from catalogue.machine.known import Reach
from catalogue.machine.stack import Stack, Standing, Toxic
from catalogue.plural import plural
from catalogue.website.visible import plain as visible

if TYPE_CHECKING:
    from catalogue.machine.precheck import Precheck


def stack_text(stack: Stack) -> str:
    """The whole survey, one paragraph a server, the worst news last so that it stands above the prompt."""
    if not stack.servers and not stack.unreadable:
        return "No MCP client on this machine is configured to start a server."
    return "\n".join(_stack(stack))


def _stack(stack: Stack) -> Iterator[str]:
    for standing in stack.servers:
        yield from _standing(standing)
        yield ""
    for unreadable in stack.unreadable:
        yield f"not read: {unreadable.file} ({unreadable.client}): {visible(unreadable.reason)}"
    for sentence in stack.gone:
        yield f"gone since the last look: {visible(sentence)}"
    for (client, servers), tools in _shared(stack).items():
        more = f" and {len(tools) - 5} more" if len(tools) > 5 else ""
        names = (
            f"tools {', '.join(map(visible, tools[:5]))}{more}"
            if len(tools) > 1
            else f"a tool {visible(tools[0])}"
        )
        yield f"{client}: {', '.join(map(visible, servers))} all offer {names}; which one is called is the client's choice"
    for toxic in stack.toxic:
        yield from _toxic(toxic)


def _shared(stack: Stack) -> dict[tuple[str, tuple[str, ...]], list[str]]:
    """Tools that several servers of one client offer, by client and servers."""
    shared: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for client, tool, servers in stack.duplicates:
        shared.setdefault((client, servers), []).append(tool)
    return shared


def _standing(standing: Standing) -> Iterator[str]:
    item = standing.configured
    letter = (
        f"grade {standing.grade.letter}, {plural(standing.tools, 'tool')}" if standing.grade else "no grade"
    )
    name = str(standing.server or item.url or standing.launch.url or standing.launch.image or "unknown")
    guard = ", behind the proxy" if standing.launch.proxied else ""
    yield f"{visible(item.name)}  {visible(name)}  {letter}{guard}"
    inside = f", for {visible(item.project)} only" if item.project and item.scope == "user" else ""
    yield f"    {item.client}: {item.file}{inside}"
    if worst := [tool for tool in standing.worst if tool.category.gravity > 1]:
        yield f"    worst: {', '.join(map(_tool, worst))}"
    if item.variables:
        yield f"    variables: {', '.join(map(visible, item.variables))} (values not shown)"
    if item.headers:
        yield f"    headers: {', '.join(map(visible, item.headers))} (values not shown)"
    for note in standing.notes:
        yield f"    note: {visible(note)}"
    if standing.changes:
        yield f"    {len(standing.changes)} changes since the last look; `tollhouse changes --server {name}` tells them"


def _toxic(toxic: Toxic) -> Iterator[str]:
    where = f" in {visible(toxic.project)}" if toxic.project else ""
    yield f"{toxic.client}{where}: one agent holds all that a leak needs"
    for ingredient, tools in toxic.ingredients.items():
        yield f"    {ingredient}: {', '.join(f'{visible(tool.server)}/{visible(tool.tool)}' for tool in tools)}"


def _tool(tool: Reach) -> str:
    return f"{visible(tool.tool)} ({tool.category})"


def precheck_text(check: "Precheck") -> str:
    """The advice and what it rests on."""
    return "\n".join(_precheck(check))


def _precheck(check: "Precheck") -> Iterator[str]:
    yield f"{check.server or visible(check.name)}: {check.advice}"
    if check.grade:
        counts = ", ".join(f"{count} {category}" for category, count in check.tools.items())
        yield f"    grade {check.grade.letter}; {counts}; release {check.release}, listed {check.method} on {check.taken_at}"
    for sentence in (*check.identity, *check.reasons):
        yield f"    {visible(sentence)}"
    for tool in check.rules[:10]:
        yield f"    deny or hold: {_tool(tool)}"
    for change in check.changes[:5]:
        yield f"    {change.seen_at[:10]} {change.kind} {visible(change.tool or '')}".rstrip()
