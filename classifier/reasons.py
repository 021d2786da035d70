"""Why this category and not the next one: what the definition shows, in the order in which it counted."""

from collections.abc import Iterator, Sequence

from classifier.categories import Category
from classifier.hints import HINTS
from classifier.model import CATEGORIES, Model
from classifier.signals import PROBES
from classifier.view import View

#: More reasons than these tell a reader nothing new.
_MOST = 4
#: Thousandths of a logit; less than that did not count.
_LEAST = 150
_HINTS = {hint.code: hint.sentence for hint in HINTS}
_LABELS = {probe.code: probe.label.lower() for probe in PROBES}
_PLAIN = {
    "nv": "The name says “{}”",
    "dv": "The description begins by saying “{}”",
    "n": "The name has the word “{}”",
    "l": "The first sentence has the word “{}”",
    "w": "The description has the word “{}”",
    "p": "An argument has the word “{}” in its name",
    "act": "An argument chooses the action, and the gravest that it lists is {}",
}


def reasons(
    view: View, names: Sequence[str], weights: Model, odds: Sequence[float], category: Category
) -> tuple[str, ...]:
    """Sentences, the weightiest first; the first says which category was the runner-up."""
    rival = max(
        (other for other in CATEGORIES if other is not category), key=lambda other: odds[other.gravity]
    )
    counted = sorted(_counted(names, weights, category.gravity, rival.gravity), reverse=True)
    told = list(dict.fromkeys(sentence for _, sentence in counted))[:_MOST]
    if not told:
        told = [f"The name “{view.name.text}” and the text around it look like other tools of this kind"]
    told[0] = f"{category.value.capitalize()} and not {rival.value}: {told[0][0].lower()}{told[0][1:]}"
    return tuple(f"{sentence}." for sentence in told)


def _counted(names: Sequence[str], weights: Model, mine: int, other: int) -> Iterator[tuple[int, str]]:
    for name in names:
        kind, _, rest = name.partition(":")
        sentence = _sentence(kind, rest)
        if sentence:
            lead = weights.weight(name, mine) - weights.weight(name, other)
            if lead >= _LEAST:
                yield lead, sentence


def _sentence(kind: str, rest: str) -> str | None:
    if kind in ("hl", "ht", "hn"):
        return _HINTS[rest]
    if kind == "s":
        return None if ":" in rest else f"It shows the signal “{_LABELS[rest]}”"
    if kind in _PLAIN and rest not in ("-", ""):
        return _PLAIN[kind].format(rest)
    return None
