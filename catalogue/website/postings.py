"""Lists of document numbers in as few bytes as they need; `lookup.js` reads them."""

from array import array
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from operator import sub

from classifier.memo import Memo

EMPTY, GAPS, BITS = b"\x00", 1, 2


def encode(numbers: Sequence[int]) -> bytes:
    """Ascending numbers as gaps between them, or as one bit each where that is shorter."""
    if not numbers:
        return EMPTY
    bits = (numbers[-1] >> 3) + 1
    # A gap takes at least a byte, so that many numbers settle the matter before any is written.
    if len(numbers) < bits:
        gaps = _gaps(numbers)
        if len(gaps) <= bits:
            return bytes((GAPS,)) + varint(len(gaps)) + bytes(gaps)
    return bytes((BITS,)) + varint(bits) + _bits(numbers, bits)


def varint(number: int) -> bytes:
    """Seven bits a byte, lowest first, the high bit set on all but the last."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def merged(lists: Iterable[Sequence[int]], without: Iterable[int] = ()) -> "array[int]":
    """The numbers of all lists in order, each once."""
    found = set().union(*lists)
    found.difference_update(without)
    return array("I", sorted(found))


def _gaps(numbers: Sequence[int]) -> bytearray:
    out = bytearray()
    last = -1
    for number in numbers:
        gap = number - last - 1
        last = number
        if gap < 128:
            out.append(gap)
        else:
            out += varint(gap)
    return out


def _bits(numbers: Sequence[int], size: int) -> bytes:
    """A bit for each number, the lowest first; written as digits and read as one large number, which takes no loop."""
    gaps = map(sub, islice(numbers, 1, None), numbers)
    digits = "".join(chain(("0" * numbers[0], "1"), map(_DIGITS.__getitem__, gaps)))
    return int(digits[::-1], 2).to_bytes(size, "little")


#: For each gap the zeros in it and the one behind it.
_DIGITS: Memo[int, str] = Memo(lambda gap: "0" * (gap - 1) + "1", 2_000)
