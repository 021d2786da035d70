"""What the methods of JavaScript's arrays and sets do."""

import re
from collections.abc import Callable

from crawler.introspect.static.javascript.expressions import Expressions
from crawler.introspect.static.javascript.operators import UNDECIDED, joined
from crawler.introspect.static.javascript.values import (
    MARKABLE,
    Attribute,
    Function,
    Kept,
    kept,
    plain,
    sureness,
)
from crawler.introspect.static.reading import CONDITIONAL
from crawler.introspect.static.unknown import SURE, UNKNOWN, Setting, Unknown, Value

#: Items that are looked through in the time of one step.
ITEMS_A_STEP = 4

Arguments = list[Value]


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
    if None not in answers and use.owner and not any(isinstance(wanted, Setting) for _, wanted in asked):
        return Kept(found)
    return found or [
        _doubtful(use, item) for (item, _), answer in zip(asked, answers, strict=True) if answer is not False
    ]


def _doubtful(use: Use, item: Value) -> Value:
    """An item of which a filter does not say whether it stays, such as one by permissions that nobody knows."""
    if not isinstance(item, dict) or "name" not in item:
        return item
    scope, node = use.first.scope, use.first.node
    use.reader.notes.doubt(f"{scope.module.file}:{scope.line(node)} filters by what the source does not show")
    return {**item, SURE: min(sureness(item), UNDECIDED)}


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
        if use.reader.waits and not isinstance(arg, MARKABLE):
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
    use.reader.budget.charge(len(use.owner) // ITEMS_A_STEP)
    wanted = plain(use.first)
    if isinstance(wanted, Unknown | Attribute):
        return UNKNOWN
    if isinstance(wanted, str) and wanted in use.owner:
        return True
    # Texts among texts, of which there may be many, have been looked for.
    known = [plain(item) for item in use.owner if type(item) is not str or not isinstance(wanted, str)]
    if any(item is wanted or (isinstance(item, str | int) and item == wanted) for item in known):
        return True
    if id(use.owner) in use.reader.withheld:
        return Setting(False)
    return UNKNOWN if not use.owner or any(isinstance(item, Unknown | Attribute) for item in known) else False


def _index_of(use: Use) -> Value:
    use.reader.budget.charge(len(use.owner) // ITEMS_A_STEP)
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
    return joined([plain(item) for item in use.owner], glue if isinstance(glue, str) else ",")


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


def _iterator(use: Use) -> Value:
    """What `next` is asked of, which takes the items out one by one."""
    found = list(use.owner)
    if id(use.owner) in use.reader.withheld:
        use.reader.withheld[id(found)] = found
    return found


def _next(use: Use) -> Value:
    return {"value": use.owner.pop(0), "done": False} if use.owner else {"value": None, "done": True}


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
    "next": _next,
    **dict.fromkeys(("values", "keys"), _iterator),
    **dict.fromkeys(("sort", "toSorted", "reverse"), _itself),
}
