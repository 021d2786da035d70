"""Running the functions of a package, as far as that is worth while."""

from abc import abstractmethod

from ast_grep_py import SgNode

from crawler.introspect.static.javascript.classes import DEEPEST_CALL
from crawler.introspect.static.javascript.injection import Injection
from crawler.introspect.static.javascript.names import MOST_STEPS_AT_ONCE
from crawler.introspect.static.javascript.sources import Scope
from crawler.introspect.static.javascript.values import MISSING, Function
from crawler.introspect.static.unknown import UNKNOWN, Unknown, Value

#: Calls of one function in all, and characters that are read of it in all where it is short: a table may be long.
MOST_RUNS = 300
MOST_CHARACTERS = 5_000_000

#: Characters of a function without a word that has to do with tools, in a bundle and elsewhere, and how far they
#: are followed into each other: farther where few steps were taken yet.
LARGEST_HELPER = 6_000
LARGEST_WHOLE_HELPER = 100_000
DEEPEST_HELPER, DEEPEST_FEW = 10, 16


class Functions(Injection):
    """Reads the bodies of functions with their arguments bound."""

    _helpers = 0
    #: Calls less deep than this are followed, whatever they are of.
    _wanted = 0
    #: Whether what is read now of a function runs only if somebody sets something, whatever holds of its caller.
    _unset = False

    @abstractmethod
    def run_body(self, function: Function, scope: Scope) -> Value:
        """Read a function's body with its parameters in scope; what it returns."""

    def call_function(self, function: Function, args: list[Value]) -> Value:
        """Read a function of the package with these arguments; unknown where that goes too deep."""
        body = function.body
        spent = body.runs >= MOST_RUNS and body.runs * body.size > MOST_CHARACTERS
        if self._calls >= DEEPEST_CALL or spent or self._depth > 85:
            return UNKNOWN
        helper = not body.triggered and self._calls >= self._wanted
        whole = len(function.scope.module.parts) < 2
        largest = LARGEST_WHOLE_HELPER if whole else LARGEST_HELPER
        few = self.budget.left > MOST_STEPS_AT_ONCE * 0.97
        if helper and (body.size > largest or self._helpers >= (DEEPEST_FEW if few else DEEPEST_HELPER)):
            return UNKNOWN
        body.runs += 1
        scope = Scope(function.scope.module, function.scope, {"arguments": args}, body.part)
        scope.returns, scope.perhaps, scope.yields = [], [], []
        if function.this is not None:
            scope.this = function.this
        if function.node.kind() == "function_expression" and (own := function.node.field("name")) is not None:
            scope.names[own.text()] = function
        if function.owner is not None:
            scope.method_of = function.owner
        unset, self._unset = self._unset, False
        self._calls += 1
        self._helpers += not body.triggered
        try:
            self._bind_arguments(body.parameters, args, scope, asking=function.name == "constructor")
            return self.run_body(function, scope)
        finally:
            self._unset = unset
            self._calls -= 1
            self._helpers -= not body.triggered

    def look_into(self, function: Function) -> Value:
        """Read a function without knowing what it is called with."""
        return self.call_function(
            function, [UNKNOWN] * sum(not _is_rest(one) for one in function.body.parameters)
        )

    def _bind_arguments(
        self, patterns: list[SgNode], args: list[Value], scope: Scope, *, asking: bool
    ) -> None:
        """Bind the arguments; a constructor may be *asking* a container for those that nobody gives."""
        for number, pattern in enumerate(patterns):
            unknown = number >= len(args) or isinstance(args[number], Unknown)
            if asking and unknown and (found := self.injected(pattern, scope)) is not MISSING:
                self.bind(pattern, found, scope)
                continue
            if _is_rest(pattern):
                target = pattern.field("pattern") or pattern
                self.bind(target.child(1), args[number:], scope)
            else:
                self.bind(pattern, args[number] if number < len(args) else None, scope)


def _is_rest(pattern: SgNode) -> bool:
    if pattern.kind() == "rest_pattern":
        return True
    target = pattern.field("pattern") if pattern.kind() == "required_parameter" else None
    return target is not None and target.kind() == "rest_pattern"
