"""What a stack gives cause to look at, in the forms that a pull request is read in: Markdown and SARIF."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from catalogue.machine.clients.configured import Configured
from catalogue.machine.clients.jsonc import BadJsonc, parse
from catalogue.machine.stack import Stack, Standing
from catalogue.policies.lint_findings import Level, sarif_log, sarif_result
from catalogue.website.visible import plain as visible
from classifier.categories import DANGEROUS
from enforce.reading.trees import Place

#: What each code means.
CODES = {
    "unreadable": "A configuration that cannot be read.",
    "unknown-server": "A server whose tools the catalogue does not know.",
    "unpinned": "A server whose version is not pinned.",
    "dangerous-tools": "A server whose tools execute, destroy or move money, without the proxy before it.",
    "poor-grade": "A server with a grade of D or worse.",
    "leak": "Tools that together let an agent be talked into giving data away.",
}


class StackFinding(Struct, frozen=True, kw_only=True):
    """One cause to look at a configuration."""

    level: Level
    #: One of CODES.
    code: str
    file: Path
    message: str
    #: Keys of the server in the file; empty for the whole file.
    keys: tuple[str, ...] = ()


def findings(stack: Stack) -> tuple[StackFinding, ...]:
    """Everything worth a look, in the order of the configurations."""
    return (
        *(
            StackFinding(level="error", code="unreadable", file=item.file, message=f"not read: {item.reason}")
            for item in stack.unreadable
        ),
        *(finding for standing in stack.servers for finding in _of(standing)),
        *_leaks(stack),
    )


def _of(standing: Standing) -> Iterator[StackFinding]:
    item = standing.configured
    name = str(standing.server or item.name)
    if standing.grade is None:
        yield _finding(item, "warning", "unknown-server", f"The catalogue does not know the tools of {name}.")
    if (standing.launch.server or standing.launch.image) and not standing.launch.version:
        yield _finding(item, "warning", "unpinned", f"{name} is not pinned to a version.")
    dangerous = [tool.tool for tool in standing.worst if tool.category in DANGEROUS]
    if dangerous and not standing.launch.proxied:
        yield _finding(item, "warning", "dangerous-tools", f"{name} offers {', '.join(dangerous)}.")
    if standing.grade and standing.grade.letter > "C":
        yield _finding(item, "warning", "poor-grade", f"{name} has grade {standing.grade.letter}.")


def _finding(item: Configured, level: Level, code: str, message: str) -> StackFinding:
    return StackFinding(level=level, code=code, file=item.file, keys=item.keys, message=message)


def _leaks(stack: Stack) -> Iterator[StackFinding]:
    for toxic in stack.toxic:
        file = next(
            item.configured.file
            for item in stack.servers
            if (item.configured.client, item.configured.project) == (toxic.client, toxic.project)
        )
        parts = "; ".join(
            f"{ingredient}: {', '.join(f'{tool.server}/{tool.tool}' for tool in tools)}"
            for ingredient, tools in toxic.ingredients.items()
        )
        message = f"One agent holds all that a leak needs. {parts}."
        yield StackFinding(level="error", code="leak", file=file, message=message)


def as_sarif(found: Iterable[StackFinding], root: Path, version: str) -> str:
    """SARIF 2.1.0 with paths relative to *root*."""
    results = [
        sarif_result(item.code, item.level, visible(item.message), _relative(item.file, root), _place(item))
        for item in found
    ]
    return sarif_log(CODES, results, version)


def as_markdown(stack: Stack, found: Iterable[StackFinding], root: Path) -> str:
    """A comment for a pull request: a table of the servers, then what to look at. Names are quoted, never rendered."""
    lines = [
        "### MCP servers of this project",
        "",
        "| server | client | grade | tools | behind the proxy |",
        "|---|---|---|---|---|",
    ]
    for standing in stack.servers:
        item = standing.configured
        letter = standing.grade.letter if standing.grade else "unknown"
        guard = "yes" if standing.launch.proxied else "no"
        lines.append(
            f"| {_code(str(standing.server or item.name))} | {item.client} | {letter} | {standing.tools} | {guard} |"
        )
    listed = [
        f"- **{item.code}** {_code(_relative(item.file, root))}: {_quoted(item.message)}" for item in found
    ]
    return "\n".join(
        [*lines, "", *(listed or ["Nothing calls for a closer look; that does not mean that it is safe."])]
    )


def _code(text: str) -> str:
    """Text that Markdown shows as it is: what could end the code span or the table's cell is replaced."""
    return f"`{_quoted(text)}`"


def _quoted(text: str) -> str:
    return (
        re.sub(r"[`|<>\[\]@#*_~\\\r\n]", "·", visible(text))
        if re.search(r"[`|<>\[\]\r\n\\]", text)
        else visible(text)
    )


def _relative(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else file.as_posix()


def _place(item: StackFinding) -> Place:
    """Where the server stands in its file; the first line where that cannot be told."""
    try:
        text = item.file.read_text(encoding="utf-8-sig")
        if item.file.suffix == ".toml":
            return _toml_place(text, item.keys)
        node = parse(text).at(*item.keys)
    except (OSError, UnicodeDecodeError, BadJsonc):
        return Place(1, 1)
    start = node.start if node else 0
    return Place(text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start))


def _toml_place(text: str, keys: tuple[str, ...]) -> Place:
    """The line of the server's table, as people write it."""
    heading = ".".join(keys)
    for number, line in enumerate(text.splitlines(), 1):
        if re.sub(r"[\s\"']", "", line.partition("#")[0]) == f"[{heading}]":
            return Place(number, 1)
    return Place(1, 1)
