"""Whether a moment falls into the hours of a policy."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from enforce.policy import Hours

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def open_at(hours: Sequence[Hours], now: float) -> bool:
    """Whether *now*, in seconds since the epoch, falls into one of the stretches."""
    return any(_within(stretch, now) for stretch in hours)


def until_open(hours: Sequence[Hours], now: float) -> float | None:
    """Seconds until the next stretch starts; `None` where none does."""
    starts = [start - now for stretch in hours for start in _starts(stretch, now) if start > now]
    return min(starts, default=None)


def _starts(stretch: Hours, now: float) -> Iterator[float]:
    """When the stretch starts in the next days, a whole week of which has every weekday."""
    zone = zone_of(stretch.zone)
    if zone is None:
        return
    try:
        midnight = datetime.fromtimestamp(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
        for days in range(8):
            day = midnight + timedelta(days=days)
            if _DAYS[day.weekday()] in stretch.days:
                yield (day + timedelta(minutes=stretch.start)).timestamp()
    except (OverflowError, OSError, ValueError):
        return


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
