"""A small picture for a README that states a fact about a server: how many of its tools can do what."""

from collections.abc import Mapping
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
_UNKNOWN = "#5c564c"
#: Width of a character of 11 pixels, on the wide side.
_CHARACTER, _MARGIN = 6.7, 12


def words(counts: Mapping[str, int]) -> dict[str, Any]:
    """What the badge's template shows for a server with so many tools of each category."""
    found = [category for category in Category if counts.get(category.value)]
    text = " · ".join(f"{counts[category.value]} {category}" for category in found) or "not known"
    split = round(len(LABEL) * _CHARACTER + _MARGIN)
    return {
        "label": LABEL,
        "text": text,
        "split": split,
        "width": split + round(len(text) * _CHARACTER + _MARGIN),
        "colour": _COLOURS[found[-1]] if found else _UNKNOWN,
    }
