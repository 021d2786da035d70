"""Files of the package, their parts and the names in them, as the symbolic reader of JavaScript sees them."""

import re
from functools import cached_property
from typing import TYPE_CHECKING

from ast_grep_py import SgNode

from crawler.introspect.static.javascript.bodies import Bodies
from crawler.introspect.static.javascript.nodes import elements
from crawler.introspect.static.unknown import Value

if TYPE_CHECKING:
    from crawler.introspect.static.javascript.values import Class


class Module:
    """A file of the package."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.text = ""
        self.names: dict[str, Value] = {}
        #: Words that have to do with tools and stand in this file.
        self.words: list[str] = []
        #: Parts of the file that are parsed by themselves; a small file is one part.
        self.parts: list[Part] = []
        #: Where a name that is not yet bound is declared, by the part's number.
        self.heads: dict[str, int] = {}
        #: The same for names of which that is not sure.
        self.maybe: dict[str, list[int]] = {}
        #: In a file of several parts: name to where it is declared at the top.
        self.declared: dict[str, SgNode] = {}
        #: Exported name to local name, or to what another module exports.
        self.exports: dict[str, Value] = {}
        self.starred: list[Value] = []
        #: `module.exports` of CommonJS.
        self.common: dict[str, Value] = {"exports": {}}
        self.state = "found"

    @property
    def promising(self) -> bool:
        """Whether more than the name of the method stands in it, which every client has in it too."""
        return any("/" not in word for word in self.words) or len(self.parts) < 2


class Part:
    """A run of whole top-level statements."""

    def __init__(self, start: int, end: int, line: int) -> None:
        self.start = start
        self.end = end
        self.line = line
        self.statements: list[SgNode] | None = None
        #: Whether what it declares has been bound, and whether it has been run.
        self.opened = False
        self.executed = False
        #: Those of the file's words that stand in this part.
        self.words: list[str] = []
        #: By node: what all functions made from it share.
        self.bodies: dict[int, Body] = {}
        #: Start-up functions that were called because a name that they give was wanted.
        self.started: set[int] = set()
        #: Bodies of functions that were left out when it was parsed.
        self.left_out: Bodies | None = None

    def triggered(self, node: SgNode) -> bool:
        """Whether one of these words stands inside a node."""
        source = self.text(node) if self.words else ""
        return any(word in source for word in self.words)

    def text(self, node: SgNode) -> str:
        """The source of a node, whole."""
        return node.text() if self.left_out is None else self.left_out.text(node)


class Scope:
    """Names of a module, function or block."""

    def __init__(self, module: Module, parent: "Scope | None", names: dict[str, Value], part: Part) -> None:
        self.module = module
        self.parent = parent
        self.names = names
        self.part = part
        self.this: Value = parent.this if parent else None
        self.method_of: Class | None = parent.method_of if parent else None
        #: What is returned, and what is only if somebody sets something.
        self.returns: list[Value] = parent.returns if parent else []
        self.perhaps: list[Value] = parent.perhaps if parent else []
        #: What a generator gives one by one.
        self.yields: list[Value] = parent.yields if parent else []

    def line(self, node: SgNode) -> int:
        """The line of a node in its file, counted from 1."""
        return node.range().start.line + self.part.line


class Lazy:
    """A declaration that is evaluated when its name is first wanted."""

    def __init__(self, node: SgNode, scope: Scope) -> None:
        self.node = node
        self.scope = scope


_CALLED = re.compile(r"([\w$]{3,})\(")
_CALLED_BY_NAME = re.compile(r"(?<![.\w$])([\w$]{3,})\(")


class Body:
    """What all functions made from one piece of source share."""

    def __init__(self, node: SgNode, part: Part) -> None:
        self._node = node
        #: That of the function's head.
        self._around = part
        self.runs = 0

    @cached_property
    def _parsed(self) -> tuple[SgNode | None, Part]:
        """What the function runs, and the part in which it is parsed."""
        block, part = self._node.field("body"), self._around
        inner = part.left_out.of(block) if part.left_out is not None and block is not None else None
        if block is None or inner is None:
            return block, part
        return inner, Part(part.start, part.end, block.range().start.line + part.line)

    @property
    def block(self) -> SgNode | None:
        """What the function runs: a block, or an expression."""
        return self._parsed[0]

    @property
    def part(self) -> Part:
        """What is parsed together with its block."""
        return self._parsed[1]

    @cached_property
    def text(self) -> str:
        """The source of the function."""
        return self._around.text(self._node)

    @cached_property
    def statements(self) -> list[SgNode] | None:
        """The statements of its block; `None` where it has none."""
        return (
            elements(self.block)
            if self.block is not None and self.block.kind() == "statement_block"
            else None
        )

    @cached_property
    def parameters(self) -> list[SgNode]:
        """The patterns that its arguments are bound to."""
        single, several = self._node.field("parameter"), self._node.field("parameters")
        return [single] if single is not None else elements(several) if several is not None else []

    @cached_property
    def triggered(self) -> bool:
        """Whether a word stands in it that has to do with tools."""
        return any(word in self.text for word in self._around.words)

    @cached_property
    def size(self) -> int:
        """Characters of the source."""
        return len(self.text)

    @cached_property
    def calls(self) -> frozenset[str]:
        """The names of what is called in it, methods too."""
        return frozenset(_CALLED.findall(self.text)) if self.size < 50_000 else frozenset()

    @cached_property
    def calls_by_name(self) -> frozenset[str]:
        """The names of the functions that are called in it, methods left out."""
        return frozenset(_CALLED_BY_NAME.findall(self.text))
