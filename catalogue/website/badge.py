"""A small picture for a README that states a fact about a server: how many of its tools can do what, or look tampered with."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from classifier.categories import Category

LABEL = "mcp tools"
#: Dark enough for white text.
_COLOURS = {
    Category.READ: "#2b5a4c",
    Category.WRITE: "#6a4c00",
    Category.EXECUTE: "#8b3c00",
    Category.DESTRUCTIVE: "#9c1820",
    Category.FINANCIAL: "#672878",
}
_UNKNOWN, _SUSPECTED = "#5c564c", "#9c1820"
#: Widths of Verdana's letters in thousandths of its size, of all that a badge can say; others take the width of a digit.
_WIDTHS = {
    "a": 601, "c": 521, "d": 623, "e": 596, "f": 352, "g": 623, "i": 274, "k": 592, "l": 274, "m": 973, "n": 633, "o": 607, "p": 623,
    "r": 427, "s": 521, "t": 394, "u": 633, "v": 592, "w": 818, "x": 592, " ": 352, "·": 364,
}  # fmt: skip
_DIGIT, _SIZE, _MARGIN = 636, 11, 6


def words(counts: Mapping[str, int], *, suspected: bool = False) -> dict[str, Any]:
    """What the badge's template shows for a server with so many tools of each category.

    Of one that is *suspected* of tampering it tells that instead, since what its tools can do is only what they claim.
    """
    found = [category for category in Category if counts.get(category.value)]
    text = " · ".join(f"{counts[category.value]} {category}" for category in found) or "not known"
    text = "suspected of tampering" if suspected else text
    label_width, text_width = _width(LABEL), _width(text)
    split = label_width + 2 * _MARGIN
    return {
        "label": LABEL,
        "label_width": label_width,
        "text": text,
        "text_width": text_width,
        "split": split,
        "width": split + text_width + 2 * _MARGIN,
        "colour": _SUSPECTED if suspected else _COLOURS[found[-1]] if found else _UNKNOWN,
    }


@lru_cache(maxsize=1000)
def _width(text: str) -> int:
    """The pixels that a text takes in Verdana, into which any other font is made to fit."""
    return round(sum(_WIDTHS.get(letter, _DIGIT) for letter in text) * _SIZE / 1000)
