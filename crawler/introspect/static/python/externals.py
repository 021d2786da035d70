"""What the builtins and the standard library do, as far as tool tables and registries use them."""

import ast
from collections.abc import Callable

from crawler.introspect.static.python import constants
from crawler.introspect.static.python.calls import Call, Calls, Understood
from crawler.introspect.static.python.hints import HINTS, NONE_TYPE
from crawler.introspect.static.python.imports import IMPORTS
from crawler.introspect.static.python.values import (
    Action,
    Attribute,
    Class,
    External,
    Function,
    Instance,
    Made,
    Module,
    Partial,
    plain,
)
from crawler.introspect.static.unknown import UNKNOWN, Setting, Unknown, Value


def _listed(call: Call) -> Value:
    """`list`, `set`, `sorted` and whatever else only reorders."""
    if not call.args:
        return []
    items = call.reader.items(call.args[0])
    return [UNKNOWN] if items is None else items


def _tupled(call: Call) -> Value:
    return tuple(_listed(call))


def _dictionary(call: Call) -> Value:
    found: dict[Value, Value] = {}
    source = plain(call.first)
    if isinstance(source, dict):
        found.update(source)
    for pair in source if isinstance(source, list | tuple) else ():
        if isinstance(pair, list | tuple) and len(pair) == 2 and constants.is_key(plain(pair[0])):
            found[plain(pair[0])] = pair[1]
    return found | call.kwargs


def _string(call: Call) -> Value:
    return constants.lifted(lambda value: str(value) if constants.is_known(value) else UNKNOWN, call.first)


def _boolean(call: Call) -> Value:
    truth = call.reader.truth(plain(call.first))
    if truth is None:
        return UNKNOWN
    return Setting(truth) if isinstance(call.first, Setting) else truth


def _length(call: Call) -> Value:
    return constants.lifted(
        lambda value: len(value) if isinstance(value, str | tuple) else UNKNOWN, call.first
    )


def _enumerated(call: Call) -> Value:
    items = call.reader.items(call.first)
    return UNKNOWN if items is None else list(enumerate(items))


def _zipped(call: Call) -> Value:
    columns = [call.reader.items(arg) for arg in call.args]
    if any(column is None for column in columns):
        return UNKNOWN
    return list(zip(*(column for column in columns if column is not None), strict=False))


def _ranged(call: Call) -> Value:
    if (
        call.args
        and all(isinstance(arg, int) and abs(arg) < 5_000 for arg in call.args)
        and 0 not in call.args[2:]
    ):
        return list(range(*call.args[:3]))
    return UNKNOWN


def _mapped(call: Call) -> Value:
    items = call.reader.items(call.args[1]) if len(call.args) == 2 else None
    return (
        UNKNOWN
        if items is None
        else [call.reader.call(call.args[0], [item], {}, call.place) for item in items]
    )


def _filtered(call: Call) -> Value:
    items = call.reader.items(call.args[1]) if len(call.args) == 2 else None
    if items is None or call.args[0] is None:
        return UNKNOWN if items is None else items
    return [
        item
        for item in items
        if call.reader.truth(call.reader.call(call.args[0], [item], {}, call.place)) is not False
    ]


def _chained(call: Call) -> Value:
    return _all_items(call.reader, call.args)


def _flattened(call: Call) -> Value:
    return _all_items(call.reader, call.reader.items(call.first) or [])


def _all_items(reader: Calls, containers: list[Value]) -> list[Value]:
    return [item for container in containers for item in (reader.items(container) or [UNKNOWN])]


def _next(call: Call) -> Value:
    items = call.reader.items(call.first)
    return items[0] if items else UNKNOWN


def _getattr(call: Call) -> Value:
    name = plain(call.args[1]) if len(call.args) > 1 else None
    if not isinstance(name, str):
        return UNKNOWN
    value = call.reader.attribute(call.args[0], name)
    if len(call.args) < 3 or _is_of_server(call, name):
        return value
    return call.args[2] if isinstance(value, Attribute | Unknown) else value


def _is_of_server(call: Call, name: str) -> bool:
    """Whether it is asked for a method that servers of every SDK have, of an object that is one."""
    return name in {"tool", "add_tool"} and call.reader.is_server(call.args[0])


def _setattr(call: Call) -> Value:
    if len(call.args) == 3 and isinstance(plain(call.args[1]), str):
        call.reader.assign_attribute(call.args[0], plain(call.args[1]), call.args[2])
    return None


