"""One comparison of one argument with one value, ready to be made a million times."""

import operator
from collections.abc import Callable, Sequence
from decimal import Decimal
from math import inf
from typing import Any

from crawler.tools import Json
from enforce import paths
from enforce.paths import ABSENT, CLOSED
from enforce.policy import Condition
from enforce.regex import compile_pattern

#: True, False, or None where the two cannot be compared.
Answer = bool | None
#: Asks a condition of the arguments of a call.
Question = Callable[[Json], Answer]

_KINDS: dict[type, str] = {
    bool: "bool", int: "number", float: "number", Decimal: "number",
    str: "text", list: "list", dict: "object", type(None): "null",
}  # fmt: skip


def question(condition: Condition) -> Question:
    """The condition as a function of the arguments. An absent argument answers False; True for neq and not_in."""
    root = condition.path.partition(".")[0]
    steps = paths.parse(condition.path, (root,)) or ()
    compare = _COMPARERS[condition.op](condition.value)
    if condition.op == "exists":
        return lambda arguments: compare(paths.look_up(arguments, steps))
    if_absent = condition.op in ("neq", "not_in")
    if len(steps) == 1:
        return _of_member(steps[0], compare, if_absent)

    def ask(arguments: Json) -> Answer:
        found = paths.look_up(arguments, steps)
        return if_absent if found is ABSENT else compare(found)

    return ask


def holds(questions: Sequence[Question], arguments: Json, unsure: bool) -> bool:
    """Whether all conditions hold, where one that cannot be compared counts as *unsure*."""
    for ask in questions:
        answer = ask(arguments)
        if not (unsure if answer is None else answer):
            return False
    return True


def exact(value: Json) -> int | Decimal | None:
    """A number as it stands in JSON, exactly; `None` for what is no number, or infinite."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        value = Decimal(
            repr(value)
        )  # what is forwarded is the shortest spelling of the float, so that is what counts
    return value if isinstance(value, Decimal) and value.is_finite() else None


def _settled(
    test: Callable[[Any, Any], bool], left: Json, one: int | Decimal, right: Json, other: int | Decimal
) -> Answer:
    """The test on two exact numbers; `None` where it comes out differently for a reader that keeps them as doubles."""
    answer = test(one, other)
    if _is_rounded(left) or _is_rounded(right):
        return answer if test(_double(one), _double(other)) is answer else None
    return answer


def _is_rounded(value: Json) -> bool:
    """Whether a double may not carry the number; the decoder makes a `float` only of what it carries."""
    return isinstance(value, Decimal) or (isinstance(value, int) and not -(2**53) <= value <= 2**53)


def _double(number: int | Decimal) -> float:
    try:
        return float(number)
    except OverflowError:
        return inf if number > 0 else -inf


def kind(value: Json) -> str | None:
    """`bool`, `number`, `text`, `list`, `object` or `null`."""
    return _KINDS.get(type(value))


def same(left: Json, right: Json) -> Answer:
    """Whether two values are equal; `None` where they are of different kinds, since a server may turn one into the other."""
    of = _KINDS.get(type(left))
    if of is None or of != _KINDS.get(type(right)):
        return None
    if of == "number":
        one, other = exact(left), exact(right)
        return None if one is None or other is None else _settled(operator.eq, left, one, right, other)
    if of == "list":
        return (
            _all(same(one, other) for one, other in zip(left, right, strict=True))
            if len(left) == len(right)
            else False
        )
    if of == "object":
        return _all(same(left[key], right[key]) for key in left) if left.keys() == right.keys() else False
    return bool(left == right)


def _all(answers: Any) -> Answer:
    result: Answer = True
    for answer in answers:
        if answer is False:
            return False
        result = result and answer
    return result


def _any(answers: Any) -> Answer:
    result: Answer = False
    for answer in answers:
        if answer:
            return True
        result = None if answer is None else result
    return result


def _not(answer: Answer) -> Answer:
    return None if answer is None else not answer


def _of_member(name: str, compare: Question, if_absent: bool) -> Question:
    def ask(arguments: Json) -> Answer:
        if not isinstance(arguments, dict):
            return if_absent
        found = arguments.get(name, ABSENT)
        return if_absent if found is ABSENT else compare(found)

    return ask


def _order(test: Callable[[Any, Any], bool]) -> Callable[[Json], Question]:
    def comparer(value: Json) -> Question:
        bound = exact(value)

        def compare(found: Json) -> Answer:
            number = exact(found)
            return None if number is None or bound is None else _settled(test, found, number, value, bound)

        return compare

    return comparer


def _among(values: Json) -> Question:
    """Equal to one; whatever is not, and of another kind than one of them, cannot be compared, since `"1"` may pass for 1."""
    return lambda found: None if found is CLOSED else _any(same(found, value) for value in values)


def _contains(value: Json) -> Question:
    def compare(found: Json) -> Answer:
        if isinstance(found, str):
            return value in found if isinstance(value, str) else None
        return _any(same(item, value) for item in found) if isinstance(found, list) else None

    return compare


def _regex(value: Json) -> Question:
    search = compile_pattern(value)
    if isinstance(search, str):  # it is none, which a policy that was read has not
        return lambda _: None

    def compare(found: Json) -> Answer:
        if not isinstance(found, str):
            return None
        try:
            return search(found)
        except UnicodeEncodeError:  # half of a surrogate pair
            return None

    return compare


def _exists(value: Json) -> Question:
    return lambda found: None if found is CLOSED else (found is not ABSENT and found is not None) == value


def _negated(comparer: Callable[[Json], Question]) -> Callable[[Json], Question]:
    def negated(value: Json) -> Question:
        compare = comparer(value)
        return lambda found: _not(compare(found))

    return negated


def _equal(value: Json) -> Question:
    return lambda found: same(found, value)


_COMPARERS: dict[str, Callable[[Json], Question]] = {
    "eq": _equal,
    "neq": _negated(_equal),
    "lt": _order(operator.lt),
    "lte": _order(operator.le),
    "gt": _order(operator.gt),
    "gte": _order(operator.ge),
    "in": _among,
    "not_in": _negated(_among),
    "exists": _exists,
    "regex": _regex,
    "contains": _contains,
}
