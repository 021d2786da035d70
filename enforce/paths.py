"""Dotted paths into arguments, such as `args.items.0.id`."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from crawler.tools import Json

_STEP = re.compile(r"((?:[^.\\]|\\[.\\])+)(?:\.|$)")
_ROOT = re.compile(r"[a-z]+")


class Nowhere:
    """In place of what lies at a path."""

    def __init__(self, word: str) -> None:
        self._word = word

    def __repr__(self) -> str:
        return self._word


#: What `look_up` gives where a path leads nowhere.
ABSENT: Final = Nowhere("ABSENT")

#: What it gives where the path leads through something else than an object: JSON in a text, which many servers unpack, or
#: a list where they take its first item. Nobody can say what lies there.
CLOSED: Final = Nowhere("CLOSED")

#: In place of an argument of which a record knows the name, and that it is not null.
UNKNOWN: Final = Nowhere("UNKNOWN")


def parse(path: str, roots: Sequence[str]) -> tuple[str, ...] | None:
    """The steps after the root, `("items", "0", "id")`; `None` where *path* starts at none of *roots* or has an empty step."""
    root, _, rest = path.partition(".")
    return _steps(rest) if root in roots and rest else None


@lru_cache(maxsize=4096)
def _steps(rest: str) -> tuple[str, ...] | None:
    """The steps of a path whose root has been taken off; policies speak of the same few arguments again and again."""
    if rest.endswith(".") and not rest.endswith("\\."):
        return None
    steps = []
    position = 0
    while position < len(rest):
        match = _STEP.match(rest, position)
        if match is None:
            return None
        steps.append(re.sub(r"\\(.)", r"\1", match[1]))
        position = match.end()
    return tuple(steps)


def spell(name: str) -> str:
    """*name* as one step of a path."""
    return name.replace("\\", "\\\\").replace(".", "\\.")


def look_up(value: Json, steps: Sequence[str]) -> Json:
    """What lies at the end of *steps*, ABSENT or CLOSED; a step of digits goes into a list as well."""
    for step in steps:
        if isinstance(value, dict):
            value = value.get(step, ABSENT)
        elif isinstance(value, list) and step.isascii() and step.isdigit() and len(step) < 10:
            index = int(step)
            value = value[index] if index < len(value) else ABSENT
        else:
            return ABSENT if value is None or value is ABSENT else CLOSED
    return value


def pointer(steps: Sequence[str | int]) -> str:
    """A JSON Pointer (RFC 6901)."""
    return "".join([f"/{step}" if isinstance(step, int) else _step(step) for step in steps])


def _step(name: str) -> str:
    return "/" + (name.replace("~", "~0").replace("/", "~1") if "~" in name or "/" in name else name)
