"""Cuts long lists into pages, the first of which keeps the list's own address."""

from collections.abc import Iterator

from msgspec import Struct


class Pages(Struct, frozen=True, kw_only=True):
    """Which page of a list this is, and where the ones beside it are."""

    number: int
    count: int
    #: Folder of the page before and after, `None` at the ends.
    before: str | None = None
    after: str | None = None


def numbered(folder: str, number: int) -> str:
    """Folder of one page of a list, counted from 1."""
    return folder if number == 1 else f"{folder}{number}/"


def paged(folder: str, total: int, size: int, most: int | None = None) -> Iterator[tuple[Pages, int]]:
    """Each page of a list of *total*, *size* on a page and *most* pages, with its offset; there is always a first."""
    count = max(1, -(-total // size))
    count = min(count, most) if most else count
    for number in range(1, count + 1):
        before = numbered(folder, number - 1) if number > 1 else None
        after = numbered(folder, number + 1) if number < count else None
        yield Pages(number=number, count=count, before=before, after=after), (number - 1) * size
