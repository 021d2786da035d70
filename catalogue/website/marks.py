"""Cuts a text where quoted evidence begins and ends, so that a page can mark the words that counted."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from msgspec import Struct

from classifier.evidence import Evidence


class Piece(Struct, frozen=True):
    """A stretch of text and the reasons for which it is marked, often none."""

    text: str
    reasons: tuple[str, ...] = ()


def pieces(text: str, quotes: Iterable[tuple[Evidence, str]], most: int | None = None) -> list[Piece]:
    """The text in pieces, in order and without gaps; *quotes* pairs evidence in this text with its reason.

    Evidence whose words do not stand where it says marks nothing. Only the first *most* characters are given back.
    """
    shown = text if most is None else text[:most]
    spans = [span for evidence, reason in quotes if (span := _span(shown, text, evidence, reason))]
    if not spans:
        return [Piece(shown)] if shown else []
    cuts = sorted({0, len(shown), *(start for start, _, _ in spans), *(end for _, end, _ in spans)})
    return [_piece(shown, spans, start, end) for start, end in pairwise(cuts)]


def _span(shown: str, text: str, evidence: Evidence, reason: str) -> tuple[int, int, str] | None:
    start, end = evidence.start, min(evidence.end, len(shown))
    stands = 0 <= start < end and text[evidence.start : evidence.end] == evidence.quote
    return (start, end, reason) if stands else None


def _piece(text: str, spans: Sequence[tuple[int, int, str]], start: int, end: int) -> Piece:
    reasons = dict.fromkeys(reason for first, last, reason in spans if first <= start and end <= last)
    return Piece(text[start:end], tuple(reasons))
