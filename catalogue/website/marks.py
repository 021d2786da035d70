"""Marks the words of a text that quoted evidence rests on."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from markupsafe import Markup, escape

from catalogue.website.visible import plain, shown, truncate
from classifier.evidence import Evidence

#: Characters of the reasons that a mark names.
_LONGEST = 200


class Piece(NamedTuple):
    """A stretch of text and the reasons for which it is marked, often none."""

    text: str
    reasons: tuple[str, ...] = ()


def marked(text: str, quotes: Sequence[tuple[Evidence, str]] | None, most: int) -> Markup:
    """The first *most* characters as HTML, with what is quoted in them marked; *quotes* are as `pieces` takes them."""
    if not quotes:
        html = shown(text[:most])
    elif len(quotes) == 1:
        html = _once(text[:most], text, *quotes[0])
    else:
        html = "".join([_html(piece) for piece in pieces(text, quotes, most)])
    return str.__new__(Markup, html)  # escaped piece by piece; to ask the class takes three times as long


def _once(kept: str, text: str, one: Evidence, reason: str) -> str:
    """What most texts come to, of which one thing is quoted; *kept* is the beginning of *text* that is shown."""
    start, end = one.start, min(one.end, len(kept))
    if not (0 <= start < end and text[start : one.end] == one.quote):
        return shown(kept)
    before, after = shown(kept[:start]), shown(kept[end:])
    return f"{before}{_opening((reason,))}{shown(kept[start:end])}</mark>{after}"


def pieces(text: str, quotes: Iterable[tuple[Evidence, str]], most: int | None = None) -> list[Piece]:
    """The text in pieces, in order and without gaps; *quotes* pairs evidence in this text with its reason.

    Evidence whose words do not stand where it says marks nothing. Only the first *most* characters are given back.
    """
    kept = text if most is None else text[:most]
    length = len(kept)
    spans: list[tuple[int, int, str]] = []
    cuts = {0, length}
    for one, reason in quotes:
        start, end = one.start, min(one.end, length)
        if 0 <= start < end and text[start : one.end] == one.quote:
            spans.append((start, end, reason))
            cuts |= {start, end}
    return [Piece(kept[start:end], _reasons(spans, start, end)) for start, end in pairwise(sorted(cuts))]


def _reasons(spans: Sequence[tuple[int, int, str]], start: int, end: int) -> tuple[str, ...]:
    reasons = [reason for first, last, reason in spans if first <= start and end <= last]
    return tuple(dict.fromkeys(reasons)) if len(reasons) > 1 else tuple(reasons)


def _html(piece: Piece) -> str:
    text = shown(piece.text)
    return f"{_opening(piece.reasons)}{text}</mark>" if piece.reasons else text


@lru_cache(maxsize=1000)
def _opening(reasons: tuple[str, ...]) -> str:
    """The tag that opens a mark; few sets of reasons come up, and those again and again."""
    return f'<mark title="{escape(plain(truncate(", ".join(reasons), _LONGEST)))}">'
