"""Blocks of code that are kept from a parser: nothing in them has to do with tools, and parsing takes most of the time of reading.

A block ends where its brackets say, strings and comments passed over; where that does not show for sure it is parsed with the rest.
In its place stand brackets and as many ends of lines, so that every line in what is parsed has the number that it has in the source.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import NamedTuple

from ast_grep_py import SgNode

from crawler.introspect.static.words import holds_any

#: Characters of a file that is worth looking through, and of a block that is worth leaving out; brackets inside each other in it.
_SMALLEST, _SHORTEST, _DEEPEST = 2_000, 120, 7

#: How often the characters of a file are looked through for blocks inside blocks, how many blocks may have no end, and how far one
#: is looked for.
_MOST_ROUNDS, _MOST_ENDLESS, _LONGEST = 4, 100, 50_000

_LINE_COMMENT, _COMMENT = r"//[^\n]*+", r"/\*(?:[^*]++|\*(?!/))*+\*/"
#: Comments in languages in which they may stand in each other, which are not followed.
_PLAIN_COMMENT = r"/\*(?:[^*/]++|\*(?!/)|/(?!\*))*+\*/"
_SLASH = r"/(?![/*])"
_STRING, _CHARACTER = r'"(?:[^"\\\n]++|\\[^\n])*+"', r"'(?:[^'\\\n]++|\\[^\n])*+'"
_LINES = r'"""(?:[^"\\]++|\\[\s\S]|"(?!""))*+"""'
_RAW_LINES = r'"""(?:[^"]++|"(?!""))*+"""(?!")'
_TEMPLATE = rf'"(?!"")(?:[^"\\$\n]++|\\[^\n]|\$(?!\{{)|\$\{{(?:[^{{}}"\n]++|{_STRING})*+\}})*+"'
_FILLED = r'(?<=\$)"(?!"")(?:[^"\\{}\n]++|\\[^\n]|\{\{|\}\}|\{[^{}"\n]*+\})*+"'


class Dialect(NamedTuple):
    """How a language writes blocks."""

    #: What stands before a block, up to its brace; patterns that begin with a choice take several times as long.
    heads: tuple[str, ...]
    #: Strings and comments, and signs that begin one and stand alone.
    literals: str
    #: What the parser calls a block.
    kinds: tuple[str, ...]
    #: A block, where it is none of pairs of brackets; and the brackets of an empty one.
    block: str = ""
    brackets: str = "{}"
    #: What makes it unsure where a block ends.
    odd: tuple[str, ...] = ()
    #: Signs besides quotes, slashes and brackets that begin a literal.
    signs: str = ""


DIALECTS = {
    "go": Dialect(
        (r"\bfunc\b[^\n]{0,300}?(?=\{\n)", r"\n\)[^\n]{0,200}?(?=\{\n)"),
        rf"{_STRING}|`[^`]*+`|{_CHARACTER}|{_LINE_COMMENT}|{_COMMENT}|{_SLASH}",
        ("block",),
        signs="`",
    ),
    "rust": Dialect(
        (r'\bfn\s++\w++[^;{}"]{0,600}(?=\{)',),
        r'(?<![r#])"(?:[^"\\]++|\\[\s\S])*+"|(?<=r)"[^"]*+"|(?<=r#)"(?:[^"]++|"(?!#))*+"#|'
        rf"'(?:[^'\\\n]|\\[^\n]{{1,12}}?)'|'(?=\w)|{_LINE_COMMENT}|{_PLAIN_COMMENT}|{_SLASH}",
        ("block",),
    ),
    "java": Dialect(
        (r"\)\s*+(?:throws\s++[\w.,\s]{1,200}?)?(?=\{)", r"->\s*+(?=\{)"),
        rf"{_LINES}|{_STRING}|{_CHARACTER}|{_LINE_COMMENT}|{_COMMENT}|{_SLASH}",
        ("block", "constructor_body"),
    ),
    "csharp": Dialect(
        (r"\)\s*+(?:where\s[^{};]{1,200})?(?=\{)", r"=>\s*+(?=\{)"),
        rf'{_FILLED}|(?<![$@"])(?:{_RAW_LINES}|{_STRING}(?!"))|(?<=[^$]@)"(?:[^"]++|"")*+"|{_CHARACTER}|'
        rf"{_LINE_COMMENT}|{_COMMENT}|{_SLASH}",
        ("block",),
        signs="#",  # conditions of the compiler, with a brace on either branch
    ),
    "kotlin": Dialect(
        (
            r"\bfun\b[^{}=\n]{0,300}(?=\{)",
            r"\n[ \t]*+\)(?::[^{}=\n]{1,100})?[ \t]*+(?=\{(?:[ \t]*+[\w, :()]{1,80}->|\n))",
        ),
        rf"{_RAW_LINES}|{_TEMPLATE}|{_CHARACTER}|{_LINE_COMMENT}|{_PLAIN_COMMENT}|{_SLASH}",
        ("function_body", "lambda_literal"),
    ),
    "ruby": Dialect(
        (
            r"\bdef[ \t]++(?!self\.(?:tool_name|description|input_schema|arguments)\b)[^\n=]*+\n(?=[ \t]++[^\s{])",
        ),
        "",
        ("parenthesized_statements",),
        # Lines of one indentation; a text that stands in less has its end outside.
        block=r"([ \t]++)\S[^\n]*+\n(?:\1[^\n]*+\n|[ \t]*+\n)*+(?=[ \t]*+(?:end|rescue|ensure)\b)",
        brackets="()",
        odd=("=begin", "__END__"),
    ),
    "php": Dialect(
        (r"\bfunction\b[^{};]{0,600}(?=\{)",),
        r'"(?:[^"\\${]++|\\[\s\S]|\$(?!\{)|\{(?!\$)|\{\$[^{}"\'\n]*+\})*+"|\'(?:[^\'\\]++|\\[\s\S])*+\'|'
        rf"#(?!\[)[^\n]*+|#(?=\[)|{_LINE_COMMENT}|{_COMMENT}|{_SLASH}",
        ("compound_statement",),
        odd=("<<<", "?>"),
        signs="#",
    ),
}


@cache
def patterns(language: str) -> tuple[list[re.Pattern[str]], re.Pattern[str]]:
    """What stands before a block, and a block: compiled when a file is first read, since that takes a while."""
    dialect = DIALECTS[language]
    heads = [re.compile(head) for head in dialect.heads]
    if dialect.block:
        return heads, re.compile(dialect.block)
    inside = ""
    for _ in range(_DEEPEST + 1):
        inside = rf"(?:[^\"'/(){{}}\[\]{dialect.signs}]++{inside}|{dialect.literals})*+"
        inside = rf"|[(\[{{]{inside}[)\]}}]"
    return heads, re.compile(rf"(?=\{{)(?:{inside[1:]})")


#: The nodes of a tree by their kinds, in order.
Found = dict[str, list[SgNode]]


def find_all(root: SgNode, kinds: Iterable[str]) -> Found:
    """The nodes of these kinds, found in one go."""
    found: Found = {kind: [] for kind in kinds}
    for node in root.find_all({"rule": {"any": [{"kind": kind} for kind in found]}}) if found else ():
        found[node.kind()].append(node)
    return found


def quiet(
    source: str, heads: Iterable[re.Pattern[str]], block: re.Pattern[str], words: Sequence[str], shortest: int
) -> list[tuple[int, int]]:
    """Where the blocks begin and end, of those right behind a head, that hold none of these words; none inside another."""
    found: list[tuple[int, int]] = []
    room, position, endless = _MOST_ROUNDS * len(source), 0, 0
    waiting = [first for head in heads if (first := head.search(source)) is not None]
    while waiting and room > 0 and endless < _MOST_ENDLESS:
        head = min(waiting, key=re.Match.end)
        waiting.remove(head)
        start = head.end()
        whole = block.match(source, start, start + _LONGEST) if start >= position else None
        endless += 1 if whole is None and start >= position else 0
        position = max(position, start)
        if whole is not None:
            room -= whole.end() - whole.start()
            is_quiet = not holds_any(whole[0], words)
            if is_quiet or len(whole[0]) < shortest:
                position = whole.end()
            if is_quiet and len(whole[0]) >= shortest:
                found.append(whole.span())
        if (following := head.re.search(source, position)) is not None:
            waiting.append(following)
    return found


class Gaps:
    """A source without some of its blocks, of which only brackets and ends of lines are left."""

    def __init__(self, source: str, places: Sequence[tuple[int, int]], brackets: str = "{}") -> None:
        """`places` says where the blocks begin and end, in order."""
        self.source = source
        #: Where each block is in the source, by where it begins and ends in what is left.
        self.blocks: dict[tuple[int, int], tuple[int, int]] = {}
        self._starts: list[int] = []
        #: By how much what follows lies further back in the source.
        self._shifts = [0]
        pieces: list[str] = []
        copied = length = 0
        for start, end in places:
            empty = brackets[0] + "\n" * source.count("\n", start, end) + brackets[1]
            pieces += [source[copied:start], empty]
            length += start - copied
            self._starts.append(length)
            self.blocks[length, length + len(empty)] = start, end
            length += len(empty)
            copied = end
            self._shifts.append(copied - length)
        self.left = "".join([*pieces, source[copied:]])

    def block(self, node: SgNode) -> tuple[int, int] | None:
        """Where the block is in the source that a node stands for."""
        place = node.range()
        return self.blocks.get((place.start.index, place.end.index))

    def text(self, node: SgNode) -> str:
        """The source of a node, with what was left out of it."""
        if not self.blocks:
            return node.text()
        place = node.range()
        return self.source[self._place(place.start.index) : self._place(place.end.index)]

    def aside(self) -> str:
        """What was left out."""
        return "\n".join(self.source[start:end] for start, end in self.blocks.values())

    def _place(self, index: int) -> int:
        return index + self._shifts[bisect_left(self._starts, index)]


class Sparse(NamedTuple):
    """The tree of a file in which some blocks are empty."""

    root: SgNode
    #: The nodes of the wanted kinds.
    found: Found
    gaps: Gaps


def sparse(
    source: str, language: str, words: Sequence[str], kinds: Iterable[str], parse: Callable[[str], SgNode]
) -> Sparse:
    """Parse a file without the blocks that hold none of these words."""
    dialect = DIALECTS[language]
    places: list[tuple[int, int]] = []
    if len(source) >= _SMALLEST:
        places = quiet(source, *patterns(language), (*words, *dialect.odd), _SHORTEST)
    for _ in range(2 if places else 0):
        gaps = Gaps(source, places, dialect.brackets)
        root = parse(gaps.left)
        found = find_all(root, {*kinds, *dialect.kinds})
        # What only looks like a block may stand in a text, where the tree has none.
        kept = [place for kind in dialect.kinds for node in found[kind] if (place := gaps.block(node))]
        if len(kept) == len(places):
            return Sparse(root, found, gaps)
        places = sorted(kept)
    root = parse(source)
    return Sparse(root, find_all(root, kinds), Gaps(source, ()))
