"""What the methods of JavaScript's own values do, as far as tool tables and registries use them."""

import json
import re
from collections.abc import Callable

import re2  # type: ignore[import-untyped]  # ships no types

from crawler.introspect.static.javascript.expressions import LONGEST_TEXT, Expressions
from crawler.introspect.static.javascript.names import ENVIRONMENTS
from crawler.introspect.static.javascript.values import (
    OPEN,
    Attribute,
    Class,
    External,
    Function,
    Getter,
    Instance,
    Namespace,
    Regex,
    kept,
    plain,
    sureness,
)
from crawler.introspect.static.reading import CONDITIONAL
from crawler.introspect.static.unknown import SURE, UNKNOWN, Setting, Unknown, Value

Arguments = list[Value]


_GROUP = re.compile(r"\$(\d|&)")


class Use:
    """One call of a method of an array, or of a global function."""

    def __init__(self, reader: Expressions, args: Arguments, owner: list[Value] | None = None) -> None:
        self.reader = reader
        self.args = args
        self.owner = [] if owner is None else owner

    @property
    def first(self) -> Value:
        """The first argument, `undefined` where there is none."""
        return first(self.args)


def first(args: Arguments) -> Value:
    """The first argument, `undefined` where there is none."""
    return args[0] if args else None


def list_method(reader: Expressions, owner: list[Value], name: str, args: Arguments) -> Value:
    """`owner.name(...)` for an array or a set."""
    handler = _LIST.get(name)
    return handler(Use(reader, args, owner)) if handler else UNKNOWN


def _map(use: Use) -> Value:
    found: list[Value] = []
    for number, item in enumerate(use.owner):
        with use.reader.unsure(sureness(item)):
            made = use.reader.call(use.first, [item, number])
        if sureness(item) <= CONDITIONAL and isinstance(made, str | int):
            use.reader.withheld[id(found)] = found
        else:
            found.append(kept(made, sureness(item)))
    return found


def _flat_map(use: Use) -> Value:
    return _flattened(_map(use))


def _flat(use: Use) -> Value:
    return _flattened(use.owner)


def _flattened(items: list[Value]) -> list[Value]:
    found: list[Value] = []
    for item in items:
        found.extend(item if isinstance(item, list) else [item])
    return found


def _filter(use: Use) -> Value:
    if not isinstance(use.first, Function):
        return [item for item in use.owner if use.reader.truth(item) is not False]
    asked = [(item, use.reader.call(use.args[0], [item, number])) for number, item in enumerate(use.owner)]
    answers = [use.reader.truth(plain(wanted)) for _, wanted in asked]
    found = [
        item if answer is True else kept(item, CONDITIONAL)
        for (item, wanted), answer in zip(asked, answers, strict=True)
        if answer is True or (answer is False and isinstance(wanted, Setting) and isinstance(item, dict))
    ]
    # Where some items surely stay, the others wait for a setting.
    return found or [item for (item, _), answer in zip(asked, answers, strict=True) if answer is not False]


def _for_each(use: Use) -> Value:
    _map(use)
    return None


def _reduce(use: Use) -> Value:
    items = use.owner if len(use.args) > 1 else use.owner[1:]
    value = use.args[1] if len(use.args) > 1 else (use.owner[0] if use.owner else None)
    for number, item in enumerate(items):
        value = use.reader.call(use.first, [value, item, number])
    return value


def _push(use: Use) -> Value:
    _extend(use)
    return UNKNOWN


def _add(use: Use) -> Value:
    if use.first not in use.owner:
        _extend(use)
    return use.owner


def _extend(use: Use) -> None:
    """Take the arguments in; names that only a setting brings stay out, since they cannot be marked."""
    for arg in use.args if len(use.owner) < 20_000 else ():
        if use.reader.waits and not isinstance(arg, dict | Instance | Function):
            use.reader.withheld[id(use.owner)] = use.owner
        else:
            use.owner.append(kept(arg, use.reader.certainty))


def _concat(use: Use) -> Value:
    return [*use.owner, *_flattened(use.args)]


def _slice(use: Use) -> Value:
    bounds = [plain(arg) for arg in use.args[:2]]
    return use.owner[slice(*(bounds or [None]))] if all(isinstance(one, int) for one in bounds) else use.owner


def _wanted(use: Use) -> tuple[str, str] | None:
    """Key and value by which `(item) => item.key === value` looks for an item; tables are gone through in one go."""
    function = use.first
    body = function.node.field("body") if isinstance(function, Function) else None
    taken = (
        function.node.field("parameters") or function.node.field("parameter") if body is not None else None
    )
    if body is None or body.kind() != "binary_expression" or taken is None:
        return None
    left, operator, right = (body.field(name) for name in ("left", "operator", "right"))
    if left is None or right is None or operator is None or operator.text() not in ("===", "=="):
        return None
    name = taken.text().strip("()")
    owner, key = left.field("object"), left.field("property")
    if (
        owner is None
        or key is None
        or owner.text() != name
        or re.search(rf"\b{re.escape(name)}\b", right.text())
    ):
        return None
    value = plain(use.reader.evaluate(right, function.scope))
    return (key.text(), value) if isinstance(value, str) else None


