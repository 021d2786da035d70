"""What conditions decide about the statements behind them."""

import re
from abc import abstractmethod
from contextlib import AbstractContextManager

from ast_grep_py import SgNode

from crawler.introspect.static.javascript.loops import Flow, Loops
from crawler.introspect.static.javascript.nodes import elements
from crawler.introspect.static.javascript.operators import LIST_METHOD, UNDECIDED, UNSET
from crawler.introspect.static.javascript.outcomes import ASKED, LIKELY, NOT_ASKED
from crawler.introspect.static.javascript.sources import Scope
from crawler.introspect.static.javascript.values import Attribute, External, Made, as_asked, plain
from crawler.introspect.static.unknown import Setting, Unknown, Value

#: Words by which a server says that it cannot start as it is, rather than leaving something out.
_COMPLAINT = re.compile(r"(?i)throw|error|exit|warn|missing|require")


#: What ends a branch.
_ENDS = re.compile(r"(?:\breturn\b[^;{}]*|\b(?:continue|break)|\bthrow\b[^;{}]*);?\s*\}?\s*\Z")


class Branches(Loops):
    """Reads the branches that may run."""

    #: Whether what is read now may not run at all, without another branch to run instead.
    _open = False
    #: What a function gives when nobody sets anything, by its list of returned values.
    _settled: dict[int, Value]

    @abstractmethod
    def unsure(self, factor: float, *, unlikely: bool = False) -> AbstractContextManager[None]:
        """Lower the certainty of what happens inside."""

    @abstractmethod
    def _block(self, node: SgNode, scope: Scope) -> Flow:
        """Read a block with names of its own."""

    def _if(self, node: SgNode, scope: Scope) -> Flow:
        condition = as_asked(self.evaluate(node.field("condition"), scope))
        body, other = node.field("consequence"), node.field("alternative")
        truth = None if condition is LIKELY else self.truth(plain(condition))
        if truth is not None and not isinstance(condition, Setting):
            count = len(scope.returns) + len(scope.perhaps)
            flow = self._branch(body if truth else other, scope)
            thrown = flow is Flow.RETURN and len(scope.returns) + len(scope.perhaps) == count
            return Flow.NEXT if thrown else flow  # whatever it complains of was set where nobody looked
        if condition is NOT_ASKED:
            flow = self._both(body, other, scope, UNDECIDED)
            return Flow.ASKED if body is not None and _ENDS.search(scope.part.text(body)[-300:]) else flow
        if truth is None:
            return self._both(body, other, scope, UNDECIDED, asked=condition is ASKED)
        return self._both(body, other, scope, UNSET) if truth else self._both(other, body, scope, UNSET)

    def _branch(self, node: SgNode | None, scope: Scope) -> Flow:
        if node is None:
            return Flow.NEXT
        if node.kind() == "else_clause":
            return self._branch(next(iter(elements(node)[1:]), None), scope)
        return self._block(node, scope)

    def _both(
        self, likely: SgNode | None, other: SgNode | None, scope: Scope, factor: float, *, asked: bool = False
    ) -> Flow:
        """Read two branches of which one runs; what the likely one assigns wins. It may be where tools are *asked* for."""
        outer, self._open = self._open, self._open or (factor == UNDECIDED and not _is_exhaustive(other))
        count = len(scope.returns)
        with self.unsure(UNDECIDED if factor == UNDECIDED else 1.0), self.asking(asked):
            flow = self._branch(likely, scope)
        if factor == UNSET and flow is Flow.RETURN and len(scope.returns) > count:
            self._settled.setdefault(id(scope.returns), scope.returns[-1])
        with self.unsure(factor, unlikely=True):
            second = self._branch(other, scope)
        self._open = outer
        if factor == UNSET and second is Flow.NEXT and likely is not None:
            passes = (
                flow is Flow.RETURN
                and len(scope.returns) > count
                and not _COMPLAINT.search(scope.part.text(likely))
            )
            if passes or flow is Flow.BREAK:
                return Flow.WAIT
        return flow if flow is second and likely is not None and other is not None else Flow.NEXT

    def _switch(self, node: SgNode, scope: Scope) -> Flow:
        subject = self.evaluate(node.field("value"), scope)
        body = node.field("body")
        cases = elements(body) if body is not None else []
        chosen = self._chosen(plain(subject), cases, scope)
        for number, case in enumerate(cases):
            if chosen is not None and number != chosen and not isinstance(subject, Setting):
                continue
            factor = UNDECIDED if chosen is None else 1.0 if number == chosen else UNSET
            asked = chosen is None and self._asks(case, scope)
            with self.unsure(factor, unlikely=number != chosen), self.asking(asked):
                self._cases(cases[number:] if asked or number == chosen else [case], scope)
        return Flow.NEXT

    def _cases(self, cases: list[SgNode], scope: Scope) -> None:
        """The statements of a case, and of those behind it that it falls through to."""
        for case in cases:
            value = case.field("value")
            body = elements(case)[1 if value is None else 2 :]
            if self.run_block(body, Scope(scope.module, scope, {}, scope.part)) is not Flow.NEXT:
                return

    def _asks(self, case: SgNode, scope: Scope) -> bool:
        value = case.field("value")
        return value is not None and plain(self.evaluate(value, scope)) == LIST_METHOD

    def _chosen(self, subject: Value, cases: list[SgNode], scope: Scope) -> int | None:
        """Which case is taken; `None` where the source does not show it."""
        default: int | None = None
        if isinstance(subject, Unknown | Attribute | Made | External):
            return None
        for number, case in enumerate(cases):
            if case.kind() == "switch_default":
                default = number
                continue
            value = plain(self.evaluate(case.field("value"), scope))
            if isinstance(value, Unknown | Attribute | Made | External):
                return None
            if isinstance(value, str | int | bool | None) and value == subject:
                return number
        return default if default is not None else len(cases)


def _is_exhaustive(other: SgNode | None) -> bool:
    """Whether a chain of `else if` ends in an `else`."""
    inner = elements(other)[-1] if other is not None else None
    if inner is None or inner.kind() != "if_statement":
        return inner is not None
    return _is_exhaustive(inner.field("alternative"))
