"""What each framework makes of a function's docstring: the tool's description, and its parameters'."""

import inspect
import re
from collections.abc import Mapping
from enum import Enum, auto
from typing import NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version


class Style(Enum):
    """How a framework reads docstrings."""

    #: The official SDK takes them as they stand, indentation and all.
    RAW = auto()
    #: So does it on Python 3.13 and newer, which itself takes the indentation away, and nothing else.
    COMPILED = auto()
    #: FastMCP 2 takes the indentation away.
    CLEAN = auto()
    #: FastMCP 3 ends the description at the first section, if one of the sections describes parameters.
    PARAMETERS = auto()
    #: FastMCP 4 and newer end it at the first section of any kind.
    SECTIONS = auto()


class Described(NamedTuple):
    """What a docstring says."""

    description: str
    parameters: dict[str, str]


#: The newest release of FastMCP that is known here; a package that allows it gets it.
_NEWEST = 4

_ARGUMENTS = frozenset({"args", "arguments", "params", "parameters"})
_TITLE = re.compile(r"(\w[\s\w-]*):(?:\s+\S.*)?\s*")
_FIELD = re.compile(
    r":(param|parameter|arg|argument|return|returns|rtype|type|raise|raises|yield|yields)\b([^:]*):\s*(.*)"
)
_REQUIREMENT = re.compile(r"(?m)^Requires-Dist:\s*(fastmcp(?:-slim)?\b[^\n]*)")


def style_of_official(files: Mapping[str, bytes]) -> Style:
    """How the official SDK reads docstrings under the oldest Python that this package takes."""
    required = re.search(r"(?m)^Requires-Python:\s*([^\n]*)", _metadata(files))
    try:
        older = required is None or SpecifierSet(required[1]).contains("3.12.99")
    except InvalidSpecifier:
        older = True
    return Style.RAW if older else Style.COMPILED


def style_of_fastmcp(files: Mapping[str, bytes]) -> Style:
    """How the release of FastMCP that this package asks for reads docstrings."""
    newest = _NEWEST
    for match in _REQUIREMENT.finditer(_metadata(files)):
        try:
            specifiers = list(Requirement(match[1]).specifier)
        except InvalidRequirement:
            continue
        newest = min([newest, *map(_newest, specifiers)])
    return {2: Style.CLEAN, 3: Style.PARAMETERS}.get(newest, Style.SECTIONS if newest > 3 else Style.CLEAN)


def _metadata(files: Mapping[str, bytes]) -> str:
    path = min((path for path in files if path.endswith(".dist-info/METADATA")), key=len, default=None)
    return files[path].decode("utf-8", "replace") if path is not None else ""


def _newest(specifier: Specifier) -> int:
    """The newest major version that one condition allows."""
    try:
        version = Version(specifier.version.removesuffix(".*"))
    except InvalidVersion:
        return _NEWEST
    if specifier.operator == "<" and version.release[1:] in {(), (0,), (0, 0)}:
        return version.major - 1
    return version.major if specifier.operator in {"<", "<=", "==", "===", "~="} else _NEWEST


def described(docstring: str | None, style: Style) -> Described:
    """The description that a framework takes from a docstring, and what it says of the parameters."""
    if not docstring:
        return Described("", {})
    if style is Style.RAW:
        return Described(docstring, {})
    if style is Style.COMPILED:
        return Described(_compiled(docstring), {})
    whole = inspect.cleandoc(docstring)
    if style is Style.CLEAN:
        return Described(whole, {})
    for read in (_google, _underlined, _fields):
        found = read(whole.split("\n"))
        if found is not None and (found.parameters or style is Style.SECTIONS):
            return found
    return Described(whole, {})


def _compiled(docstring: str) -> str:
    """The docstring without the spaces that all its lines but the first begin with; empty lines keep what is over."""
    first, *lines = docstring.expandtabs().split("\n")
    margin = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip(" ")), default=0)
    return "\n".join([first.lstrip(" "), *(line[margin:] for line in lines)])


def _google(lines: list[str]) -> Described | None:
    """Sections with a title and a colon, above an indented block; an empty line stands before, none behind."""
    titles = _titles(lines)
    if not titles:
        return None
    parameters: dict[str, str] = {}
    for number in titles:
        if lines[number].partition(":")[0].lower() in _ARGUMENTS:
            parameters |= _items(_block(lines, number + 1))
    return Described(_joined(lines[: titles[0]]), parameters)


def _titles(lines: list[str]) -> list[int]:
    found: list[int] = []
    fenced = False
    for number, line in enumerate(lines):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        below = lines[number + 1] if number + 1 < len(lines) else ""
        apart = number == 0 or not lines[number - 1].strip()
        if not fenced and apart and below.strip() and below.startswith(" ") and _TITLE.fullmatch(line):
            found.append(number)
    return found


def _block(lines: list[str], start: int) -> list[str]:
    """The indented lines from `start` on, without their indentation."""
    end = start
    while end < len(lines) and (lines[end].startswith(" ") or not lines[end].strip()):
        end += 1
    return inspect.cleandoc("\n" + "\n".join(lines[start:end])).split("\n")


def _items(block: list[str]) -> dict[str, str]:
    """`name (type): text`, each with the further indented lines below it."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in block:
        head, colon, text = line.partition(":")
        if line[:1] == " " or not line.strip():
            found.get(name, []).append(line.strip())
        elif colon:
            name = head.partition("(")[0].strip()
            found[name] = [text.strip()]
    return {key: "\n".join(texts).rstrip("\n") for key, texts in found.items()}


def _underlined(lines: list[str]) -> Described | None:
    """Sections whose titles are underlined with dashes."""
    rules = [
        n for n, line in enumerate(lines) if n and re.fullmatch(r"-{3,}\s*", line) and lines[n - 1].strip()
    ]
    if not rules:
        return None
    parameters: dict[str, str] = {}
    for number, rule in enumerate(rules):
        if lines[rule - 1].strip().lower() in _ARGUMENTS:
            end = rules[number + 1] - 1 if number + 1 < len(rules) else len(lines)
            parameters |= _definitions(lines[rule + 1 : end])
    return Described(_joined(lines[: rules[0] - 1]), parameters)


def _definitions(lines: list[str]) -> dict[str, str]:
    """`name : type` with its text indented below it."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in lines:
        if line[:1] not in {" ", ""}:
            name = line.partition(":")[0].strip()
            found[name] = []
        elif line.strip():
            found.get(name, []).append(line.strip())
    return {key: "\n".join(texts) for key, texts in found.items()}


def _fields(lines: list[str]) -> Described | None:
    """`:param name: text`."""
    starts = [(number, match) for number, line in enumerate(lines) if (match := _FIELD.match(line))]
    if not starts:
        return None
    parameters = {
        words[-1]: match[3]
        for _, match in starts
        if match[1][:3] in {"par", "arg"} and (words := match[2].split())
    }
    return Described(_joined(lines[: starts[0][0]]), parameters)


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).rstrip("\n")
