"""What a symbolic reader knows of a value that the source does not show."""

from typing import Any, Final

#: A value in a reader's world: a constant, list or dictionary, or an object of that reader's classes.
Value = Any


class Unknown:
    """A value that the source does not show."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


#: A key under which an item of a list notes how sure it is that it is one.
SURE = "\0sure"


class Setting(Unknown):
    """A value from the environment: unknown, but the source says what it is when nobody sets it."""

    def __init__(self, default: Value) -> None:
        self.default = default
