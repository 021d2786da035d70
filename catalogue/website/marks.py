"""Marks the words of a text that quoted evidence rests on."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from markupsafe import Markup, escape
from msgspec import Struct

from catalogue.website.visible import plain, shown, truncate
from classifier.evidence import Evidence

#: Characters of the reasons that a mark names.
_LONGEST = 200


class Piece(Struct, frozen=True):
    """A stretch of text and the reasons for which it is marked, often none."""

    text: str
    reasons: tuple[str, ...] = ()


def marked(text: str, quotes: Sequence[tuple[Evidence, str]] | None, most: int) -> Markup:
    """The first *most* characters as HTML, with what is quoted in them marked; *quotes* are as `pieces` takes them."""
    html = "".join(map(_html, pieces(text, quotes, most))) if quotes else shown(text[:most])
    return Markup(html)  # noqa: S704  # escaped piece by piece


def pieces(text: str, quotes: Iterable[tuple[Evidence, str]], most: int | None = None) -> list[Piece]:
    """The text in pieces, in order and without gaps; *quotes* pairs evidence in this text with its reason.

    Evidence whose words do not stand where it says marks nothing. Only the first *most* characters are given back.
    """
    kept = text if most is None else text[:most]
    spans = [span for one, reason in quotes if (span := _span(kept, text, one, reason))]
    if not spans:
        return [Piece(kept)] if kept else []
    cuts = sorted({0, len(kept), *(start for start, _, _ in spans), *(end for _, end, _ in spans)})
    return [_piece(kept, spans, start, end) for start, end in pairwise(cuts)]


def _span(kept: str, text: str, evidence: Evidence, reason: str) -> tuple[int, int, str] | None:
    start, end = evidence.start, min(evidence.end, len(kept))
    stands = 0 <= start < end and text[evidence.start : evidence.end] == evidence.quote
    return (start, end, reason) if stands else None


def _piece(text: str, spans: Sequence[tuple[int, int, str]], start: int, end: int) -> Piece:
    reasons = [reason for first, last, reason in spans if first <= start and end <= last]
    return Piece(text[start:end], tuple(dict.fromkeys(reasons)))


def _html(piece: Piece) -> str:
    text = shown(piece.text)
    return f"{_opening(piece.reasons)}{text}</mark>" if piece.reasons else text


@lru_cache(maxsize=1000)
def _opening(reasons: tuple[str, ...]) -> str:
    """The tag that opens a mark; few sets of reasons come up, and those again and again."""
    return f'<mark title="{escape(plain(truncate(", ".join(reasons), _LONGEST)))}">'
