"""Stacks and prechecks in words: what a person reads in a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from catalogue.machine.known import Reach
from catalogue.machine.stack import Stack, Standing, Toxic
from catalogue.plural import plural
from catalogue.website.visible import one_line

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
        yield f"not read: {unreadable.file} ({unreadable.client}): {one_line(unreadable.reason)}"
    for sentence in stack.gone:
        yield f"gone since the last look: {one_line(sentence)}"
    for (client, servers), tools in _shared(stack).items():
        more = f" and {len(tools) - 5} more" if len(tools) > 5 else ""
        names = (
            f"tools {', '.join(map(one_line, tools[:5]))}{more}"
            if len(tools) > 1
            else f"a tool {one_line(tools[0])}"
        )
        yield f"{client}: {', '.join(map(one_line, servers))} all offer {names}; which one is called is the client's choice"
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
    yield f"{one_line(item.name)}  {one_line(name)}  {letter}{guard}"
    inside = f", for {one_line(item.project)} only" if item.project and item.scope == "user" else ""
    yield f"    {item.client}: {item.file}{inside}"
    if worst := [tool for tool in standing.worst if tool.category.gravity > 1]:
        yield f"    worst: {', '.join(map(_tool, worst))}"
    if item.variables:
        yield f"    variables: {', '.join(map(one_line, item.variables))} (values not shown)"
    if item.headers:
        yield f"    headers: {', '.join(map(one_line, item.headers))} (values not shown)"
    for note in standing.notes:
        yield f"    note: {one_line(note)}"
    if standing.changes:
        yield f"    {len(standing.changes)} changes since the last look; `tollhouse changes --server {name}` tells them"


def _toxic(toxic: Toxic) -> Iterator[str]:
    where = f" in {one_line(toxic.project)}" if toxic.project else ""
    yield f"{toxic.client}{where}: one agent holds all that a leak needs"
    for ingredient, tools in toxic.ingredients.items():
        yield f"    {ingredient}: {', '.join(f'{one_line(tool.server)}/{one_line(tool.tool)}' for tool in tools)}"


def _tool(tool: Reach) -> str:
    return f"{one_line(tool.tool)} ({tool.category})"


def precheck_text(check: "Precheck") -> str:
    """The advice and what it rests on."""
    return "\n".join(_precheck(check))


def _precheck(check: "Precheck") -> Iterator[str]:
    yield f"{check.server or one_line(check.name)}: {check.advice}"
    if check.grade:
        counts = ", ".join(f"{count} {category}" for category, count in check.tools.items())
        yield f"    grade {check.grade.letter}; {counts}; release {one_line(check.release)}, listed {check.method} on {check.taken_at}"
    for sentence in (*check.identity, *check.reasons):
        yield f"    {one_line(sentence)}"
    for tool in check.rules[:10]:
        yield f"    deny or hold: {_tool(tool)}"
    for change in check.changes[:5]:
        yield f"    {change.seen_at[:10]} {change.kind} {one_line(change.tool or '')}".rstrip()
