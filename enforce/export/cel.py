"""Conditions in CEL, where a failed comparison is an error: so every kind is asked for before anything is compared."""

import re
from decimal import Decimal
from functools import lru_cache

from crawler.tools import Json
from enforce import conditions
from enforce.export.expressions import member_steps
from enforce.export.losses import Losses
from enforce.policy import Condition

_KINDS = {
    "bool": "type({}) == bool",
    "number": "type({}) in [int, uint, double]",
    "text": "type({}) == string",
    "null": "{} == null",
}
_ORDER = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
#: JSON numbers arrive as doubles, which are exact up to here.
_LARGEST = 2**53
_DIGITS = 15
#: Characters that do not stand for themselves in a string.
_SPECIAL = re.compile(r"[^ !#-\[\]-~]")


class Cel:
    """The dialect, with *root* as the expression for the arguments."""

    def __init__(self, root: str, losses: Losses) -> None:
        self._root = root
        self._losses = losses

    def ask(self, condition: Condition, unsure: bool) -> str | None:
        """See `Dialect`."""
        steps = member_steps(condition)
        if steps is None or (literals := _literals(condition)) is None:
            return None
        value = self._root
        present: list[str] = []
        closed: list[str] = []
        for depth, step in enumerate(steps):
            if depth:
                is_map = f"type({value}) == map"
                closed.append(f"({' && '.join([*present, f'{value} != null', f'!({is_map})'])})")
                present.append(is_map)
            present.append(f"{quoted(step)} in {value}")
            value = f"{value}[{quoted(step)}]"
        answer = self._answer(condition, value, " && ".join(present), literals, unsure)
        if not closed:
            return answer
        way = " || ".join(closed)  # through a text or a list, in which nobody can say what lies
        return f"{way} || ({answer})" if unsure else f"!({way}) && ({answer})"

    def _answer(self, condition: Condition, value: str, there: str, literals: list[str], unsure: bool) -> str:  # fmt: skip
        if condition.op == "exists":
            given = f"{there} && {value} != null"
            return given if condition.value else f"!({given})"
        known, holds = _comparison(condition, value, literals)
        if condition.op == "contains" and unsure:
            self._losses.stricter("", f"a list in {condition.path} is denied without looking into it")
            known = _KINDS["text"].format(value) if isinstance(condition.value, str) else "false"
            holds = _in_text(condition, value)
        answer = f"(!({known}) || {holds})" if unsure else f"({known}) && {holds}"
        return f"!({there}) || ({answer})" if condition.op in ("neq", "not_in") else f"{there} && ({answer})"


def _comparison(condition: Condition, value: str, literals: list[str]) -> tuple[str, str]:
    """Whether the argument can be compared, and whether the comparison then holds."""
    op, wanted = condition.op, condition.value
    if op in _ORDER:
        return _KINDS["number"].format(value), f"{value} {_ORDER[op]} {literals[0]}"
    if op == "regex":
        return _KINDS["text"].format(value), f"{value}.matches({literals[0]})"
    if op == "contains":
        in_list = f"type({value}) == list && {literals[0]} in {value}"
        return "true", f"({_KINDS['text'].format(value)} && {_in_text(condition, value)} || {in_list})"
    values = wanted if op in ("in", "not_in") else [wanted]
    kinds = list(dict.fromkeys(_KINDS[conditions.kind(item) or ""].format(value) for item in values))
    equal = f"{value} in [{', '.join(literals)}]"
    # Among values of several kinds only that it is one of them can be said for certain.
    known = equal if len(kinds) > 1 else kinds[0] if kinds else "true"
    return known, f"!({equal})" if op in ("neq", "not_in") else equal


def _in_text(condition: Condition, value: str) -> str:
    return f"{value}.contains({quoted(condition.value)})" if isinstance(condition.value, str) else "false"


def _literals(condition: Condition) -> list[str] | None:
    """The values as CEL writes them; `None` where one has no exact counterpart."""
    values = condition.value if condition.op in ("in", "not_in") else [condition.value]
    written = [literal(value) for value in values]
    return None if None in written else [text for text in written if text is not None]


def literal(value: Json) -> str | None:
    """A scalar in CEL; `None` for lists, objects, and numbers that a double cannot hold."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bool) or value is None:
        return "null" if value is None else str(value).lower()
    if isinstance(value, int):
        return str(value) if abs(value) <= _LARGEST else None
    if isinstance(value, Decimal) and len(value.as_tuple().digits) <= _DIGITS:
        return format(value, "f")
    return None


@lru_cache(maxsize=1024)
def quoted(text: str) -> str:
    """A CEL string; names and patterns recur."""
    return f'"{_SPECIAL.sub(_escape, text)}"'


def _escape(special: re.Match[str]) -> str:
    character = special[0]
    return "\\" + character if character in '"\\' else f"\\U{ord(character):08x}"


def glob_pattern(glob: str) -> str:
    """The RE2 pattern that fits the names that *glob* fits."""
    parts = {"*": r"(.|\n)*", "?": r"(.|\n)"}  # without flags, which not every engine knows
    return "^" + "".join(parts.get(character) or _plain(character) for character in glob) + "$"


def _plain(character: str) -> str:
    return character if character.isalnum() or character in "_- " else f"\\x{{{ord(character):x}}}"
