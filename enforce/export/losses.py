"""What a target cannot express."""

from collections.abc import Iterable

from msgspec import Struct


class Loss(Struct, frozen=True, kw_only=True):
    """One thing that the exported policy does not do as ours does."""

    #: JSON Pointer into our policy, or "" for what concerns all of it.
    rule: str
    #: What becomes of it there.
    what: str
    #: Whether the target then lets through what ours would not; otherwise it is stricter.
    looser: bool = False

    def __str__(self) -> str:
        return f"{self.rule or '/'}: {self.what} ({'not enforced' if self.looser else 'stricter'} there)"


class Losses:
    """Losses as they are met; the same one is kept once."""

    def __init__(self) -> None:
        self._found: dict[Loss, None] = {}

    @property
    def found(self) -> tuple[Loss, ...]:
        """Each of them, in the order in which they were met."""
        return tuple(self._found)

    def looser(self, rule: str, what: str) -> None:
        """The target lets through what ours would not."""
        self._found[Loss(rule=rule, what=what, looser=True)] = None

    def stricter(self, rule: str, what: str) -> None:
        """The target denies or asks about what ours would let through."""
        self._found[Loss(rule=rule, what=what)] = None

    def note(self, losses: Iterable[Loss]) -> None:
        """Losses that were met before."""
        self._found.update(dict.fromkeys(losses))


class Exported(Struct, frozen=True, kw_only=True):
    """A policy as another program reads it."""

    text: str
    losses: tuple[Loss, ...]
