"""Folding of constants: strings, numbers and containers, all within bounds that no hostile source can push."""

import ast
import inspect
import json
import re
import textwrap
from collections.abc import Callable

import re2  # type: ignore[import-untyped]  # ships no types

from crawler.introspect.static.python.values import (
    Attribute,
    Class,
    External,
    Function,
    Generic,
    Instance,
    Made,
    plain,
)
from crawler.introspect.static.soundness import MOST_BITS
from crawler.introspect.static.unknown import UNKNOWN, Setting, Unknown, Value

#: Items of a list that is still joined.
MOST_ITEMS = 20_000

#: Characters of a string that is still folded.
LONGEST_TEXT = 200_000

_FIELD = re.compile(r"\{(\w*)(?::s)?\}")

#: Patterns with look-around that turn CamelCase into snake_case; RE2, which cannot be made slow, does not know them.
_SNAKE_CASE = frozenset(
    {r"(?<!^)(?=[A-Z])", r"(?<=[a-z0-9])(?=[A-Z])", r"(?<=[a-z])(?=[A-Z])", r"\B(?=[A-Z])"}
)


def is_key(value: Value) -> bool:
    """Whether the value may be a dictionary's key here."""
    if isinstance(value, tuple):
        return all(is_key(item) for item in value)
    return (
        isinstance(value, str | int | float | bool | bytes | Class | Function | Instance | External)
        or value is None
    )


def is_known(value: Value) -> bool:
    """Whether the value is a plain constant, containers left out."""
    return value is None or isinstance(value, str | int | float | bool)


def lifted(operation: Callable[..., Value], *values: Value) -> Value:
    """The operation on constants; where one comes from the environment, so does the result."""
    setting = any(isinstance(value, Setting) for value in values)
    result = operation(*(plain(value) for value in values))
    return Setting(result) if setting and not isinstance(result, Unknown) else result


def joined(*parts: Value) -> Value:
    """The parts of an f-string as one string."""
    if not all(isinstance(part, str | int | float) for part in parts):
        return UNKNOWN
    return within("".join(map(str, parts)))


def within(value: str) -> Value:
    """The string, unless it has grown too long."""
    return value if len(value) <= LONGEST_TEXT else UNKNOWN


def small(value: Value) -> Value:
    """The value, unless it is an integer so large that Python might refuse to write it out."""
    return UNKNOWN if isinstance(value, int) and value.bit_length() > MOST_BITS else value


def binary(operator: type[ast.operator], left: Value, right: Value) -> Value:
    """`left operator right` for constants and containers."""
    if operator is ast.Add:
        return _added(left, right)
    if operator is ast.Mod and isinstance(left, str):
        return _percent(left, right)
    if operator is ast.BitOr and isinstance(left, dict) and isinstance(right, dict):
        return {**left, **right}
    if operator is ast.BitOr and isinstance(left, list) and isinstance(right, list):
        return [*left, *(item for item in right if item not in left)]
    if operator in {ast.Sub, ast.BitAnd} and isinstance(left, list) and isinstance(right, list):
        return shared(left, right, wanted=operator is ast.BitAnd)
    if isinstance(left, int | float) and isinstance(right, int | float):
        return _calculated(operator, left, right)
    if operator is ast.Mult and isinstance(left, str) and isinstance(right, int):
        return left * right if len(left) * right < 10_000 else UNKNOWN
    return UNKNOWN


def shared(left: list[Value], right: list[Value], *, wanted: bool) -> list[Value]:
    """What of one set another has too, or has not; what nobody knows refuses nothing."""
    names = {item for item in right if isinstance(item, str)}
    if wanted and len(names) < len(right):
        return left
    return [item for item in left if not isinstance(item, str) or (item in names) is wanted]


