"""The tools that a README's table or list names: the last resort, for prose is no source of truth."""

import re
from collections.abc import Iterator

from crawler.tools import Origin, Tool

_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_TOOLS = re.compile(r"\btools?\b", re.IGNORECASE)
#: Headings that speak of tools but not of this server's.
_OTHERS = re.compile(
    r"install|config|develop|build|other|related|cli|command.line|dev|require|debug|troubleshoot",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{1,63}")
_ROW = re.compile(r"^\s*\|(.+?)\|?\s*$")
_ITEM = re.compile(r"^\s{0,3}(?:[-*+]|\d+\.)\s+(?:\*\*)?`([^`]+)`(?:\*\*)?\s*(?:[:\-\u2013\u2014]+\s*)?(.*)$")
_SECTION = re.compile(r"^`([^`]+)`$|^(?:\d+\.\s*)?([a-z]+(?:_[a-z0-9]+)+)$")
_CONFIDENCE = 0.5
_MOST = 500


def readme_tools(readme: str) -> tuple[Tool, ...]:
    """Tools of the sections that are headed so; only names in code type or in the first column of a table."""
    found: dict[str, Tool] = {}
    for line, name, description in _named(readme):
        if _NAME.fullmatch(name) and name not in found and len(found) < _MOST:
            origin = Origin(file="README", line=line, confidence=_CONFIDENCE)
            definition = {"name": name, "description": description} if description else {"name": name}
            found[name] = Tool.read(definition, position=len(found), origin=origin)
    return tuple(found.values())


def _named(readme: str) -> Iterator[tuple[int, str, str]]:
    depth, fenced, column = 0, False, -1
    for number, line in enumerate(readme.splitlines(), start=1):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        if fenced:
            continue
        heading = _HEADING.match(line)
        if heading is not None:
            level, text = len(heading[1]), heading[2]
            own = _SECTION.match(text)
            if depth and level > depth and own is not None:
                yield number, (own[1] or own[2]), ""
            elif depth == 0 or level <= depth:
                depth = level if _TOOLS.search(text) and not _OTHERS.search(text) else 0
            continue
        row = _ROW.match(line)
        if row is None:
            column = -1
        if not depth:
            continue
        if row is not None:
            cells = [cell.strip() for cell in row[1].split("|")]
            if column < 0:
                column = _name_column(cells)
            elif column < len(cells) and not set(cells[column]) <= set("-: "):
                yield (
                    number,
                    _bare(cells[column]),
                    _bare(cells[column + 1]) if column + 1 < len(cells) else "",
                )
            continue
        item = _ITEM.match(line)
        if item is not None:
            yield number, re.split(r"[(\s]", item[1])[0], item[2].strip()


def _name_column(header: list[str]) -> int:
    """The column of names in a table of tools; far beyond every column if the table is of something else."""
    for place, cell in enumerate(header):
        if re.fullmatch(r"(tool|tools|name|tool name|function)", _bare(cell), re.IGNORECASE):
            return place
    return 10_000


def _bare(cell: str) -> str:
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", cell).strip("`* ")
