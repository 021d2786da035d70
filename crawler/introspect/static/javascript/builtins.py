"""What the functions and maps of JavaScript's run time do, as far as tool tables and registries use them."""

from collections.abc import Callable

from crawler.introspect.static.javascript.arrays import Arguments, Use, first
from crawler.introspect.static.javascript.expressions import Expressions
from crawler.introspect.static.javascript.properties import ENVIRONMENTS
from crawler.introspect.static.javascript.tables import json_value
from crawler.introspect.static.javascript.values import (
    MISSING,
    OPEN,
    Attribute,
    Class,
    External,
    Getter,
    Instance,
    Made,
    Namespace,
    kept,
    plain,
)
from crawler.introspect.static.unknown import SURE, UNKNOWN, Setting, Unknown, Value

#: Items of a list that is made by counting.
MOST_COUNTED = 500


def dict_method(reader: Expressions, owner: dict[str, Value], name: str, args: Arguments) -> Value:
    """`owner.name(...)` for a map."""
    key = plain(first(args))
    match name:
        case "set" if isinstance(key, str | int) and len(args) > 1:
            reader.set_for(key, args[1])
            owner[str(key)] = kept(args[1], reader.certainty) if reader.waits else args[1]
            return owner
        case "set" if len(args) > 1:
            reader.put(owner, key, args[1])
            return owner
        case "get":
            return reader.get(owner, str(key)) if isinstance(key, str | int) else reader.anything(owner)
        case "has" | "hasOwnProperty":
            return True if str(key) in owner else UNKNOWN
        case "values" | "keys" | "entries":
            return global_function(f"Object.{name}", reader, [owner])
        case "forEach":
            for item in global_function("Object.entries", reader, [owner]):
                reader.call(key, [item[1], item[0]])
    return UNKNOWN


def weak_method(owner: Made, name: str, args: Arguments) -> Value:
    """`owner.name(...)` for a `WeakMap`, which keeps things beside objects; `MISSING` for anything else."""
    if not isinstance(owner.what, External) or owner.what.path != "WeakMap" or not args:
        return MISSING
    key = f"\0{id(args[0])}"
    match name:
        case "set" if len(args) > 1:
            owner.names[key] = args[1]
            owner.args.append(args[0])  # must stay alive for its identity
            return owner
        case "get":
            return owner.names.get(key, UNKNOWN)
    return MISSING


def global_function(path: str, reader: Expressions, args: Arguments) -> Value:
    """A function of the run time, such as `Object.values`; unknown for most."""
    handler = _GLOBAL.get(path)
    return handler(Use(reader, args)) if handler else UNKNOWN


def properties(reader: Expressions, value: Value) -> dict[str, Value] | None:
    """The properties of an object; `None` if the source does not show them."""
    value = plain(value)
    if isinstance(value, External) and value.path in ENVIRONMENTS:
        return {}
    if isinstance(value, dict):
        return {key: reader.get(value, key) for key in list(value) if key not in (OPEN, SURE)}
    if isinstance(value, list):
        return {str(number): item for number, item in enumerate(value)}
    if isinstance(value, Namespace):
        return {name: item for name, item in reader.exports(value.module).items() if name != "default"}
    if isinstance(value, Instance | Class):
        return {name: item for name, item in value.names.items() if not name.startswith(("__", "\0"))}
    return None


def _listed(use: Use, give: Callable[[str, Value], Value]) -> Value:
    found = properties(use.reader, use.first)
    if found is None:
        return UNKNOWN
    items = [give(key, item) for key, item in found.items()]
    return Setting([]) if not items and isinstance(use.first, External) else items


def _values(use: Use) -> Value:
    return _listed(use, lambda _, item: item)


def _keys(use: Use) -> Value:
    return _listed(use, lambda key, _: key)


def _pairs(use: Use) -> Value:
    return _listed(use, lambda key, item: [key, item])


def _assign(use: Use) -> Value:
    target = use.first
    for source in use.args[1:]:
        for key, item in (properties(use.reader, source) or {}).items():
            use.reader.budget.charge(2)
            use.reader.put(target, key, item)
    return target


def _from_entries(use: Use) -> Value:
    pairs = use.reader.items(use.first) or []
    found = {
        pair[0]: pair[1]
        for pair in pairs
        if isinstance(pair, list) and len(pair) > 1 and isinstance(pair[0], str)
    }
    return found or UNKNOWN


def _define(use: Use) -> Value:
    """`Object.defineProperty(target, name, {get})`, by which bundlers export."""
    if len(use.args) == 3 and isinstance(use.args[2], dict):
        getter = use.args[2].get("get")
        use.reader.put(
            use.args[0],
            use.args[1],
            Getter(getter) if getter is not None else use.args[2].get("value", UNKNOWN),
        )
    return use.first