def _added(left: Value, right: Value) -> Value:
    if isinstance(left, str) and isinstance(right, str):
        return within(left + right)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        if len(left) + len(right) > MOST_ITEMS:
            return UNKNOWN
        return [*left, *right] if isinstance(left, list) else (*left, *right)
    if isinstance(left, list | tuple):
        return [*left, UNKNOWN]
    if isinstance(right, list | tuple) and isinstance(left, Unknown | Made | Attribute):
        return [UNKNOWN, *right]
    if isinstance(left, int | float) and isinstance(right, int | float):
        return small(left + right)
    return UNKNOWN


def _calculated(operator: type[ast.operator], left: float, right: float) -> Value:
    if abs(left) >= 1e12 or abs(right) >= 1e12:
        return UNKNOWN
    if operator is ast.Sub:
        return left - right
    return left * right if operator is ast.Mult else UNKNOWN


def _percent(template: str, values: Value) -> Value:
    parts = values if isinstance(values, tuple) else (values,)
    pieces = template.split("%s")
    if len(pieces) != len(parts) + 1 or "%" in "".join(pieces) or not all(map(is_known, parts)):
        return UNKNOWN
    filled = "".join(piece + str(part) for piece, part in zip(pieces, (*parts, ""), strict=True))
    return within(filled)


def compare(operator: type[ast.cmpop], left: Value, right: Value) -> Value:
    """`left operator right` where both sides are shown."""
    if operator in (ast.Is, ast.IsNot):
        return _identical(left, right, operator is ast.Is)
    if operator in (ast.In, ast.NotIn):
        return _contained(left, right, operator is ast.In)
    if isinstance(left, Class | Function) and isinstance(right, Class | Function):
        return (left is right) is (operator is ast.Eq)
    if isinstance(left, External) and isinstance(right, External) and operator in (ast.Eq, ast.NotEq):
        return (_type_path(left) == _type_path(right)) is (operator is ast.Eq)
    if not is_known(left) or not is_known(right):
        return UNKNOWN
    if operator is ast.Eq:
        return left == right
    if operator is ast.NotEq:
        return left != right
    return _ordered(operator, left, right)


def _identical(left: Value, right: Value, wanted: bool) -> Value:
    vague = Unknown | Made | Attribute
    if isinstance(left, vague) or isinstance(right, vague):
        return UNKNOWN
    if left is None or right is None or isinstance(left, bool) or isinstance(right, bool):
        return (left is right) is wanted
    if isinstance(left, Class | Function | Instance):
        return (left is right) is wanted
    if isinstance(left, External) and isinstance(right, External):
        return (_type_path(left) == _type_path(right)) is wanted
    return UNKNOWN


def _type_path(value: External) -> str:
    """What the two spellings of a type have in common."""
    spelled = {
        "typing.List": "builtins.list",
        "typing.Dict": "builtins.dict",
        "typing.Tuple": "builtins.tuple",
    }
    return spelled.get(value.path, value.path)


def _contained(left: Value, right: Value, wanted: bool) -> Value:
    if isinstance(right, str) and isinstance(left, str):
        return (left in right) is wanted
    if isinstance(left, External) and isinstance(right, list | tuple):
        known = all(isinstance(item, External | Class | Generic) for item in right)
        found = any(isinstance(item, External) and item.path == left.path for item in right)
        return wanted if found else not wanted if known else UNKNOWN
    if not is_known(left) or not isinstance(right, list | tuple | dict | set):
        return UNKNOWN
    items = [plain(item) for item in right]
    if any(is_known(item) and item == left for item in items):
        return wanted
    return UNKNOWN if not all(map(is_known, items)) or not items else not wanted


def _ordered(operator: type[ast.cmpop], left: Value, right: Value) -> Value:
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        return UNKNOWN
    answers = {ast.Lt: left < right, ast.LtE: left <= right, ast.Gt: left > right, ast.GtE: left >= right}
    return answers.get(operator, UNKNOWN)


def item(owner: Value, key: Value) -> Value:
    """`owner[key]` for containers."""
    if isinstance(owner, dict) and is_key(key):
        return owner.get(key, UNKNOWN)
    if isinstance(owner, list | tuple | str) and isinstance(key, int) and -len(owner) <= key < len(owner):
        return owner[key]
    return UNKNOWN


