"""A folder of labelled tools, for training: labelled.jsonl or labelled.jsonl.gz, split by family and never by row."""

import gzip
import hashlib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from msgspec import Struct

from classifier.categories import Category
from classifier.errors import ClassifierError
from classifier.toolfile import BadLine, read
from crawler.tools import Tool

_NAMES = ("labelled.jsonl.gz", "labelled.jsonl")
_REST = ("unlabelled.jsonl.gz", "unlabelled.jsonl")
#: Labels that were added later, for tools of the corpus that came without one.
_FURTHER = "further_labels.txt"
#: Stands for signals that were looked for and not found.
_NONE = "-"
#: So many letters of a digest tell a definition.
_SHORT = 16
#: One family in so many is held out of training and only evaluated.
HELD_OUT = 10


class BadCorpus(ClassifierError):
    """A corpus that cannot be read or lacks labels."""

    def __init__(self, place: str, fault: str) -> None:
        super().__init__(place, fault)
        self.place = place
        self.fault = fault

    def __str__(self) -> str:
        return f"{self.place}: {self.fault}"


class Labelled(Struct, frozen=True, kw_only=True):
    """One tool with what a reader said of it."""

    server: str
    #: Clones share a family; a split must not cut through one.
    family: str
    tool: Tool
    category: Category
    #: `None` where the reader gave no signals.
    signals: frozenset[str] | None = None
    #: The reader was unsure.
    doubtful: bool = False
    #: How the row was chosen: `hard` ones are no fair sample.
    drawn: str = ""


def load(place: Path) -> list[Labelled]:
    """Every labelled tool of a folder or file, in order; raises BadCorpus."""
    file = next((place / name for name in _NAMES if (place / name).is_file()), place)
    return list(_rows(str(file), _lines(file)))


def further(place: Path) -> list[Labelled]:
    """Tools of the folder's unlabelled file that have been labelled since, in order; none where it has no such file."""
    file = next((place / name for name in _REST if (place / name).is_file()), None)
    if file is None:
        return []
    told = _further_labels()
    items = [item for item in read(_lines(file)) if not isinstance(item, BadLine)]
    return [
        Labelled(
            server=item.server,
            family=str(item.entry.get("family") or item.server),
            tool=item.tool,
            category=label[0],
            signals=label[1],
            drawn="further",
        )
        for item in items
        if (label := told.get(item.tool.digest[:_SHORT]))
    ]


def tools(place: Path) -> list[Tool]:
    """Every tool of the folder, labelled or not, in order."""
    found = [place / name for names in (_NAMES, _REST) for name in names if (place / name).is_file()]
    items = [item for file in found for item in read(_lines(file))]
    return [item.tool for item in items if not isinstance(item, BadLine)]


def held_out(family: str) -> bool:
    """Whether a family is kept for evaluation; by its name alone, so that the split never moves."""
    return hashlib.sha256(family.encode()).digest()[0] * HELD_OUT < 256


def _lines(file: Path) -> list[bytes]:
    try:
        data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    except OSError as error:
        raise BadCorpus(str(file), f"cannot be read: {error.strerror or error}") from error
    return data.splitlines()


def _further_labels() -> dict[str, tuple[Category, frozenset[str] | None]]:
    """By the first letters of a definition's digest: its category, and its signals where they were looked for."""
    text = files("classifier").joinpath(_FURTHER).read_text(encoding="utf-8")
    rows = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return {
        digest: (Category(category), frozenset(signals) - {_NONE} if signals else None)
        for digest, category, *signals in rows
    }


def _rows(place: str, lines: list[bytes]) -> Iterator[Labelled]:
    for item in read(lines):
        if isinstance(item, BadLine):
            raise BadCorpus(place, str(item))
        entry = item.entry
        try:
            category = Category(entry["category"])
        except (KeyError, ValueError) as error:
            raise BadCorpus(place, f"tool {item.tool.name!r} has no category of the guide") from error
        signals = entry.get("signals")
        yield Labelled(
            server=item.server,
            family=str(entry.get("family") or item.server),
            tool=item.tool,
            category=category,
            signals=None if signals is None else frozenset(signals),
            doubtful=bool(entry.get("doubtful")),
            drawn=str(entry.get("drawn") or ""),
        )