def _find(use: Use) -> Value:
    wanted = _wanted(use)
    if wanted is not None:
        keys = [plain(use.reader.get(item, wanted[0])) for item in use.owner]
        if wanted[1] in keys:
            return use.owner[keys.index(wanted[1])]
        return UNKNOWN if any(isinstance(key, Unknown | Attribute) for key in keys) else None
    for item in use.owner:
        if use.reader.truth(use.reader.call(use.first, [item])) is True:
            return item
    return UNKNOWN


def _some(use: Use) -> Value:
    answers = [use.reader.truth(use.reader.call(use.first, [item])) for item in use.owner]
    if True in answers:
        return True
    return UNKNOWN if None in answers or not use.owner else False


def _includes(use: Use) -> Value:
    wanted = plain(use.first)
    if isinstance(wanted, Unknown | Attribute):
        return UNKNOWN
    known = [plain(item) for item in use.owner]
    if any(item is wanted or (isinstance(item, str | int) and item == wanted) for item in known):
        return True
    if id(use.owner) in use.reader.withheld:
        return Setting(False)
    return UNKNOWN if not known or any(isinstance(item, Unknown | Attribute) for item in known) else False


def _index_of(use: Use) -> Value:
    known, wanted = [plain(item) for item in use.owner], plain(use.first)
    if (
        not isinstance(wanted, str | int)
        or not all(isinstance(item, str | int) for item in known)
        or not known
    ):
        return UNKNOWN
    place = known.index(wanted) if wanted in known else -1
    return Setting(place) if isinstance(use.first, Setting) else place


def _join(use: Use) -> Value:
    glue = plain(use.first)
    glue = glue if isinstance(glue, str) else ","
    words = [plain(item) for item in use.owner]
    if not all(isinstance(word, str | int) for word in words):
        return UNKNOWN
    if sum(len(str(word)) + len(glue) for word in words) > LONGEST_TEXT:
        return UNKNOWN
    return glue.join(map(str, words))


def _entries(use: Use) -> Value:
    return [[number, item] for number, item in enumerate(use.owner)]


def _at(use: Use) -> Value:
    index = plain(use.first)
    return (
        use.owner[index] if isinstance(index, int) and -len(use.owner) <= index < len(use.owner) else UNKNOWN
    )


def _shift(use: Use) -> Value:
    return use.owner.pop(0) if use.owner else UNKNOWN


def _pop(use: Use) -> Value:
    return use.owner.pop() if use.owner else UNKNOWN


def _itself(use: Use) -> Value:
    return use.owner


_LIST: dict[str, Callable[[Use], Value]] = {
    "map": _map,
    "flatMap": _flat_map,
    "flat": _flat,
    "filter": _filter,
    "forEach": _for_each,
    "reduce": _reduce,
    "push": _push,
    "unshift": _push,
    "add": _add,
    "concat": _concat,
    "slice": _slice,
    "find": _find,
    "some": _some,
    "includes": _includes,
    "indexOf": _index_of,
    "has": _includes,
    "join": _join,
    "entries": _entries,
    "at": _at,
    "shift": _shift,
    "pop": _pop,
    **dict.fromkeys(("sort", "toSorted", "reverse", "values", "keys"), _itself),
}


def dict_method(reader: Expressions, owner: dict[str, Value], name: str, args: Arguments) -> Value:
    """`owner.name(...)` for a map."""
    key = plain(first(args))
    match name:
        case "set" if isinstance(key, str | int) and len(args) > 1:
            owner[str(key)] = kept(args[1], reader.certainty) if reader.waits else args[1]
            return owner
        case "get":
            return reader.get(owner, str(key)) if isinstance(key, str | int) else UNKNOWN
        case "has" | "hasOwnProperty":
            return True if str(key) in owner else UNKNOWN
        case "values" | "keys" | "entries":
            return global_function(f"Object.{name}", reader, [owner])
        case "forEach":
            for item in global_function("Object.entries", reader, [owner]):
                reader.call(key, [item[1], item[0]])
    return UNKNOWN


def text_method(reader: Expressions, owner: str, name: str, args: Arguments) -> Value:
    """`owner.name(...)` for a string."""
    known = [plain(arg) for arg in args]
    if name in {"replace", "replaceAll"} and len(known) > 1 and isinstance(known[1], Function):
        return _replaced_by(reader, owner, known[0], known[1], name == "replaceAll")
    setting = any(isinstance(arg, Setting) for arg in args)
    result = _text_method(owner, name, known)
    return Setting(result) if setting and not isinstance(result, Unknown) else result


