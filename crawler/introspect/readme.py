"""The tools that a README's table or list names: the last resort, for prose is no source of truth."""

import re
from collections.abc import Iterator

from crawler.tools import Origin, Tool

#: The patterns here are for hostile text: none of them looks at a character more than a few times, however long a line is.
_HEADING = re.compile(r"^(#{1,6})\s+(.*)$")
#: No heading is longer.
_LONGEST_HEADING = 200
#: A heading that announces tools ends in that word; "Disabled tools" are among those that speak of something else.
_TOOLS = re.compile(
    r"\b(?:tools?|functions)(?: (?:list|reference|overview|provided|available|exposed))?\W*\d*\W*$",
    re.IGNORECASE,
)
#: Sections below such a heading whose names are of something else.
_ASIDE = re.compile(
    r"config|command|disabl|enabl|exclu|hidden|remov|deprecat|restrict|confirm|filter|permission|example|usage|resource|prompt"
    r"|param|argument|input|output|option|return|error|limit|categor|\btypes?\b|scope|\bmodes?\b|annotation",
    re.IGNORECASE,
)
#: Headings that speak of tools but not of this server's.
_OTHERS = re.compile(r"install|build|other|related|cli|dev|require|debug|troubleshoot", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{1,63}")
#: Deeper items are parameters; what goes on without a mark is a sentence about the tool, not its entry.
_ITEM = re.compile(
    r"^ ?(?:[-*+]|\d+\.)\s+(?:\*\*)?`([^`]+)`(?:\*\*)?\s*(?:$|(?=\()|(?:[:\-\u2013\u2014]+\s*))(.*)$"
)
#: What a parameter says of itself behind its name.
_ARGUMENT = re.compile(r"\((?:[a-z]{1,12}, ?)?(?:optional|required)\b", re.IGNORECASE)
_SECTION = re.compile(r"^(?:\d+\.\s*)?(?:`([^`]+)`|([a-z]+(?:_[a-z0-9]+)+))$")
#: Headers of columns that a table of parameters has and one of tools has not.
_PARAMETERS = frozenset({"type", "required", "default", "parameter"})
_CONFIDENCE = 0.5
_MOST = 500
#: One name may be anything.
_LEAST = 2

_Named = tuple[int, str, str]


def readme_tools(readme: str) -> tuple[Tool, ...]:
    """Tools of the sections that are headed so: names in code type, or in the column of names of a table.

    A section counts only if its names are identifiers of one style, and the whole only if there are several, some of
    them of more than one word.
    """
    found: dict[str, Tool] = {}
    for section in _sections(readme):
        if not _of_one_style([name for _, name, _ in section]):
            continue
        for line, name, description in section:
            if name not in found and len(found) < _MOST:
                origin = Origin(file="README", line=line, confidence=_CONFIDENCE)
                definition = {"name": name, "description": description} if description else {"name": name}
                found[name] = Tool.read(definition, position=len(found), origin=origin)
    return tuple(found.values()) if len(found) >= _LEAST and any(map(_marks, found)) else ()


def _of_one_style(names: list[str]) -> bool:
    """Whether all are names, and join words alike; a variable of the environment is written in capitals."""
    joined = set().union(*map(_marks, names)) - {"."}
    return len(joined) <= 1 and all(_NAME.fullmatch(name) and not name.isupper() for name in names)


def _marks(name: str) -> set[str]:
    """What tells the words of a name apart: `_`, `-`, `.`, or `A` for a capital."""
    return set(re.findall(r"[_.-]", name)) | ({"A"} if re.search("[a-z][A-Z]", name) else set())


def _sections(readme: str) -> Iterator[list[_Named]]:
    """The names below each heading of tools; where tools have headings of their own, those together."""
    depth, aside = 0, 0
    headed: list[_Named] = []
    lines: list[tuple[int, str]] = []
    for number, line in _prose(readme):
        heading = _HEADING.match(line)
        if heading is None:
            if depth and not aside:
                lines.append((number, line))
            continue
        level, text = len(heading[1]), heading[2][:_LONGEST_HEADING].rstrip().rstrip("#").rstrip()
        if aside and level > aside:
            continue
        yield from _blocks(lines)
        lines, aside = [], 0
        own = _SECTION.match(text)
        if depth and level > depth:
            if own is not None:
                headed.append((number, own[1] or own[2], ""))
            aside = level if own is not None or _ASIDE.search(text) else 0
        else:
            yield headed
            headed = []
            spoken = _TOOLS.search(text) and not _OTHERS.search(text) and not _ASIDE.search(text)
            depth = level if spoken else 0
    yield from _blocks(lines)
    yield headed


def _prose(readme: str) -> Iterator[tuple[int, str]]:
    fenced = False
    for number, line in enumerate(readme.splitlines(), start=1):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        elif not fenced:
            yield number, line


def _blocks(lines: list[tuple[int, str]]) -> Iterator[list[_Named]]:
    """The names of the lists of a section together, and of each of its tables."""
    listed: list[_Named] = []
    table: list[tuple[int, list[str]]] = []
    for number, line in lines:
        row, item = line.strip(), _ITEM.match(line)
        if row.startswith("|") and len(row) > 1:
            table.append((number, [cell.strip() for cell in row[1:].removesuffix("|").split("|")]))
            continue
        yield _tabled(table)
        table = []
        if item is not None and not _ARGUMENT.match(item[2]):
            listed.append((number, re.split(r"[(\s]", item[1])[0], item[2].strip()))
    yield _tabled(table)
    yield listed


def _tabled(rows: list[tuple[int, list[str]]]) -> list[_Named]:
    """The names in the column of names, several of them in a cell too; a description is of one tool only."""
    if not rows or (column := _name_column(rows[0][1])) is None:
        return []
    body = [
        (number, cells)
        for number, cells in rows[1:]
        if len(cells) > column and set(cells[column]) - set("-: ")
    ]
    coded = any("`" in cells[column] for _, cells in body)
    found = []
    for number, cells in body:
        names = _coded(cells[column]) if coded else [_bare(cells[column])]
        description = _bare(cells[column + 1]) if len(names) == 1 and len(cells) > column + 1 else ""
        found += [(number, name, description) for name in names]
    return found


def _name_column(header: list[str]) -> int | None:
    """The column of names in a table of tools."""
    cells = [_bare(cell).lower() for cell in header]
    if _PARAMETERS & set(cells):
        return None
    names = ("tool", "tools", "name", "tool name", "function", "functions")
    return next((place for place, cell in enumerate(cells) if cell in names), None)


def _coded(cell: str) -> list[str]:
    """The names in code type of a cell, without the parameters behind them; none is a heading among the rows."""
    return [re.split(r"[(\s]", name)[0] for name in re.findall(r"`([^`]+)`", cell)]


def _bare(cell: str) -> str:
    return re.sub(r"\[([^\[\]]*)\]\([^()]*\)", r"\1", cell).strip("`* ")