def cut(owner: Value, bounds: list[Value]) -> Value:
    """`owner[low:high:step]` for strings, lists and tuples."""
    if isinstance(owner, str | list | tuple) and all(
        bound is None or isinstance(bound, int) for bound in bounds
    ):
        return owner[slice(*bounds)] if bounds[2] != 0 else UNKNOWN
    return UNKNOWN


_TEXT_METHODS = frozenset(
    {
        "strip",
        "lstrip",
        "rstrip",
        "lower",
        "upper",
        "title",
        "capitalize",
        "casefold",
        "removeprefix",
        "removesuffix",
        "startswith",
        "endswith",
        "split",
        "rsplit",
        "splitlines",
        "partition",
        "rpartition",
        "isupper",
        "islower",
        "isdigit",
        "isalpha",
        "isalnum",
        "isidentifier",
        "find",
        "index",
        "count",
        "swapcase",
    }
)


def text_method(owner: str, name: str, args: list[Value]) -> Value:
    """`owner.name(*args)` for a string."""
    if name == "join":
        return _join(owner, args[0] if args else UNKNOWN)
    if not all(is_known(arg) or isinstance(arg, tuple) for arg in args):
        return UNKNOWN
    if name == "replace" and len(args) >= 2 and isinstance(args[0], str) and isinstance(args[1], str):
        longest = len(owner) + (owner.count(args[0]) + 1) * len(args[1])
        return owner.replace(args[0], args[1]) if longest <= LONGEST_TEXT else UNKNOWN
    if name == "format":
        return _formatted(owner, args)
    if name not in _TEXT_METHODS:
        return UNKNOWN
    try:
        return getattr(owner, name)(*args)
    except (TypeError, ValueError, LookupError):
        return UNKNOWN


def _join(owner: str, parts: Value) -> Value:
    if not isinstance(parts, list | tuple):
        return UNKNOWN
    words = [plain(part) for part in parts]
    if not all(isinstance(word, str) for word in words):
        return UNKNOWN
    if sum(map(len, words)) + len(owner) * len(words) > LONGEST_TEXT:
        return UNKNOWN
    return owner.join(words)


def _formatted(template: str, args: list[Value], kwargs: dict[str, Value] | None = None) -> Value:
    names = _FIELD.findall(template)
    if len(names) != template.count("{"):
        return UNKNOWN
    values: dict[str, Value] = {str(number): value for number, value in enumerate(args)} | (kwargs or {})
    numbered = iter(range(len(names)))
    wanted = [name or str(next(numbered)) for name in names]
    if not all(is_known(plain(values.get(name, UNKNOWN))) for name in wanted):
        return UNKNOWN
    pieces = _FIELD.split(template)[::2]
    fills = [*(str(plain(values[name])) for name in wanted), ""]
    return within("".join(piece + fill for piece, fill in zip(pieces, fills, strict=True)))


def formatted(template: str, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`template.format(*args, **kwargs)` for plain fields."""
    return _formatted(template, args, kwargs)


def cleaned(value: Value) -> Value:
    """`inspect.cleandoc`."""
    return inspect.cleandoc(value) if isinstance(value, str) else UNKNOWN


def dedented(value: Value) -> Value:
    """`textwrap.dedent`; the module's own pattern is linear."""
    return textwrap.dedent(value) if isinstance(value, str) else UNKNOWN


def parsed_json(value: Value) -> Value:
    """`json.loads` of a constant."""
    if not isinstance(value, str):
        return UNKNOWN
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return UNKNOWN


def substituted(pattern: Value, new: Value, subject: Value) -> Value:
    """`re.sub` for names; RE2 keeps a hostile pattern from hanging."""
    if (
        not (isinstance(pattern, str) and isinstance(new, str) and isinstance(subject, str))
        or len(subject) > 500
    ):
        return UNKNOWN
    if pattern in _SNAKE_CASE:
        return re.sub(pattern, lambda _: new, subject)
    try:
        return re2.sub(pattern, new, subject)
    except (re2.error, TypeError):
        return UNKNOWN