def _text_method(owner: str, name: str, args: Arguments) -> Value:
    if name in _TEXT:
        return getattr(owner, _TEXT[name])()
    subject = first(args)
    match name:
        case "startsWith" | "endsWith" if isinstance(subject, str):
            return owner.startswith(subject) if name == "startsWith" else owner.endswith(subject)
        case "includes" if isinstance(subject, str):
            return subject in owner
        case "split" if isinstance(subject, str) and subject:
            return owner.split(subject)
        case "replace" | "replaceAll" if len(args) > 1 and isinstance(args[1], str):
            return _replaced(owner, subject, args[1], name == "replaceAll")
        case "slice" | "substring" if args and all(isinstance(arg, int) for arg in args[:2]):
            return owner[slice(*args[:2])] if len(args) > 1 else owner[subject:]
        case "concat" if all(isinstance(arg, str) for arg in args):
            return owner + "".join(args) if sum(map(len, args)) < LONGEST_TEXT else UNKNOWN
        case "match" | "matchAll" | "search" if isinstance(subject, Regex):
            return _matched(owner, subject, name)
        case "charAt" if isinstance(subject, int):
            return owner[subject : subject + 1]
    return UNKNOWN


_TEXT = {
    "toLowerCase": "lower",
    "toUpperCase": "upper",
    "trim": "strip",
    "trimStart": "lstrip",
    "trimEnd": "rstrip",
    "toString": "__str__",
}


def _replaced(owner: str, pattern: Value, new: str, every: bool) -> Value:
    if len(owner) > 20_000 or len(new) > 1_000:
        return UNKNOWN
    if isinstance(pattern, str) and pattern:
        return owner.replace(pattern, new, -1 if every else 1)
    if isinstance(pattern, Regex):
        new = _GROUP.sub(lambda match: rf"\g<{match[1].replace('&', '0')}>", new.replace("\\", "\\\\"))
        try:
            return re2.sub(pattern.matcher(), new, owner, count=0 if "g" in pattern.flags else 1)
        except (re2.error, IndexError):
            return UNKNOWN
    return UNKNOWN


def tested(pattern: Regex, subject: Value) -> Value:
    """`pattern.test(subject)`."""
    if not isinstance(subject, str):
        return UNKNOWN
    try:
        return re2.search(pattern.matcher(), subject) is not None
    except re2.error:
        return UNKNOWN


def _matched(owner: str, pattern: Regex, name: str) -> Value:
    """The groups of a match, `null` where there is none; unknown for all matches of many."""
    if name != "match" or "g" in pattern.flags or len(owner) > 20_000:
        return UNKNOWN
    try:
        match = re2.search(pattern.matcher(), owner)
    except re2.error:
        return UNKNOWN
    return [match[0], *match.groups()] if match is not None else None


def _replaced_by(reader: Expressions, owner: str, pattern: Value, new: Function, every: bool) -> Value:
    """Each match replaced by what a function makes of it and its groups."""
    if len(owner) > 500 or not isinstance(pattern, Regex):
        return UNKNOWN
    try:
        matches = list(re2.finditer(pattern.matcher(), owner))
    except re2.error:
        return UNKNOWN
    parts, end = [], 0
    for match in matches if every or "g" in pattern.flags else matches[:1]:
        made = plain(reader.call(new, [match[0], *match.groups()]))
        if not isinstance(made, str):
            return UNKNOWN
        parts += [owner[end : match.start()], made]
        end = match.end()
    return "".join([*parts, owner[end:]])


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
        return {name: item for name, item in value.names.items() if not name.startswith("__")}
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
    if items is None:
        return UNKNOWN
    return [use.reader.call(use.args[1], [item]) for item in items] if len(use.args) > 1 else items


def _all(use: Use) -> Value:
    return use.reader.items(use.first) or UNKNOWN


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


def parsed(source: Value) -> Value:
    """The value of a text of JSON."""
    if not isinstance(source, str):
        return UNKNOWN
    try:
        return json.loads(source)
    except (ValueError, RecursionError):
        return UNKNOWN


def _parsed(use: Use) -> Value:
    return parsed(plain(use.first))


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


_GLOBAL: dict[str, Callable[[Use], Value]] = {
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
    "Promise.resolve": _same,
    "JSON.parse": _parsed,
    "String": _string,
    **dict.fromkeys(("Number", "parseInt", "parseFloat", "Number.parseInt", "Number.parseFloat"), _numeric),
    "Boolean": _boolean,
    "Map": _map_of,
    "Set": _set_of,
}