def _array_from(use: Use) -> Value:
    items = use.reader.items(use.first)
    length = plain(use.first.get("length")) if isinstance(use.first, dict) else None
    if isinstance(length, int) and 0 <= length <= MOST_COUNTED and len(use.args) > 1:
        return [use.reader.call(use.args[1], [None, number]) for number in range(length)]
    if items is None:
        return UNKNOWN
    if not items and isinstance(use.first, Setting):
        return Setting([])
    return [use.reader.call(use.args[1], [item]) for item in items] if len(use.args) > 1 else items


def _all(use: Use) -> Value:
    return use.reader.items(use.first) or UNKNOWN


def _settled(use: Use) -> Value:
    """`Promise.allSettled`: everything that the source shows comes about."""
    items = use.reader.items(use.first)
    return UNKNOWN if items is None else [{"status": "fulfilled", "value": item} for item in items]


def _same(use: Use) -> Value:
    return use.first


def _map_of(use: Use) -> Value:
    pairs = use.reader.items(use.first) or []
    return {str(plain(pair[0])): pair[1] for pair in pairs if isinstance(pair, list) and len(pair) > 1}


def _set_of(use: Use) -> Value:
    found = list(use.reader.items(use.first) or [])
    if id(plain(use.first)) in use.reader.withheld:
        use.reader.withheld[id(found)] = found
    return Setting(found) if isinstance(use.first, Setting) else found


def _parsed(use: Use) -> Value:
    text = use.first
    if (
        isinstance(text, Made)
        and isinstance(text.what, External)
        and text.what.path == "JSON.stringify"
        and text.args
    ):
        return text.args[0]
    return json_value(plain(use.first))


def _written(use: Use) -> Value:
    """A text that nobody needs to see, as long as it is only read again."""
    return Made(External("", "JSON.stringify"), use.args)


def _is_array(use: Use) -> Value:
    return UNKNOWN if isinstance(use.first, Unknown | Attribute) else isinstance(use.first, list)


def _string(use: Use) -> Value:
    return use.first if isinstance(plain(use.first), str) else UNKNOWN


def _numeric(use: Use) -> Value:
    """What `Number` and its kin make of a text."""
    known = plain(use.first)
    try:
        number = float(known) if isinstance(known, str | int | float) else None
    except (ValueError, OverflowError):
        return UNKNOWN
    if number is None or not number.is_integer():
        return UNKNOWN if number is None else Setting(number) if isinstance(use.first, Setting) else number
    return Setting(int(number)) if isinstance(use.first, Setting) else int(number)


def _boolean(use: Use) -> Value:
    truth = use.reader.truth(plain(use.first))
    if truth is None:
        return UNKNOWN
    return Setting(truth) if isinstance(use.first, Setting) else truth


def _keep_metadata(use: Use) -> Value:
    """`Reflect.defineMetadata(key, value, target, property?)`."""
    if len(use.args) > 2:
        key, value, *target = use.args
        use.reader.metadata[_place_of(key, target)] = (target[0], value)
    return None


def _metadata(use: Use) -> Value:
    """`Reflect.getMetadata(key, target, property?)`; nothing where nobody kept any."""
    key, *target = use.args or [None]
    return (
        use.reader.metadata[_place_of(key, target)][1]
        if _place_of(key, target) in use.reader.metadata
        else None
    )


def _place_of(key: Value, target: list[Value]) -> tuple[object, ...]:
    """What tells metadata from others: the key, the class or what else carries it, and a property's name."""
    owner = target[0] if target else None
    if isinstance(owner, dict) and isinstance(owner.get("constructor"), Class):
        owner = owner["constructor"]
    elif isinstance(owner, Instance):
        owner = owner.cls
    known = plain(key)
    names = [plain(one) for one in target[1:] if isinstance(plain(one), str)]
    return (known if isinstance(known, str) else id(known), id(owner), *names)


_GLOBAL: dict[str, Callable[[Use], Value]] = {
    "Reflect.defineMetadata": _keep_metadata,
    "Reflect.getMetadata": _metadata,
    "Reflect.getOwnMetadata": _metadata,
    "Object.values": _values,
    "Object.keys": _keys,
    "Object.getOwnPropertyNames": _keys,
    "Object.entries": _pairs,
    "Object.assign": _assign,
    "Object.fromEntries": _from_entries,
    "Object.defineProperty": _define,
    "Object.freeze": _same,
    "Object.seal": _same,
    "Object.create": lambda _: {},
    "structuredClone": _same,
    "Array.from": _array_from,
    "Array.isArray": _is_array,
    "Promise.all": _all,
    "Promise.allSettled": _settled,
    "Promise.resolve": _same,
    "JSON.parse": _parsed,
    "JSON.stringify": _written,
    "String": _string,
    **dict.fromkeys(("Number", "parseInt", "parseFloat", "Number.parseInt", "Number.parseFloat"), _numeric),
    "Boolean": _boolean,
    "Symbol": lambda use: Made(External("", "Symbol"), use.args),
    "Map": _map_of,
    "Set": _set_of,
}
