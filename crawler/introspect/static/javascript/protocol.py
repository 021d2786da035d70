"""Servers that speak the protocol by themselves, without an SDK: what they answer where somebody asks for their tools."""

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

from ast_grep_py import SgNode

from crawler.introspect.static.javascript.operators import LIST_METHOD
from crawler.introspect.static.javascript.patterns import Patterns
from crawler.introspect.static.javascript.sources import Scope
from crawler.introspect.static.javascript.values import Function, plain
from crawler.introspect.static.unknown import Value


class Protocol(Patterns):
    """Knows where a request is one for the list of tools."""

    @abstractmethod
    def answered(self, answer: dict[str, Value], file: str, line: int) -> None:
        """An object came into being that answers a request for the list of tools."""

    @abstractmethod
    def answering(self, function: Function) -> None:
        """A function was set to answer requests for the list of tools."""

    @contextmanager
    def asking(self, asked: bool = True) -> Iterator[None]:
        """What is read inside runs where a request asks for the tools, if *asked*."""
        before, self._asked = self._asked, self._asked or asked
        try:
            yield
        finally:
            self._asked = before

    def made(self, found: dict[str, Value], node: SgNode, scope: Scope) -> None:
        """An object literal was evaluated: it may be the answer, or a table of what answers which request."""
        if LIST_METHOD in found:
            self.set_for(LIST_METHOD, found[LIST_METHOD])
        elif self._asked and isinstance(plain(found.get("tools")), list):
            self.answered(found, scope.module.file, scope.line(node))

    def told(self, args: list[Value], node: SgNode, scope: Scope) -> None:
        """Something is called, or returned, with these values: the answer may be one that was made before."""
        if self._asked:
            for arg in args:
                answer = arg.get("result", arg) if isinstance(arg, dict) else None
                if isinstance(answer, dict) and isinstance(plain(answer.get("tools")), list):
                    self.answered(answer, scope.module.file, scope.line(node))
        elif len(args) > 1:
            self.set_for(args[0], args[1])

    def set_for(self, method: Value, function: Value) -> None:
        """A function is kept, or handed over, under a name that may be that of the method."""
        if isinstance(function, Function) and plain(method) == LIST_METHOD:
            self.answering(function)

    def put(self, owner: Value, name: Value, value: Value) -> None:
        """Assign to a property."""
        self.set_for(name, value)
        super().put(owner, name, value)
