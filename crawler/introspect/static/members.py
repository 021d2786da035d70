"""How much of the types that a tool takes is written out: each type once for each depth, and no more than a tool has room for."""

from collections.abc import Callable

from ast_grep_py import SgNode

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
