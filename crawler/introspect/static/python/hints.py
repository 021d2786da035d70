"""What the library for types tells of them, as packages use it that make schemas by themselves."""

from crawler.introspect.static.python.calls import Call, Understood
from crawler.introspect.static.python.values import Class, External, Generic
from crawler.introspect.static.unknown import UNKNOWN, Value

#: What `type(None)` gives.
NONE_TYPE = External("types.NoneType")


def _get_args(call: Call) -> Value:
    """The types inside of a type; `Optional` is a union with nothing."""
    hint = call.first
    if not isinstance(hint, Generic):
        return () if isinstance(hint, External | Class) else UNKNOWN
    optional = isinstance(hint.base, External) and hint.base.last == "Optional"
    given = (*hint.args, *((None,) if optional else ()))
    return tuple(NONE_TYPE if each is None else each for each in given)


def _get_origin(call: Call) -> Value:
    hint = call.first
    if not isinstance(hint, Generic):
        return None if isinstance(hint, External | Class) else UNKNOWN
    names = {"Optional": "typing.Union", "List": "builtins.list", "Dict": "builtins.dict"}
    return (
        External(names.get(hint.base.last, hint.base.path)) if isinstance(hint.base, External) else hint.base
    )


def _get_type_hints(call: Call) -> Value:
    """The fields of a class with their types."""
    cls = call.first
    if not isinstance(cls, Class):
        return UNKNOWN
    lineage = [ancestor for ancestor in cls.lineage() if isinstance(ancestor, Class)]
    return {
        name: call.reader.evaluate(node, owner.scope)
        for owner in reversed(lineage)
        for name, node in owner.fields.items()
    }


HINTS: dict[str, Understood] = {
    "typing.get_args": _get_args,
    "typing.get_origin": _get_origin,
    "typing.get_type_hints": _get_type_hints,
}
