"""A large JavaScript file cut between its top-level statements, so that only what is wanted needs parsing."""

import re
from bisect import bisect_right

from crawler.introspect.static.javascript.values import Module, Part
from crawler.introspect.static.words import offsets

#: Characters of a part; statements that are longer are a part of their own.
SMALLEST_PART = 2_000

#: A top-level declaration, behind the statement before it.
_HEAD = re.compile(
    r"[\n;}](?:export (?:default )?)?(?:async )?(?:function\*? ?|class |const |let |(var )|(?:const )?enum )([\w$]+)"
)
_IMPORT = re.compile(r"[\n;}]import ?([\w$*{][^;\"'()]{0,5000}?)\s*from ?[\"']")
_IMPORTED = re.compile(r"([\w$]+)\s*(?:[,}]|$)")
_DECLARED = re.compile(r"(?:^|[,\s])([\w$]+)(?=\s*(?:[,;=]|$))")

#: Strings, comments, regular expressions and brackets: all that decides where a statement ends. Parentheses with
#: nothing of the kind between them are one.
_TOKEN = re.compile(
    r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|//[^\n]*|/\*[\s\S]*?\*/|`|"
    r"(?:(?<=[=(,:;!&|?{}\[+\-*%~^<>\n])|(?<=return)|(?<=typeof)|(?<=case))\s*"
    r"/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/|\([^()\[\]{}\"'`/;]*\)|[{}()\[\];]"
)
_TEMPLATE = re.compile(r"(?:[^`\\$]|\\[\s\S]|\$(?!\{))*")

_OPENING, _CLOSING = frozenset("{(["), frozenset("})]")

#: What may follow a brace that ends a statement, and nothing else.
_NEXT = re.compile(r"\n|(?:async )?function\b|class\b|var\b|let\b|const\b|export\b|import\b")

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
    return _parts(source, _cuts(source))


def _cuts(source: str) -> list[int]:
    """Where brackets close and the next statement begins."""
    cuts: list[int] = []
    depth = 0
    templates: list[int] = []
    position: int | None = 0
    while position is not None:
        start, position = position, None
        for match in _TOKEN.finditer(source, start):
            sign, end = match.group(), match.end()
            if sign in _OPENING:
                depth += 1
            elif sign in _CLOSING:
                depth -= 1
                if templates and templates[-1] == depth:
                    templates.pop()
                    position = _template_end(source, end, depth, templates)
                elif depth == 0 and sign == "}" and _NEXT.match(source, end):
                    cuts.append(end)
            elif sign == ";":
                if depth == 0:
                    cuts.append(end)
            elif sign == "`":
                position = _template_end(source, end, depth, templates)
            if position is not None:
                depth += templates[-1:] == [depth]
                break
    return cuts


def _template_end(source: str, position: int, depth: int, templates: list[int]) -> int:
    """Behind the closing back quote, or behind `${`, in which case the depth is remembered."""
    match = _TEMPLATE.match(source, position)
    end = match.end() if match else position
    if source[end : end + 2] == "${":
        templates.append(depth)
        return end + 2
    return end + 1


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
            end = source.find(";", match.end(), match.end() + 5_000)
            for name in _DECLARED.findall(source, match.end(), max(end, match.end())):
                module.heads.setdefault(name, number)
    for match in _IMPORT.finditer(source):
        number = bisect_right(starts, match.start()) - 1
        for name in _IMPORTED.findall(match[1]):
            module.heads.setdefault(name, number)


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
