"""Why a tool gets the rule that it gets, in one line with the words that show it."""

from catalogue.entries import Review
from classifier.verdicts import Verdict

#: Signals and findings that are quoted, and characters of each quote.
_QUOTED, _LONGEST = 2, 60


def reason(verdict: Verdict, review: Review | None = None) -> str:
    """Category, what decided it, and the gravest evidence; whatever comes from the definition is in quotes and printable."""
    parts = [f"{verdict.category.capitalize()}, {_source(verdict, review)}."]
    parts += [f"{_quoted(finding.message)}" for finding in verdict.findings if finding.strength == "hard"][
        :_QUOTED
    ]
    shown = [
        f"{signal.code} ({signal.evidence.field}: “{_quoted(signal.evidence.quote)}”)"
        for signal in verdict.signals
    ]
    if shown:
        parts.append(f"Shows {', '.join(shown[:_QUOTED])}.")
    return " ".join(parts)


def _source(verdict: Verdict, review: Review | None) -> str:
    if review is not None:
        return f"reviewed by {_quoted(review.author)}: {_quoted(review.reason)}".rstrip(".")
    first = _quoted(verdict.why[0]).rstrip(".") if verdict.why else "by the classifier"
    return f"confidence {verdict.confidence:.2f}: {first[:1].lower()}{first[1:]}"


def _quoted(text: str) -> str:
    """On one line, shortened, with everything that cannot be seen written out."""
    seen = "".join(
        character if character.isprintable() else _escape(character) for character in " ".join(text.split())
    )
    return seen if len(seen) <= _LONGEST * 2 else seen[: _LONGEST * 2 - 1] + "…"


def _escape(character: str) -> str:
    return f"\\u{ord(character):04x}"
