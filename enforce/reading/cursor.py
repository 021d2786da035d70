"""A place in the text of a policy from which values are read; whatever is wrong is noted and reading goes on."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from crawler.tools import Json
from enforce.policy import Number
from enforce.reading.trees import DEEPEST, Path, Unreadable

#: What is wrong at a place, and what was perhaps meant.
Noted = tuple[Path, str]

_KINDS = {
    bool: "true or false",
    str: "text",
    int: "a number",
    Decimal: "a number",
    list: "a list",
    dict: "an object",
}


class Cursor:
    """One value with the way to it. Every reader gives something harmless after noting a fault."""

    __slots__ = ("faults", "path", "value", "warnings")

    def __init__(self, value: Json, path: Path, faults: list[Noted], warnings: list[Noted]) -> None:
        self.value = value
        self.path = path
        self.faults = faults
        self.warnings = warnings

    def fault(self, message: str) -> None:
        """Note what makes the policy unusable."""
        self.faults.append((self.path, message))

    def warn(self, message: str) -> None:
        """Note what a person should know of a policy that works."""
        self.warnings.append((self.path, message))

    def into(self, step: str | int) -> "Cursor":
        """The value one step further."""
        return Cursor(self.value[step], (*self.path, step), self.faults, self.warnings)

    def is_a(self, kind: type) -> bool:
        """Whether the value is of *kind*; notes a fault where it is not."""
        if type(self.value) is kind:
            return True
        self.fault(self._mismatch(_KINDS[kind]))
        return False

    def members(self, known: Iterable[str] | None = None) -> dict[str, "Cursor"]:
        """The members of an object; with *known*, any other key is a fault."""
        if not self.is_a(dict):
            return {}
        for key in self.value:
            if not is_sound(key):
                self.into(key).fault("holds half of a surrogate pair")
            elif known is not None and key not in known:
                self.into(key).fault(f"{key!r} is not known here{meant(key, known)}")
        return {key: self.into(key) for key in self.value if known is None or key in known}

    def items(self) -> list["Cursor"]:
        """The items of a list."""
        return [self.into(index) for index in range(len(self.value))] if self.is_a(list) else []

    def text(self) -> str:
        """A text with something in it."""
        if not self.is_a(str):
            return ""
        if not self.value.strip():
            self.fault("must not be empty")
        elif not is_sound(self.value):
            self.fault("holds half of a surrogate pair")
            return ""
        return str(self.value)

    def choice(self, options: Sequence[str], others: Mapping[str, str] = MappingProxyType({})) -> str:
        """One of *options*; the first where it is none of them. *others* says what other words are meant for."""
        if isinstance(self.value, str) and self.value in options:
            return self.value
        listed = ", ".join(options[:-1]) + f" or {options[-1]}" if len(options) > 1 else options[0]
        near = meant(self.value, options, others) if isinstance(self.value, str) else ""
        self.fault(self._mismatch(listed) + near)
        return options[0]

    def flag(self) -> bool:
        """True or false."""
        return self.is_a(bool) and bool(self.value)

    def number(self) -> Number | None:
        """A number; `None` after a fault."""
        if isinstance(self.value, int | Decimal) and not isinstance(self.value, bool):
            return self.value
        self.fault(self._mismatch("a number"))
        return None

    def json(self) -> Json:
        """Any value at all that can be written out again."""
        fault = _unfit(self.value, 0)
        if fault:
            self.fault(fault)
            return None
        return self.value

    def _mismatch(self, wanted: str) -> str:
        if isinstance(self.value, Unreadable):
            return self.value.why
        return f"must be {wanted}, not {_shown(self.value)}"


def meant(word: str, known: Iterable[str], others: Mapping[str, str] = MappingProxyType({})) -> str:
    """`; did you mean 'x'?`, or nothing."""
    near = others.get(word.lower()) or nearest(word, known)
    return f"; did you mean {near!r}?" if near else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of *known* that is most like *word*, whatever its case; `None` where none is."""
    import difflib  # only a policy with a mistake pays for loading it

    by_small = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower()[:100], list(by_small), n=1, cutoff=0.6)
    return by_small[near[0]] if near else None


def _shown(value: Json) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict | list):
        return _KINDS[type(value)]
    text = repr(value) if isinstance(value, str) else str(value).lower()
    return text if len(text) <= 60 else text[:57] + "..."


def is_sound(text: str) -> bool:
    """Whether a policy can hold the text: it has no half of a surrogate pair. No call that does reaches a rule either."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _unfit(value: Json, depth: int) -> str:
    """Why *value* cannot be a value to compare with; empty where it can."""
    if isinstance(value, Unreadable):
        return value.why
    if depth > DEEPEST:
        return f"is nested more than {DEEPEST} levels deep"
    if isinstance(value, str):
        return "" if is_sound(value) else "holds half of a surrogate pair"
    parts: Iterable[Json] = ()
    if isinstance(value, dict):
        parts = [*value, *value.values()]
    elif isinstance(value, list):
        parts = value
    return next((fault for part in parts if (fault := _unfit(part, depth + 1))), "")
