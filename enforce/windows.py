"""Lengths of time as policies write them, in seconds."""

import re

SECONDS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86400,
    "week": 604800,
    "month": 2592000,  # 30 days, so that a month is one length
}
LONGEST = 366 * 86400

_LENGTH = re.compile(r"(?:([1-9][0-9]{0,8}) )?(second|minute|hour|day|week|month)(s?)")
_RATE = re.compile(r"([1-9][0-9]{0,17}) ?(?:/|per) ?(second|minute|hour|day|week|month)")


def seconds(length: str) -> int | None:
    """Seconds in `minute`, `5 minutes`; `None` where the words say no length up to 366 days."""
    match = _LENGTH.fullmatch(length)
    if match is None or (match[3] and not match[1]):
        return None
    total = int(match[1] or 1) * SECONDS[match[2]]
    return total if total <= LONGEST else None


def words(length: int) -> str:
    """The shortest spelling of *length* seconds that `seconds` reads back: `minute`, `5 minutes`."""
    for word, unit in reversed(SECONDS.items()):
        if length % unit == 0:
            return word if length == unit else f"{length // unit} {word}s"
    raise AssertionError("every whole number is a number of seconds")


def rate(text: str) -> tuple[int, int] | None:
    """`5/hour` as (5, 3600); `None` where the text says no rate."""
    match = _RATE.fullmatch(text)
    return None if match is None else (int(match[1]), SECONDS[match[2]])
