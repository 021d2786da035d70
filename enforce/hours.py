"""Whether a moment falls into the hours of a policy."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from enforce.policy import Hours

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def open_at(hours: Sequence[Hours], now: float) -> bool:
    """Whether *now*, in seconds since the epoch, falls into one of the stretches."""
    return any(_within(stretch, now) for stretch in hours)


def _within(stretch: Hours, now: float) -> bool:
    zone = zone_of(stretch.zone)
    if zone is None:
        return False
    try:
        local = datetime.fromtimestamp(now, zone)
    except (OverflowError, OSError, ValueError):
        return False
    minute = local.hour * 60 + local.minute
    today = _DAYS[local.weekday()] in stretch.days
    if stretch.start < stretch.end:
        return today and stretch.start <= minute < stretch.end
    yesterday = _DAYS[(local - timedelta(days=1)).weekday()] in stretch.days
    return (today and minute >= stretch.start) or (yesterday and minute < stretch.end)


@lru_cache(maxsize=64)
def zone_of(name: str) -> tzinfo | None:
    """`None` for a zone that this machine does not know: then the tool stays shut."""
    if name == "UTC":
        return UTC
    import zoneinfo  # only policies with hours elsewhere pay for loading it

    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None
