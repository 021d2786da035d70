"""What can be changed about a release's dependencies so that it starts; its own version never changes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from crawler.introspect import diagnosis
from crawler.introspect.packages.install import Installation
from crawler.introspect.packages.install_node import NEWEST
from crawler.snapshots import BEFORE, BUILT, LOCKED


def repairs(
    said: str, installation: Installation, released_at: str | None, *, locked: bool = False
) -> Iterator[tuple[str, ...]]:
    """Constraints worth another installation, those of this one among them, given what its launches said on stderr."""
    had = tuple(word for word in installation.repairs if not word.endswith(BUILT))
    if diagnosis.outgrown(said, installation) and NEWEST not in had:
        yield (*had, NEWEST)
    drifted = diagnosis.drifted(said) or diagnosis.broken(said)
    if drifted and locked and LOCKED not in had:
        yield (*had, LOCKED)
    if diagnosis.wants_old_sdk(said, installation.resolved):
        yield (*had, "mcp<2")
    older = diagnosis.older_generation(said, installation.resolved)
    day = _day_after(released_at)
    if day and drifted and BEFORE + day not in had:
        yield (*had, BEFORE + day)
    if older and older not in had:
        yield (*had, older)


def _day_after(released_at: str | None) -> str | None:
    """The day after a release, as `2026-12-02`; `None` where no day is told, for a registry may say anything."""
    try:
        moment = datetime.fromisoformat(released_at or "") + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return moment.date().isoformat()
