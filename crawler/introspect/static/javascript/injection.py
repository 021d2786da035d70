"""What a container of dependencies is given under a token, and the parameters of constructors that ask for it."""

from ast_grep_py import SgNode

from crawler.introspect.static.javascript.classes import Classes
from crawler.introspect.static.javascript.expressions import MOST_ITEMS
from crawler.introspect.static.javascript.modules import Package
from crawler.introspect.static.javascript.nodes import elements
from crawler.introspect.static.javascript.sources import Scope
from crawler.introspect.static.javascript.values import MISSING, Class, Made, kept, plain
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.unknown import Value

#: Decorators that ask for all that a token stands for, and for the last of it.
_ALL, _LAST = frozenset({"injectAll", "multiInject"}), "inject"


class Injection(Classes):
    """Keeps the values of tokens."""

    def __init__(self, package: Package, notes: Notes) -> None:
        super().__init__(package, notes)
        #: By the token's identity: the token, which must stay alive for that, and its values.
        self._provided: dict[str | int, tuple[Value, list[Value]]] = {}

    def provide(self, args: list[Value]) -> None:
        """Keep the value of `register(TOKEN, {useValue: ...})`."""
        given = args[1] if len(args) > 1 else None
        if isinstance(given, dict) and "useValue" in given and (key := _key(args[0])) is not None:
            _, values = self._provided.setdefault(key, (args[0], []))
            if len(values) < MOST_ITEMS:
                values.append(kept(self.force(given, "useValue"), self.certainty))

    def injected(self, parameter: SgNode, scope: Scope) -> Value:
        """What a container gives to a parameter that asks for it by a decorator; `MISSING` to any other."""
        first = parameter.child(0)
        call = first.child(1) if first is not None and first.kind() == "decorator" else None
        asking, given = (call.field(name) if call is not None else None for name in ("function", "arguments"))
        wanted = elements(given) if given is not None else []
        if asking is None or not wanted or asking.text() not in {*_ALL, _LAST}:
            return MISSING
        key = _key(self.evaluate(wanted[0], scope))
        _, values = self._provided.get(key, (None, [])) if key is not None else (None, [])
        return MISSING if not values else list(values) if asking.text() in _ALL else values[-1]


def _key(token: Value) -> str | int | None:
    """What tells a token from others; an object that the source does not show may be any."""
    token = plain(token)
    return token if isinstance(token, str) else id(token) if isinstance(token, Made | Class) else None
