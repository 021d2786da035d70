"""Definitions made fit for storing: no lone surrogates, no endless numbers, and no more than a definition may hold."""

import math

from crawler.tools import Json

#: Values inside one definition; a schema in which parts are used over and over grows beyond any bound when written out.
MOST_VALUES = 20_000

#: Characters of all texts of one definition together.
MOST_CHARACTERS = 300_000

#: The largest integer that is stored as one; larger ones are stored as their digits, up to so many bits.
_LARGEST, MOST_BITS = 2**63 - 1, 1_000


class TooMuch(Exception):
    """The definition holds more than any real one."""


class _Room:
    """What is left of the bounds."""

    def __init__(self) -> None:
        self.values = MOST_VALUES
        self.characters = MOST_CHARACTERS


def sound(definition: dict[str, Json]) -> dict[str, Json]:
    """The definition as it may be stored; without schemas where they are too large."""
    try:
        return _object(definition, _Room(), 0)
    except TooMuch:
        kept = {key: definition[key] for key in ("name", "title", "description") if key in definition}
        return {key: _text(str(value)[:10_000]) for key, value in kept.items()}


def _object(value: dict[str, Json], room: _Room, depth: int) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for key, item in value.items():
        name = key if isinstance(key, str) else str(key)
        if not name.isascii():
            name = _text(name)
        found[name] = _sound(item, room, depth + 1)
    return found


def _sound(value: Json, room: _Room, depth: int) -> Json:
    room.values -= 1
    if room.values < 0 or depth > 100:
        raise TooMuch
    if isinstance(value, str):
        room.characters -= len(value)
        if room.characters < 0:
            raise TooMuch
        return value if value.isascii() else _text(value)
    if value is None or value is True or value is False:
        return value
    if isinstance(value, dict):
        return _object(value, room, depth)
    if isinstance(value, list):
        return [_sound(item, room, depth + 1) for item in value]
    return _number(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _number(value: float) -> Json:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if -_LARGEST <= value <= _LARGEST:
        return value
    return str(value) if value.bit_length() <= MOST_BITS else None


def _text(value: str) -> str:
    """The text with halves of a pair put together, and single ones replaced."""
    if value.isascii():
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
