"""When a call is made, and what was listed before it: the moments and definitions that may tell two policies apart."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product

from msgspec import Struct

from crawler.tools import Json
from enforce.hours import zone_of
from enforce.policy import Hours, ToolRules

#: A digest that no pin names.
OTHER = "0" * 64


class Occasion(Struct, frozen=True, kw_only=True):
    """What holds beside the arguments of a call; it plays the part of the definitions that were listed."""

    #: Seconds since the epoch.
    now: float
    #: Digest of the tool's definition.
    pinned: str = OTHER
    #: Whether the arguments fit the tool's input schema.
    fits: bool = True

    def digest(self, _tool: str) -> str | None:
        """The digest of the definition as it was listed."""
        return self.pinned

    def fault(self, _tool: str, _arguments: Json) -> str | None:
        """What the input schema has against the arguments."""
        return None if self.fits else "they do not fit"


def occasions(entries: Sequence[ToolRules], now: float) -> list[Occasion]:
    """The occasions worth trying on a tool of which *entries* speak; the first is now, with all as it should be."""
    digests = dict.fromkeys([entry.pin for entry in entries if entry.pin])
    moments = [now, *_edges((stretch for entry in entries for stretch in entry.hours), now)]
    validated = any(entry.validate == "schema" for entry in entries)
    return [
        Occasion(now=moment, pinned=digest, fits=fits)
        for fits, digest, moment in product(
            (True, False) if validated else (True,), (*digests, OTHER), dict.fromkeys(moments)
        )
    ]


def _edges(hours: Iterable[Hours], now: float) -> Iterator[float]:
    """The minutes at which a stretch of the coming week begins and ends, and those before."""
    for stretch in dict.fromkeys(hours):
        zone = zone_of(stretch.zone)
        if zone is None:
            continue
        midnight = datetime.fromtimestamp(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
        for day, minute in product(range(1, 8), (stretch.start, stretch.end)):
            edge = midnight + timedelta(days=day, minutes=minute)
            yield from (edge.timestamp(), (edge - timedelta(minutes=1)).timestamp())


def moment(seconds: float) -> str:
    """A moment as people and programs read it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
