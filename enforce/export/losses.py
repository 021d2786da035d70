"""What a target cannot express."""

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
        kind = "not enforced there" if self.looser else "stricter there"
        return f"{self.rule or '/'}: {self.what} ({kind})"


class Losses:
    """Losses as they are met; the same one is kept once."""

    def __init__(self) -> None:
        self.found: list[Loss] = []

    def looser(self, rule: str, what: str) -> None:
        """The target lets through what ours would not."""
        self._add(Loss(rule=rule, what=what, looser=True))

    def stricter(self, rule: str, what: str) -> None:
        """The target denies or asks about what ours would let through."""
        self._add(Loss(rule=rule, what=what))

    def _add(self, loss: Loss) -> None:
        if loss not in self.found:
            self.found.append(loss)


class Exported(Struct, frozen=True, kw_only=True):
    """A policy as another program reads it."""

    text: str
    losses: tuple[Loss, ...]
