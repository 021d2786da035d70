"""Bodies of JavaScript functions that are parsed only when somebody wants to know what they do: most tools are read by their heads.

The parser takes half of the time of reading. So bodies in which no word stands that has to do with tools are left out of what it is
given, and parsed by themselves when they are wanted. Where it does not show for sure where a body ends, it is parsed with the rest.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache

from ast_grep_py import SgNode

from crawler.introspect.static.blocks import Gaps, quiet

#: Parses source of the file's language.
Parse = Callable[[str], SgNode]

#: Characters of a file that is worth looking through, and of a body that is worth leaving out; brackets inside each other in it.
_SMALLEST, _SHORTEST, _DEEPEST = 5_000, 200, 7

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
        self._gaps = Gaps(source, ())

    def root(self, words: Sequence[str]) -> SgNode:
        """The tree of the file, in which the bodies without any of these words are empty, but of as many lines."""
        places: list[tuple[int, int]] = []
        if len(self._source) >= _SMALLEST:
            heads = [*_HEADS, _METHOD] if "class " in self._source else _HEADS
            places = quiet(self._source, heads, _block(), (*words, *_ODD), _SHORTEST)
        for _ in range(2):
            self._gaps = Gaps(self._source, places)
            root = self._parse(self._gaps.left)
            kept = self._confirmed(root)
            if len(kept) == len(places):
                return root
            places = kept
        self._gaps = Gaps(self._source, ())
        return self._parse(self._source)

    def _confirmed(self, root: SgNode) -> list[tuple[int, int]]:
        """The places at which the tree has the empty body of a function."""
        found: list[tuple[int, int]] = []
        for block in root.find_all(kind="statement_block") if self._gaps.blocks else ():
            place = self._gaps.block(block)
            around = block.parent() if place is not None else None
            if place is not None and around is not None and around.kind() in _FUNCTIONS:
                found.append(place)
        return found

    def text(self, node: SgNode) -> str:
        """The source of a node, with what was left out of it."""
        shown = node.text()
        if not self._gaps.blocks or _EMPTY.search(shown) is None:
            return shown
        return self._gaps.text(node)

    def of(self, block: SgNode) -> SgNode | None:
        """The block that stands in place of an empty one, of a tree of its own; `None` where nothing was left out."""
        if not self._gaps.blocks or _EMPTY.fullmatch(block.text()) is None:
            return None
        place = self._gaps.block(block)
        if place is None:
            return None
        function = self._parse("async()=>" + self._source[slice(*place)]).find(kind="arrow_function")
        return function.field("body") if function is not None else None
