"""Whether anything in a Go program uses what a file declares: a tool that is made and never handed over is none."""

import re
from collections import Counter
from functools import cached_property

from ast_grep_py import SgNode

from crawler.introspect.static.syntax import Sources, Tree

_COMMENT_LINES = re.compile(rb"(?m)^[ \t]*//.*$")
_WORDS = re.compile(rb"\w++")

_DECLARATIONS = ("function_declaration", "method_declaration", "var_spec")

#: What the language itself calls.
_STARTED = frozenset({"main", "init", "_"})

#: Names that are looked for one by one; for more of them all words are counted once.
_FEW = 50


class Uses:
    """How often names stand in the source, comments left out."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        #: By the name of a declaration and where it begins.
        self._known: dict[tuple[str, int], bool] = {}

    @cached_property
    def _code(self) -> list[bytes]:
        return [_COMMENT_LINES.sub(b"", content) for content in self._sources.contents()]

    @cached_property
    def _counted(self) -> Counter[bytes]:
        found: Counter[bytes] = Counter()
        for content in self._code:
            found.update(_WORDS.findall(content))
        return found

    def used(self, tree: Tree, node: SgNode) -> bool:
        """Whether the declaration of the package around `node` is named anywhere outside of it."""
        declaration = None
        for declaration in tree.around(node, *_DECLARATIONS):  # noqa: B007  # the outermost is the last
            pass
        own = declaration.field("name") if declaration is not None else None
        if declaration is None or own is None or own.text() in _STARTED:
            return True
        key = own.text(), declaration.range().start.index
        if key not in self._known:
            self._known[key] = self._is_named(own.text().encode(), tree.written(declaration))
        return self._known[key]

    def _is_named(self, name: bytes, written: str) -> bool:
        word = re.compile(rb"\b" + re.escape(name) + rb"\b")
        inside = len(word.findall(_COMMENT_LINES.sub(b"", written.encode())))
        if len(self._known) > _FEW:
            return self._counted[name] > inside
        for content in self._code:
            inside -= len(word.findall(content)) if name in content else 0
            if inside < 0:
                return True
        return False
