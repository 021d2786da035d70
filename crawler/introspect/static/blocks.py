"""Blocks of code that are kept from a parser: nothing in them has to do with tools, and parsing takes most of the time of reading.

A block ends where its brackets say, strings and comments passed over; where that does not show for sure it is parsed with the rest.
What stands in its place is as long and as many lines, so that every place in what is parsed is the same place in the source.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import NamedTuple

from ast_grep_py import SgNode

from crawler.introspect.static.words import holds_any

#: Characters of a file that is worth looking through, and of a block that is worth leaving out; brackets inside each other in it.
_SMALLEST, _SHORTEST, _DEEPEST = 2_000, 120, 7

#: How often the characters of a file are looked through for blocks inside blocks.
_MOST_ROUNDS = 4

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

    #: What stands before a block, up to its brace.
    heads: str
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
        r"(?:\bfunc\b[^\n]{0,300}?|\n\)[^\n]{0,200}?)(?=\{\n)",
        rf"{_STRING}|`[^`]*+`|{_CHARACTER}|{_LINE_COMMENT}|{_COMMENT}|{_SLASH}",
        ("block",),
        signs="`",
    ),
    "rust": Dialect(
        r'\bfn\s++\w++[^;{}"]{0,600}(?=\{)',
        r'(?<![r#])"(?:[^"\\]++|\\[\s\S])*+"|(?<=r)"[^"]*+"|(?<=r#)"(?:[^"]++|"(?!#))*+"#|'
        rf"'(?:[^'\\\n]|\\[^\n]{{1,12}}?)'|'(?=\w)|{_LINE_COMMENT}|{_PLAIN_COMMENT}|{_SLASH}",
        ("block",),
    ),
    "java": Dialect(
        r"\)\s*+(?:throws\s++[\w.,\s]{1,200}?)?(?=\{)|->\s*+(?=\{)",
        rf"{_LINES}|{_STRING}|{_CHARACTER}|{_LINE_COMMENT}|{_COMMENT}|{_SLASH}",
        ("block", "constructor_body"),
    ),
    "csharp": Dialect(
        r"\)\s*+(?:where\s[^{};]{1,200})?(?=\{)|=>\s*+(?=\{)",
        rf'{_FILLED}|(?<![$@"])(?:{_RAW_LINES}|{_STRING}(?!"))|(?<=[^$]@)"(?:[^"]++|"")*+"|{_CHARACTER}|'
        rf"{_LINE_COMMENT}|{_COMMENT}|{_SLASH}",
        ("block",),
        signs="#",  # conditions of the compiler, with a brace on either branch
    ),
    "kotlin": Dialect(
        r"\bfun\b[^{}=\n]{0,300}(?=\{)|\n[ \t]*+\)(?::[^{}=\n]{1,100})?[ \t]*+(?=\{(?:[ \t]*+[\w, :()]{1,80}->|\n))",
        rf"{_RAW_LINES}|{_TEMPLATE}|{_CHARACTER}|{_LINE_COMMENT}|{_PLAIN_COMMENT}|{_SLASH}",
        ("function_body", "lambda_literal"),
    ),
    "ruby": Dialect(
        r"\bdef[ \t]++(?!self\.(?:tool_name|description|input_schema|arguments)\b)[^\n=]*+\n(?=[ \t]++[^\s{])",
        "",
        ("parenthesized_statements",),
        # Lines of one indentation; a text that stands in less has its end outside.
        block=r"([ \t]++)\S[^\n]*+\n(?:\1[^\n]*+\n|[ \t]*+\n)*+(?=[ \t]*+(?:end|rescue|ensure)\b)",
        brackets="()",
        odd=("=begin", "__END__"),
    ),
    "php": Dialect(
        r"\bfunction\b[^{};]{0,600}(?=\{)",
        r'"(?:[^"\\${]++|\\[\s\S]|\$(?!\{)|\{(?!\$)|\{\$[^{}"\'\n]*+\})*+"|\'(?:[^\'\\]++|\\[\s\S])*+\'|'
        rf"#(?!\[)[^\n]*+|#(?=\[)|{_LINE_COMMENT}|{_COMMENT}|{_SLASH}",
        ("compound_statement",),
        odd=("<<<", "?>"),
        signs="#",
    ),
}


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What stands before a block, and a block: compiled when a file is first read, since that takes a while."""
    dialect = DIALECTS[language]
    if dialect.block:
        return re.compile(dialect.heads), re.compile(dialect.block)
    inside = ""
    for _ in range(_DEEPEST + 1):
        inside = rf"(?:[^\"'/(){{}}\[\]{dialect.signs}]++{inside}|{dialect.literals})*+"
        inside = rf"|[(\[{{]{inside}[)\]}}]"
    return re.compile(dialect.heads), re.compile(rf"(?=\{{)(?:{inside[1:]})")


#: The nodes of a tree by their kinds, in order.
Found = dict[str, list[SgNode]]


class Sparse(NamedTuple):
    """The tree of a file in which some blocks are empty."""

    root: SgNode
    #: The nodes of the wanted kinds.
    found: Found
    #: What stands in the blocks that are empty.
    aside: str


def find_all(root: SgNode, kinds: Iterable[str]) -> Found:
    """The nodes of these kinds, found in one go."""
    found: Found = {kind: [] for kind in kinds}
    for node in root.find_all({"rule": {"any": [{"kind": kind} for kind in found]}}) if found else ():
        found[node.kind()].append(node)
    return found


def sparse(
    source: str, language: str, words: Sequence[str], kinds: Iterable[str], parse: Callable[[str], SgNode]
) -> Sparse:
    """Parse a file without the blocks that hold none of these words."""
    places = _quiet(source, language, words) if len(source) >= _SMALLEST else {}
    for _ in range(2 if places else 0):
        root = parse(_without(source, places, *DIALECTS[language].brackets))
        found = find_all(root, {*kinds, *DIALECTS[language].kinds})
        kept = _confirmed([node for kind in DIALECTS[language].kinds for node in found[kind]], places)
        if len(kept) == len(places):
            return Sparse(root, found, "\n".join(source[start:end] for start, end in places.items()))
        places = kept
    root = parse(source)
    return Sparse(root, find_all(root, kinds), "")


def _quiet(source: str, language: str, words: Sequence[str]) -> dict[int, int]:
    """Where the blocks begin that may be left out, and where they end."""
    heads, block = _patterns(language)
    odd = DIALECTS[language].odd
    found: dict[int, int] = {}
    room, position = _MOST_ROUNDS * len(source), 0
    head = heads.search(source)
    while head is not None and room > 0:
        whole = block.match(source, head.end())
        position = head.end() + 1
        if whole is not None:
            body = whole[0]
            room -= len(body)
            if len(body) < _SHORTEST:
                position = whole.end()
            elif not holds_any(body, words) and not holds_any(body, odd):
                found[whole.start()] = position = whole.end()
        head = heads.search(source, position)
    return found


def _without(source: str, places: dict[int, int], opening: str, closing: str) -> str:
    pieces: list[str] = []
    copied = 0
    for start, end in places.items():
        lines = source.count("\n", start, end)
        pieces += [source[copied:start], opening, "\n" * lines, " " * (end - start - lines - 2), closing]
        copied = end
    return "".join([*pieces, source[copied:]])


def _confirmed(blocks: Iterable[SgNode], places: dict[int, int]) -> dict[int, int]:
    """The places at which the tree has an empty block; what only looks like a block may stand in a text."""
    spans = ((place.start.index, place.end.index) for place in (block.range() for block in blocks))
    return dict(sorted(span for span in spans if places.get(span[0]) == span[1]))
