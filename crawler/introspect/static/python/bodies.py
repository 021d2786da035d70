"""Bodies of Python functions that are parsed only when somebody wants to know what they do: most tools are read by their heads.

The parser makes an object of every word, which takes longer than all the rest of reading. So the bodies in which nothing is registered
are left out of what it is given, and parsed by themselves when they are wanted. A file that does not look plain is parsed whole.
"""

import ast
import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache

from crawler.introspect.static.python.costs import is_too_costly
from crawler.introspect.static.python.newer import older_syntax

#: Bytes of a body that is worth leaving out.
_SHORTEST = 200

#: How often the bytes of a file are looked through for functions inside functions, and how many more functions may be strange
#: than plain.
_MOST_ROUNDS, _MOST_STRANGE = 10, 20

_STRING = (
    rb'(?:"""(?:[^"\\]++|\\[\s\S]|"(?!""))*+"""|\'\'\'(?:[^\'\\]++|\\[\s\S]|\'(?!\'\'))*+\'\'\'|'
    rb'"(?!"")(?:[^"\\\n]++|\\[\s\S])*+"|\'(?!\'\')(?:[^\'\\\n]++|\\[\s\S])*+\')'
)

#: Brackets inside each other that are passed over.
_DEEPEST = 6


def _brackets(levels: int) -> bytes:
    inner = rb"|" + _brackets(levels - 1) if levels else b""
    return rb"[(\[{](?:[^\"'#()\[\]{}\\]++|" + _STRING + rb"|#[^\n]*+|\\\n" + inner + rb")*+[)\]}]"


_BRACKETS = _brackets(_DEEPEST)

#: One line of code, with the lines that brackets, long strings and backslashes join to it.
_LINE = rb"(?:[^\n\"'#()\[\]{}\\]++|" + _STRING + rb"|" + _BRACKETS + rb"|#[^\n]*+|\\\n)*+(?:\n|\Z)"

#: Lines without code.
_BLANK = rb"(?:[ \t]*+(?:#[^\n]*+)?\n)*+"

_DEF = rb"[ \t]*+(?:async[ \t]++)?def[ \t]"

_HEAD = (
    rb"([ \t]*+)(?:async[ \t]++)?def[ \t]++\w++[ \t]*+" + _BRACKETS + rb"[ \t]*+"
    rb"(?:->(?:[^:\n\"'#()\[\]{}\\]++|" + _STRING + rb"|" + _BRACKETS + rb")++)?:[ \t]*+(?:#[^\n]*+)?\n"
)
_DOCSTRING = _BLANK + rb"\1[ \t]++[rRuU]?" + _STRING + rb"[ \t]*+(?:#[^\n]*+)?\n"

#: What is indented further than the head, up to the last line of code. Where it begins with a string or a bracket, that may be a docstring.
_BODY = (
    rb"\1[ \t]++(?![\"'(]|[rRuUbBfF]{1,2}[\"'])" + _LINE + rb"(?:" + _BLANK + rb"\1[ \t]++(?!#)" + _LINE + rb")*+"
    rb"(?!" + _BLANK + rb"\1[ \t]++[^\s#])"
)  # fmt: skip

#: Files in another encoding, or with other ends of lines.
_ODD = re.compile(rb"\A[^\n]*\n?[^\n]*coding[:=]|[\r\f]")


@cache
def _patterns() -> tuple[re.Pattern[bytes], re.Pattern[bytes], re.Pattern[bytes]]:
    """Lines up to the next function, one line, and a function: compiled when a file is first read, since that takes a while."""
    return (
        re.compile(rb"(?:(?!" + _DEF + rb")" + _LINE + rb")*+"),
        re.compile(_LINE),
        re.compile(_HEAD + rb"(?:" + _DOCSTRING + rb")?+" + _BLANK + rb"(?P<body>" + _BODY + rb")"),
    )


class Bodies:
    """The bodies of one file that were left out."""

    def __init__(self, content: bytes, lines: Sequence[int]) -> None:
        """`lines` are those, counted from 1 and in order, on which something may be registered."""
        self._content = content
        self._lines = lines
        #: By the last line of each: where it begins and ends, and its first line.
        self._places: dict[int, tuple[int, int, int]] = {}
        self._parsed: dict[int, list[ast.stmt]] = {}

    def without(self) -> bytes:
        """The file with `...` on the last line of each body in which nothing is registered, as many lines long."""
        content = self._content
        between, line, function = _patterns()
        pieces: list[bytes] = []
        position = copied = counted = rounds = strange = 0
        number = 1
        odd = _ODD.search(content) is not None
        while not odd:
            position = between.match(content, position).end()  # type: ignore[union-attr]
            if position == len(content):
                return b"".join([*pieces, content[copied:]])
            plain = function.match(content, position)
            after = line.match(content, position)
            rounds += plain.end() - position if plain else 0
            strange += -1 if plain else 1
            if after is None or strange > _MOST_STRANGE or rounds > _MOST_ROUNDS * len(content):
                break
            position = after.end()
            if plain is None:
                continue
            start = plain.start("body")
            body = content[start : plain.end("body")].rstrip()
            number += content.count(b"\n", counted, start)
            counted, last = start, number + body.count(b"\n")
            if len(body) >= _SHORTEST and self._is_quiet(number, last):
                position = start + len(body)
                self._places[last] = start, position, number
                indent = body[: len(body) - len(body.lstrip(b" \t"))]
                pieces += [content[copied:start], b"\n" * (last - number), indent, b"..."]
                copied = position
        self._places.clear()
        return content

    def _is_quiet(self, first: int, last: int) -> bool:
        """Whether nothing is registered on these lines."""
        return bisect_left(self._lines, first) == bisect_left(self._lines, last + 1)

    def of(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.stmt]:
        """The statements of a function's body."""
        last = node.body[-1]
        place = self._places.get(last.lineno)
        if place is None or not isinstance(last, ast.Expr) or not _is_ellipsis(last.value):
            return node.body
        if last.lineno not in self._parsed:
            self._parsed[last.lineno] = [*node.body[:-1], *self._parse(*place)]
        return self._parsed[last.lineno]

    def _parse(self, start: int, end: int, line: int) -> list[ast.stmt]:
        try:
            tree = parsed(b"if 1:\n" + self._content[start:end])
        except (SyntaxError, ValueError, MemoryError):
            return []
        ast.increment_lineno(tree, line - 2)
        block = tree.body[0]
        return block.body if isinstance(block, ast.If) else []


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def parsed(content: bytes) -> ast.Module:
    """The tree of some source; what a newer Python would parse is read without what is new."""
    try:
        return ast.parse(content)
    except SyntaxError:
        older = older_syntax(content.decode("utf-8"))
        if is_too_costly(older.encode()):
            raise
        return ast.parse(older)
