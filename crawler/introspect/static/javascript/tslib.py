"""What the functions give that the TypeScript compiler writes into its output; their own source says it in too many words."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from crawler.introspect.static.javascript.builtins import properties, weak_method
from crawler.introspect.static.javascript.values import MISSING, Class, Function, Made
from crawler.introspect.static.unknown import UNKNOWN, Value

if TYPE_CHECKING:
    from crawler.introspect.static.javascript.expressions import Expressions

Arguments = list[Value]


def compiled(reader: "Expressions", name: str, args: Arguments) -> Value:
    """What a call of this function gives; `MISSING` if it is none of the compiler's."""
    handler = _FUNCTIONS.get(name)
    return handler(reader, args) if handler is not None and args else MISSING


def _first(_: "Expressions", args: Arguments) -> Value:
    return args[0]


def _import_default(_: "Expressions", args: Arguments) -> Value:
    """`__importDefault(require("./x"))`, which gives what is no module a default."""
    module = args[0]
    whole = isinstance(module, dict) and not {"default", "__esModule"} & module.keys()
    return {"default": module} if whole or isinstance(module, Function | Class | list) else module


def _private(reader: "Expressions", args: Arguments) -> Value:
    """`__classPrivateFieldGet(this, where, kind, method)`, which is what `this.#name` becomes."""
    owner, where, kind, *method = [*args, UNKNOWN, UNKNOWN][: max(len(args), 3)]
    match kind:
        case "f" if isinstance(where, Made):
            return weak_method(where, "get", [owner])
        case "m" if method and isinstance(method[0], Function):
            return method[0]
        case "a" if method and isinstance(method[0], Function):
            return reader.call(method[0].bind(owner), [])
    return UNKNOWN


def _keep_private(_: "Expressions", args: Arguments) -> Value:
    """`__classPrivateFieldSet(this, where, value, "f")`."""
    if len(args) > 2 and isinstance(args[1], Made):
        weak_method(args[1], "set", [args[0], args[2]])
    return args[2] if len(args) > 2 else UNKNOWN


def _awaiter(reader: "Expressions", args: Arguments) -> Value:
    """`__awaiter(this, arguments, Promise, function* () { ... })` runs the function."""
    generator = args[-1]
    if isinstance(generator, Function):
        generator = generator.bind(generator.this)
        generator.awaits = True
    return reader.call(generator, [])


def _generator(reader: "Expressions", args: Arguments) -> Value:
    """`__generator(this, function (state) { ... return [2, value]; })` gives the value."""
    given = reader.call(args[-1], [UNKNOWN])
    return given[1] if isinstance(given, list) and len(given) == 2 and given[0] == 2 else UNKNOWN


def _export_star(reader: "Expressions", args: Arguments) -> Value:
    """`__exportStar(require("./x"), exports)`."""
    for key, value in (properties(reader, args[0]) or {}).items():
        if key not in {"default", "__esModule"}:
            reader.put(args[-1], key, value)
    return None


def _assign(reader: "Expressions", args: Arguments) -> Value:
    """`__assign({}, a, b)`, which is what `{...a, ...b}` becomes."""
    for source in args[1:]:
        for key, value in (properties(reader, source) or {}).items():
            reader.put(args[0], key, value)
    return args[0]


def _spread(reader: "Expressions", args: Arguments) -> Value:
    """`__spreadArray([], a, true)`, which is what `[...a]` becomes."""
    parts = [reader.items(value) for value in args[:2]]
    return [item for part in parts for item in ([UNKNOWN] if part is None else part)]


def _decorate(reader: "Expressions", args: Arguments) -> Value:
    """`__decorate([a, b], target, name)`, which is what `@a @b` becomes."""
    decorators = reader.items(args[0]) or []
    target = args[1] if len(args) > 1 else None
    for decorator in decorators:
        if isinstance(decorator, Function):
            reader.call(decorator, [*args[1:3], {}])
    return target if isinstance(target, Class) else UNKNOWN


_FUNCTIONS: dict[str, Callable[["Expressions", Arguments], Value]] = {
    "__importStar": _first,
    "__importDefault": _import_default,
    "__classPrivateFieldGet": _private,
    "__classPrivateFieldSet": _keep_private,
    "__awaiter": _awaiter,
    "__generator": _generator,
    "__exportStar": _export_star,
    "__assign": _assign,
    "__spreadArray": _spread,
    "__decorate": _decorate,
    "__read": _first,
    "__values": _first,
}
