"""What loops do, round by round where the source shows the rounds."""

from abc import abstractmethod
from contextlib import AbstractContextManager
from enum import Enum, auto

from ast_grep_py import SgNode

from crawler.introspect.static.javascript import builtins
from crawler.introspect.static.javascript.declarations import Declarations
from crawler.introspect.static.javascript.operators import UNDECIDED, UNSET
from crawler.introspect.static.javascript.sources import Scope
from crawler.introspect.static.javascript.values import plain, sureness
from crawler.introspect.static.unknown import UNKNOWN, Setting, Unknown, Value

#: Rounds of a loop that counts.
MOST_ROUNDS = 500


class Flow(Enum):
    """How a block ends."""

    NEXT = auto()
    RETURN = auto()
    BREAK = auto()
    #: What follows runs only if somebody sets something.
    WAIT = auto()
    #: What follows runs only where a request asks for the tools.
    ASKED = auto()


class Loops(Declarations):
    """Reads loops."""

    def for_item(self, item: Value) -> AbstractContextManager[None]:
        """What happens for an item of a list, which is as sure as that the item is in it."""
        certainty = UNDECIDED if isinstance(item, Unknown) else sureness(item)
        return self.unsure(certainty, unlikely=certainty <= UNSET)

    #: Whether what is read now is the less likely of two branches, so that it must not overwrite.
    _unlikely = False

    @abstractmethod
    def run_block(self, statements: list[SgNode], scope: Scope) -> Flow:
        """Read statements in order."""

    @abstractmethod
    def _branch(self, node: SgNode | None, scope: Scope) -> Flow:
        """Read a branch or a body, with names of its own."""

    def _for_in(self, node: SgNode, scope: Scope) -> Flow:
        value = self.evaluate(node.field("right"), scope)
        keys = any(child.kind() == "in" for child in node.children())
        items: list[Value] | None
        if keys:
            found = builtins.properties(self, value)
            items = None if found is None else list(found)
        else:
            items = self.items(value)
        if items == [] and isinstance(value, Setting):
            with self.unsure(UNSET, unlikely=True):
                self.bind(node.field("left"), UNKNOWN, inner := Scope(scope.module, scope, {}, scope.part))
                self._branch(node.field("body"), inner)
        for item in [UNKNOWN] if items is None else items:
            inner = Scope(scope.module, scope, {}, scope.part)
            self.bind(node.field("left"), item, inner)
            with self.for_item(item):
                flow = self._branch(node.field("body"), inner)
            if flow is Flow.RETURN and items is not None:
                return flow
        return Flow.NEXT

    def _for(self, node: SgNode, scope: Scope) -> Flow:
        inner = Scope(scope.module, scope, {}, scope.part)
        start = node.field("initializer")
        if start is not None:
            self.run_block([start], inner)
        for _ in range(MOST_ROUNDS):
            truth = self._continues(node.field("condition"), inner)
            if truth is False:
                break
            before = dict(inner.names)
            self._branch(node.field("body"), inner)
            self.evaluate(node.field("increment"), inner)
            if truth is None or (before and before == inner.names):
                break  # in a branch that must not overwrite, nothing ever moves on
        return Flow.NEXT

    def _continues(self, condition: SgNode | None, scope: Scope) -> bool | None:
        inner = (
            condition.child(0)
            if condition is not None and condition.kind() == "expression_statement"
            else condition
        )
        return self.truth(plain(self.evaluate(inner, scope)))

    def _while(self, node: SgNode, scope: Scope) -> Flow:
        for _ in range(MOST_ROUNDS):
            condition = self.evaluate(node.field("condition"), scope)
            truth = self.truth(plain(condition))
            if truth is False and not isinstance(condition, Setting):
                break
            flow = self._branch(node.field("body"), scope)
            if flow is not Flow.NEXT or not truth or self._unlikely or _is_endless(node):
                break
        return Flow.NEXT

    def _do(self, node: SgNode, scope: Scope) -> Flow:
        self._branch(node.field("body"), scope)
        return Flow.NEXT


def _is_endless(loop: SgNode) -> bool:
    condition = loop.field("condition")
    return condition is not None and condition.text() in {"(true)", "(1)", "(!0)"}
