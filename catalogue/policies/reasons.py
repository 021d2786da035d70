"""Why a tool gets the rule that it gets, in one line with the words that show it."""

import re

from catalogue.entries import Review
from classifier.verdicts import Verdict

#: Signals and findings that are quoted, and characters of each quote.
_QUOTED, _LONGEST = 2, 60
#: How a verdict begins to tell which category came second.
_AGAINST = re.compile(r"^\w+ and not \w+: ")


def reason(verdict: Verdict, review: Review | None = None) -> str:
    """Category, what decided it, and the gravest evidence; whatever comes from the definition is in quotes and printable."""
    shown = ", ".join(
        f"{signal.code} ({_quoted(signal.evidence.field)}: “{_quoted(signal.evidence.quote)}”)"
        for signal in verdict.signals[:_QUOTED]
    )
    parts = [f"{verdict.category.capitalize()}, {_source(verdict, review, quotes=bool(shown))}."]
    parts += [_quoted(finding.message) for finding in verdict.findings if finding.strength == "hard"][
        :_QUOTED
    ]
    return " ".join([*parts, f"Shows {shown}."] if shown else parts)


def _source(verdict: Verdict, review: Review | None, *, quotes: bool) -> str:
    """Who says so; what weighed most is told where no quote tells more."""
    if review is not None:
        return f"reviewed by {_quoted(review.author)}: {_quoted(review.reason)}".rstrip(".")
    sure = f"confidence {verdict.confidence:.2f}"
    if quotes or not verdict.why:
        return sure
    first = _quoted(_AGAINST.sub("", verdict.why[0])).rstrip(".")
    return f"{sure}: {first[:1].lower()}{first[1:]}"


def _quoted(text: str) -> str:
    """On one line, shortened, with everything that cannot be seen written out."""
    seen = " ".join(text.split())
    if not seen.isprintable():
        seen = "".join(character if character.isprintable() else _escape(character) for character in seen)
    return seen if len(seen) <= _LONGEST * 2 else seen[: _LONGEST * 2 - 1] + "…"


def _escape(character: str) -> str:
    return f"\\u{ord(character):04x}"
