"""A large JavaScript file cut between its top-level statements, so that only what is wanted needs parsing."""

import re
from bisect import bisect_right

from crawler.introspect.static.javascript.cuts import ends_of_statements
from crawler.introspect.static.javascript.sources import Module, Part
from crawler.introspect.static.words import offsets

#: Characters of a part; statements that are longer are a part of their own.
SMALLEST_PART = 2_000

#: A top-level declaration, behind the statement before it.
_HEAD = re.compile(
    r"[\n;}](?:export (?:default )?)?(?:async )?(?:function\*? ?|class |(?:const )?enum |(var |let |const ))([\w$]+)"
)
_IMPORT = re.compile(r"[\n;}]import ?([\w$*{][^;\"'()]{0,5000}?)\s*from ?[\"']")
_IMPORTED = re.compile(r"([\w$]+)\s*(?:[,}]|$)")
_DECLARED = re.compile(r"(?:^|[,\s])([\w$]+)(?=\s*(?:[,;=]|$))")
_ASSIGNED = re.compile(r",([\w$]+)=(?![=>])")

#: Parts looked at for a name of which it is not sure where it is declared.
MOST_PLACES = 6

#: In files that a person could read, a top-level statement starts in the first column behind one that ended there.
_LINE_CUT = re.compile(
    r"\n(?:(?:var|let|const|function|async function|class|export|import|enum) |// |/\*\*|"
    r"(?:module\.)?exports\b|\(function|\w+\(\)[;.])"
)


def divided(source: str) -> list[Part]:
    """Parts of a few kilobytes each, or more where a statement is longer."""
    lines = source.count("\n")
    if lines and len(source) / lines < 200:
        cuts = [match.start() + 1 for match in _LINE_CUT.finditer(source)]
        return _parts(source, [cut for cut in cuts if source[cut - 2] in "};\n"])
    return _parts(source, ends_of_statements(source))


def _parts(source: str, cuts: list[int]) -> list[Part]:
    """Parts of a few kilobytes each, or more where a statement is longer."""
    parts: list[Part] = []
    start, line = 0, 1
    for cut in [*cuts, len(source)]:
        if cut - start >= SMALLEST_PART or cut == len(source):
            if cut > start:
                parts.append(Part(start, cut, line))
            line += source.count("\n", start, cut)
            start = cut
    return parts


def index(module: Module) -> None:
    """Note which part declares a top-level name, as far as line starts and ends of statements show it."""
    source = "\n" + module.text
    starts = [part.start for part in module.parts]
    for match in _HEAD.finditer(source):
        number = bisect_right(starts, match.start()) - 1
        module.heads.setdefault(match[2], number)
        if match[1]:
            _further(module, number, source, match.end())
    for match in _IMPORT.finditer(source):
        number = bisect_right(starts, match.start()) - 1
        for name in _IMPORTED.findall(match[1]):
            module.heads.setdefault(name, number)


def _further(module: Module, number: int, source: str, position: int) -> None:
    """Note the names that a declaration may declare besides its first; of a long one, all that is assigned to in it."""
    end = source.find(";", position, position + 5_000)
    names = (
        _DECLARED.findall(source, position, end)
        if end > 0
        else _ASSIGNED.findall(source, position, module.parts[number].end + 1)
    )
    for name in names:
        places = module.maybe.setdefault(name, [])
        if number not in places and len(places) < MOST_PLACES:
            places.append(number)


def parts_with(module: Module, word: str) -> list[Part]:
    """The parts in which a word stands, in order."""
    starts = [part.start for part in module.parts]
    numbers = {bisect_right(starts, offset) - 1 for offset in offsets(module.text, [word])}
    return [module.parts[number] for number in sorted(numbers)]


def mark(module: Module, words: list[str]) -> None:
    """Note which parts hold which of these words."""
    for word in words:
        for part in parts_with(module, word):
            if word not in part.words:
                part.words.append(word)