def _hasattr(call: Call) -> Value:
    name = plain(call.args[1]) if len(call.args) > 1 else None
    if isinstance(name, str) and _is_of_server(call, name):
        return True
    if isinstance(name, str) and isinstance(call.args[0], Instance | Class | Function | Module):
        return not isinstance(call.reader.attribute(call.args[0], name), Attribute | Unknown)
    return UNKNOWN


def _isinstance(call: Call) -> Value:
    if len(call.args) != 2:
        return UNKNOWN
    wanted = call.args[1] if isinstance(call.args[1], tuple) else (call.args[1],)
    value = call.args[0]
    cls = value.cls if isinstance(value, Instance) else None
    if cls is not None:
        return any(seen is one or _same_external(seen, one) for seen in cls.lineage() for one in wanted)
    return _builtin_instance(value, wanted)


def _builtin_instance(value: Value, wanted: tuple[Value, ...]) -> Value:
    names = {one.path for one in wanted if isinstance(one, External)}
    kind = f"builtins.{type(value).__name__}"
    if kind in names:
        return True
    plainly = value is None or isinstance(value, str | int | list | dict | tuple | Function)
    return False if plainly and (names or any(isinstance(one, Class) for one in wanted)) else UNKNOWN


def _same_external(left: Value, right: Value) -> bool:
    return isinstance(left, External) and isinstance(right, External) and left.path == right.path


def _issubclass(call: Call) -> Value:
    if len(call.args) != 2 or not isinstance(call.args[0], Class):
        return UNKNOWN
    return any(seen is call.args[1] or _same_external(seen, call.args[1]) for seen in call.args[0].lineage())


def _type(call: Call) -> Value:
    if len(call.args) == 1 and call.args[0] is None:
        return NONE_TYPE
    return call.args[0].cls if len(call.args) == 1 and isinstance(call.args[0], Instance) else UNKNOWN


def _names(call: Call) -> Value:
    """`vars` and `globals`."""
    owner = call.first if call.args else call.place[0]
    return call.reader.names_of(owner) if isinstance(owner, Module | Class | Instance) else UNKNOWN


def _directory(call: Call) -> Value:
    return [name for name, _ in _members(call.reader, call.first)]


def _getmembers(call: Call) -> Value:
    wanted = call.args[1] if len(call.args) > 1 else call.kwargs.get("predicate")
    found = sorted(_members(call.reader, call.first), key=lambda pair: pair[0])
    if wanted is None:
        return found
    return [
        pair
        for pair in found
        if call.reader.truth(call.reader.call(wanted, [pair[1]], {}, call.place)) is not False
    ]


def _members(reader: Calls, owner: Value) -> list[tuple[str, Value]]:
    names: dict[str, Value] = {}
    if isinstance(owner, Module):
        reader.run_module(owner)
        names = owner.scope.names
    elif isinstance(owner, Instance | Class):
        cls = owner.cls if isinstance(owner, Instance) else owner
        for ancestor in reversed([seen for seen in cls.lineage() if isinstance(seen, Class)]):
            names = names | ancestor.names
    return [(name, reader.attribute(owner, name)) for name in names if name != "*"]


def _is(*kinds: type) -> Understood:
    def check(call: Call) -> Value:
        return UNKNOWN if isinstance(call.first, Unknown) else isinstance(call.first, kinds)

    return check


def _callable(call: Call) -> Value:
    if isinstance(call.first, Unknown | Attribute | Made | Instance):
        return UNKNOWN
    return isinstance(call.first, Function | Class | Partial | External | Action)


def _is_coroutine_function(call: Call) -> Value:
    value = call.first
    return isinstance(value.node, ast.AsyncFunctionDef) if isinstance(value, Function) else UNKNOWN


def _setting(call: Call) -> Value:
    default = call.args[1] if len(call.args) > 1 else call.kwargs.get("default")
    return default if isinstance(default, Setting) else Setting(default)


def _wraps(call: Call) -> Value:
    """The wrapper looks like what it wraps, which is all that a tool's definition shows."""
    wrapped = call.first
    return Action(lambda given, _: _looks_like(wrapped, (given[0] if given else UNKNOWN)))


def _updated_wrapper(call: Call) -> Value:
    return _looks_like(call.args[1], call.args[0]) if len(call.args) > 1 else UNKNOWN


