"""How much of the types that a tool takes is written out: each type once for each depth, and no more than a tool has room for."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar

from ast_grep_py import SgNode

from crawler.introspect.static.nodes import children
from crawler.introspect.static.syntax import Sources, Tree
from crawler.tools import Json

#: Types inside of types that are written out, and members of one tool in all.
DEEPEST = 4
MOST_MEMBERS = 300


class Members:
    """What is left for the tool whose parameters are being written out, and what was found for others."""

    def __init__(self) -> None:
        self._room = MOST_MEMBERS
        #: Types that are being written out, inside which they are left open.
        self._open: set[str] = set()
        #: What was found for a type at a depth, and how many members it has.
        self._known: dict[tuple[str, int], tuple[dict[str, Json], int]] = {}

    def renew(self) -> None:
        """Another tool is looked at."""
        self._room = MOST_MEMBERS

    def spend(self, members: int = 1) -> bool:
        """Count members; whether there is room for them."""
        self._room -= members
        return self._room >= 0

    def once(self, name: str, depth: int, write: Callable[[], dict[str, Json]]) -> dict[str, Json]:
        """The schema of a type; empty where it lies too deep or takes too much room."""
        if name in self._open:
            return {"type": "object"}
        if depth > DEEPEST:
            return {}
        if (name, depth) in self._known:
            found, size = self._known[name, depth]
            return found if self.spend(size) else {}
        before = self._room
        self._open.add(name)
        found = write()
        self._open.discard(name)
        if self._room >= 0:
            self._known[name, depth] = found, before - self._room
        elif before > MOST_MEMBERS // 2:
            self._known[name, depth] = {}, 0  # too large for any tool
        return found if self._room >= 0 else {}


def declaration(
    sources: Sources, patterns: tuple[str, ...], kinds: tuple[str, ...], name: str, file: str
) -> tuple[Tree, SgNode] | None:
    """Where a type of one of these kinds is declared that is named in a file: beside it, or else anywhere."""
    for tree in sources.declaring(patterns, name, file):
        for kind in kinds:
            if (node := tree.declared(kind).get(name)) is not None:
                return tree, node
    return None


class NamedTypes(ABC):
    """What the types of a package stand for, in a language whose generic types are written `List<T>` and arrays `T[]`."""

    #: Names of plain types to JSON's, those of lists and of maps, and the one that says that a value may be missing.
    plain: ClassVar[Mapping[str, str]]
    lists: ClassVar[frozenset[str]]
    maps: ClassVar[frozenset[str]]
    optional: ClassVar[str]
    #: How types are declared in the text, and what such a declaration is to the parser.
    patterns: ClassVar[tuple[str, ...]]
    kinds: ClassVar[tuple[str, ...]]
    #: What a choice of an enumeration is to the parser.
    choice: ClassVar[str]

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.kept = Members()

    @abstractmethod
    def members(self, tree: Tree, node: SgNode, depth: int) -> dict[str, Json]:
        """The schema of a declared class or record."""

    def typed(self, tree: Tree, name: str, depth: int) -> dict[str, Json]:
        """The schema of a type by its name."""
        name = name.strip()[:500]
        if name.endswith("[]"):
            return {"type": "array", "items": self.typed(tree, name[:-2], depth)}
        head, _, inner = name.partition("<")
        base = head.rpartition(".")[2]
        if base in self.lists:
            return {"type": "array", "items": self.typed(tree, inner[:-1], depth)}
        if base == self.optional:
            return self.typed(tree, inner[:-1], depth)
        if base in self.maps:
            return {"type": "object"}
        if base in self.plain:
            return {"type": self.plain[base]}
        return self.kept.once(base, depth + 1, lambda: self._declared(tree, base, depth + 1))

    def _declared(self, tree: Tree, name: str, depth: int) -> dict[str, Json]:
        found = declaration(self.sources, self.patterns, self.kinds, name, tree.file)
        if found is None:
            return {}
        return (
            self._choices(found[1]) if found[1].kind() == "enum_declaration" else self.members(*found, depth)
        )

    def _choices(self, enum: SgNode) -> dict[str, Json]:
        names: list[Json] = []
        for member in children(enum.field("body")):
            own = member.field("name") if member.kind() == self.choice else None
            names += [own.text()] if own is not None else []
        return {"type": "string", "enum": names} if names else {"type": "string"}
