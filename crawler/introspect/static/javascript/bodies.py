"""Bodies of JavaScript functions that are parsed only when somebody wants to know what they do: most tools are read by their heads.

The parser takes half of the time of reading. So bodies in which no word stands that has to do with tools are left out of what it is
given, and parsed by themselves when they are wanted. Where it does not show for sure where a body ends, it is parsed with the rest.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cache

from ast_grep_py import SgNode

from crawler.introspect.static.words import holds_any

#: Parses source of the file's language.
Parse = Callable[[str], SgNode]

#: Characters of a file that is worth looking through, and of a body that is worth leaving out; brackets inside each other in it.
_SMALLEST, _SHORTEST, _DEEPEST = 5_000, 200, 7

#: How often the characters of a file are looked through for functions inside functions.
_MOST_ROUNDS = 4

_STRING = r"\"(?:[^\"\\\n]++|\\[\s\S])*+\"|'(?:[^'\\\n]++|\\[\s\S])*+'"
_TEXT = r"[^`\\$]++|\\[\s\S]|\$(?!\{)"
_HOLE = rf"\$\{{(?:[^{{}}`\"'/]++|{_STRING}|`(?:{_TEXT}|\$\{{[^{{}}`\"'/]*+\}})*+`|\{{[^{{}}`\"'/]*+\}})*+\}}"

#: A slash begins a regular expression behind what cannot end a value, and divides behind what does; behind a parenthesis it may do
#: either, which is the same where nothing that counts stands up to the next one.
_REGEX = (
    r"(?:(?<=[=(,:;!&|?\[{*%~^\n])|(?<=[=(,:;&|?\[{*%~^] )|(?<==>)|(?<==> )|"
    r"(?<=\breturn)|(?<=\breturn )|(?<=\btypeof)|(?<=\btypeof )|(?<=\bcase)|(?<=\bcase ))"
    r"/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*+\])++/"
)
_WORDS = ("return", "typeof", "case", "in", "of", "else", "do", "void", "delete", "await", "throw", "new")
_NO_WORD, _NO_WORD_BEFORE = ("".join(rf"(?<!\b{word}{gap})" for word in _WORDS) for gap in ("", " "))
_DIVISION = (
    rf"(?:(?<=[\w$\]]){_NO_WORD}|(?<=[\w$\]] ){_NO_WORD_BEFORE})/(?![/*])|"
    r"(?:(?<=\))|(?<=\) ))/(?![/*])(?![^\n/]*+[{}()\[\]\"'`\\][^\n]*/)"
)

_SLASH = rf"//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/|{_REGEX}|{_DIVISION}"
_LITERAL = rf"{_STRING}|`(?:{_TEXT}|{_HOLE})*+`|(?=/)(?:{_SLASH})"

#: How functions with a block begin; methods only where there are classes.
_HEADS = (
    re.compile(r"=>\s*+(?=\{)"),
    re.compile(r"function\b[^(){};\"'`/*]{0,80}\([^(){}\"'`/]{0,500}\)[^(){};\"'`/=]{0,200}(?=\{)"),
)
_METHOD = re.compile(
    r"\n[ \t]++(?!(?:if|for|while|switch|catch|with|function|return|else)\b)"
    r"(?:(?:public|private|protected|static|async|override)[ \t]++)*+[\w$#]++\([^(){}\"'`/]{0,500}\)"
    r"(?::[^(){};\"'`/=\n]{1,100})?[ \t]*+(?=\{)"
)

#: In such bodies it counts around what they stand, or they may hold elements of HTML, in which quotes are none.
_ODD = ("disable", "remove", "yield", "</", "/>", "<!--")

#: What stands in place of a body. Where a node begins is not asked for without need, since the parser counts from the start of the source.
_EMPTY = re.compile(r"\{\n*+\}")

_FUNCTIONS = frozenset(
    {"arrow_function", "function_expression", "function_declaration", "method_definition", "function"}
)


@cache
def _block() -> re.Pattern[str]:
    """A pair of braces: compiled when a file is first read, since that takes a while."""
    inside = ""
    for _ in range(_DEEPEST + 1):
        inside = rf"(?:[^\"'`/(){{}}\[\]]++{inside}|{_LITERAL})*+"
        inside = rf"|[(\[{{]{inside}[)\]}}]"
    return re.compile(rf"(?=\{{)(?:{inside[1:]})")


class Bodies:
    """The bodies of one file that were left out."""

    def __init__(self, source: str, parse: Parse) -> None:
        self._source = source
        self._parse = parse
        #: Where each begins and ends.
        self._places: list[tuple[int, int]] = []
        #: Where each begins in what is parsed, and by how much what follows lies further back in the source.
        self._starts: list[int] = []
        self._shifts: list[int] = []

    def root(self, words: Sequence[str]) -> SgNode:
        """The tree of the file, in which the bodies without any of these words are empty, but of as many lines."""
        if len(self._source) >= _SMALLEST:
            self._places = self._quiet(words)
        for _ in range(2):
            root = self._parse(self._without())
            kept = self._confirmed(root)
            if len(kept) == len(self._places):
                return root
            self._places = kept
        self._places = []
        return self._parse(self._without())

    def _quiet(self, words: Sequence[str]) -> list[tuple[int, int]]:
        """Where the blocks begin and end that may be left out."""
        source, block, found = self._source, _block(), list[tuple[int, int]]()
        heads = [*_HEADS, _METHOD] if "class " in source else _HEADS
        room, position = _MOST_ROUNDS * len(source), 0
        for start in sorted(match.end() for head in heads for match in head.finditer(source)):
            whole = block.match(source, start) if start >= position and room > 0 else None
            if whole is None:
                continue
            body = whole[0]
            room -= len(body)
            if len(body) < _SHORTEST:
                position = whole.end()
            elif not holds_any(body, words) and not holds_any(body, _ODD):
                found.append(whole.span())
                position = whole.end()
        return found

    def _without(self) -> str:
        source, pieces = self._source, list[str]()
        self._starts, self._shifts = [], [0]
        copied = length = 0
        for start, end in self._places:
            lines = "\n" * source.count("\n", start, end)
            pieces += [source[copied:start], "{", lines, "}"]
            length += start - copied
            self._starts.append(length)
            length += len(lines) + 2
            copied = end
            self._shifts.append(copied - length)
        return "".join([*pieces, source[copied:]])

    def _confirmed(self, root: SgNode) -> list[tuple[int, int]]:
        """The places at which the tree has the empty body of a function."""
        wanted = dict(zip(self._starts, self._places, strict=True))
        found = set[int]()
        for block in root.find_all(kind="statement_block") if wanted else ():
            start = block.range().start.index
            if start in wanted:
                around = block.parent()
                if around is not None and around.kind() in _FUNCTIONS:
                    found.add(start)
        return [place for start, place in wanted.items() if start in found]

    def text(self, node: SgNode) -> str:
        """The source of a node, with what was left out of it."""
        shown = node.text()
        if not self._starts or _EMPTY.search(shown) is None:
            return shown
        place = node.range()
        return self._source[self._offset(place.start.index) : self._offset(place.end.index)]

    def _offset(self, index: int) -> int:
        return index + self._shifts[bisect_left(self._starts, index)]

    def of(self, block: SgNode) -> SgNode | None:
        """The block that stands in place of an empty one, of a tree of its own; `None` where nothing was left out."""
        if not self._starts or _EMPTY.fullmatch(block.text()) is None:
            return None
        index = block.range().start.index
        number = bisect_left(self._starts, index)
        if number == len(self._starts) or self._starts[number] != index:
            return None
        start, end = self._places[number]
        function = self._parse("async()=>" + self._source[start:end]).find(kind="arrow_function")
        return function.field("body") if function is not None else None