def _looks_like(wrapped: Value, wrapper: Value) -> Value:
    if isinstance(wrapped, Unknown) and isinstance(wrapper, Function):
        unnamed = wrapper.bind(wrapper.receiver)
        unnamed.attributes = {**wrapper.attributes, "__name__": UNKNOWN}
        return unnamed
    if not isinstance(wrapped, Function):
        return wrapper
    copy = wrapped.bind(wrapped.receiver)
    copy.attributes = dict(wrapped.attributes)
    return copy


def _partial(call: Call) -> Value:
    return Partial(call.args[0], call.args[1:], call.kwargs) if call.args else UNKNOWN


def _same(call: Call) -> Value:
    return call.first


def _second(call: Call) -> Value:
    return call.args[1] if len(call.args) > 1 else UNKNOWN


def _decorator(call: Call) -> Value:
    """A decorator, with or without parentheses, that leaves the definition as it is."""
    return (
        call.args[0]
        if call.args and isinstance(call.args[0], Function | Class)
        else Action(lambda given, _: given[0] if given else UNKNOWN)
    )


def _run(call: Call) -> Value:
    """`asyncio.run(main())` has run it already; `anyio.run(main, argument)` has not."""
    return (
        call.reader.call(call.args[0], call.args[1:], {}, call.place)
        if call.args and isinstance(call.args[0], Function)
        else call.first
    )


def _getdoc(call: Call) -> Value:
    return constants.cleaned(call.first.doc) if isinstance(call.first, Function | Class) else UNKNOWN


def _of_constant(operation: Callable[[Value], Value]) -> Understood:
    def apply(call: Call) -> Value:
        return operation(plain(call.first))

    return apply


def _substituted(call: Call) -> Value:
    return constants.substituted(*map(plain, call.args[:3])) if len(call.args) >= 3 else UNKNOWN


def _nothing(_: Call) -> Value:
    return None


def _mapping(call: Call) -> Value:
    """`defaultdict(factory)` starts empty; the other mappings start like `dict`."""
    return {} if call.args and not isinstance(call.args[0], dict | list) else _dictionary(call)


UNDERSTOOD: dict[str, Understood] = {
    **IMPORTS,
    **HINTS,
    **dict.fromkeys(("list", "set", "frozenset", "sorted", "reversed", "iter"), _listed),
    "tuple": _tupled,
    "dict": _dictionary,
    "str": _string,
    "bool": _boolean,
    "len": _length,
    "enumerate": _enumerated,
    "zip": _zipped,
    "range": _ranged,
    "map": _mapped,
    "filter": _filtered,
    "next": _next,
    "getattr": _getattr,
    "setattr": _setattr,
    "hasattr": _hasattr,
    "isinstance": _isinstance,
    "issubclass": _issubclass,
    "callable": _callable,
    "type": _type,
    "vars": _names,
    "globals": _names,
    "locals": _names,
    "dir": _directory,
    "print": _nothing,
    "os.getenv": _setting,
    "os.environ.get": _setting,
    "functools.wraps": _wraps,
    "functools.partial": _partial,
    "functools.cache": _decorator,
    "functools.lru_cache": _decorator,
    "functools.update_wrapper": _updated_wrapper,
    "typing.cast": _second,
    "dataclasses.dataclass": _decorator,
    "copy.copy": _same,
    "copy.deepcopy": _same,
    "itertools.chain": _chained,
    "itertools.chain.from_iterable": _flattened,
    "collections.OrderedDict": _mapping,
    "collections.defaultdict": _mapping,
    "types.MappingProxyType": _same,
    "inspect.cleandoc": _of_constant(constants.cleaned),
    "inspect.getdoc": _getdoc,
    "inspect.getmembers": _getmembers,
    "inspect.isfunction": _is(Function),
    "inspect.ismethod": _is(Function),
    "inspect.isroutine": _is(Function),
    "inspect.isclass": _is(Class),
    "inspect.iscoroutinefunction": _is_coroutine_function,
    "asyncio.iscoroutinefunction": _is_coroutine_function,
    "textwrap.dedent": _of_constant(constants.dedented),
    "json.loads": _of_constant(constants.parsed_json),
    "re.sub": _substituted,
    "asyncio.run": _run,
    "anyio.run": _run,
    "trio.run": _run,
    "sys.exit": _nothing,
    "contextlib.suppress": _nothing,
}


def understood(path: str) -> Understood | None:
    """What the reader knows of a function outside the package."""
    return UNDERSTOOD.get(path.removeprefix("builtins."))
