"""Cuts long lists into pages by what their rows take, the first of which keeps the list's own address."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from catalogue.website.visible import shown

#: Bytes that the rows of one page take; head, foot and what stands above a list take the rest of what a page may have.
ROOM = 40_000
#: Bytes of a row beside its texts: tags, a chip with its icon.
TAGS = 400


class Pages(Struct, frozen=True, kw_only=True):
    """Which page of a list this is, and where the ones beside it are."""

    number: int
    count: int
    #: Folder of the page before and after, `None` at the ends.
    before: str | None = None
    after: str | None = None
    #: Number and folder of the first, the last and the nearest pages, this one among them.
    near: tuple[tuple[int, str], ...] = ()


def numbered(folder: str, number: int) -> str:
    """Folder of one page of a list, counted from 1."""
    return folder if number == 1 else f"{folder}{number}/"


def weight(*texts: str) -> int:
    """About how many bytes a row of these texts takes on a page, and never fewer."""
    return TAGS + sum(len(shown(text).encode()) for text in texts)


def paged(folder: str, weights: Iterable[int], size: int, first: int = ROOM) -> Iterator[tuple[Pages, slice]]:
    """Each page of a list whose rows have these weights, with the rows on it; there is always a first.

    A page has *size* rows, or fewer where they would take more than `ROOM`; on the first they take at most *first*.
    """
    rows = list(_rows(weights, size, first))
    for number, row in enumerate(rows, 1):
        before = numbered(folder, number - 1) if number > 1 else None
        after = numbered(folder, number + 1) if number < len(rows) else None
        near = tuple((other, numbered(folder, other)) for other in _near(number, len(rows)))
        yield Pages(number=number, count=len(rows), before=before, after=after, near=near), row


def _near(number: int, count: int) -> list[int]:
    return sorted({1, count, *range(max(1, number - 2), min(count, number + 2) + 1)})


def _rows(weights: Iterable[int], size: int, room: int) -> Iterator[slice]:
    start, end, filled = 0, 0, 0
    for end, one in enumerate(weights):
        if end > start and (end - start == size or filled + one > room):
            yield slice(start, end)
            start, filled, room = end, 0, ROOM
        filled += one
    yield slice(start, end + 1)
