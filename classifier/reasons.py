"""Why this category and not the next one: what the definition shows, in the order in which it counted."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from classifier.actions import MEANINGS
from classifier.categories import Category
from classifier.evidence import Evidence
from classifier.hints import HINTS
from classifier.lexicon import ACTS, THINGS
from classifier.memo import Memo
from classifier.model import CATEGORIES, Model
from classifier.signals import PROBES
from classifier.view import View

#: More reasons than these tell a reader nothing new.
_MOST = 4
#: Thousandths of a logit; less than that did not count.
_LEAST = 200
#: A feature that moves less than this is not looked at.
_HEARD = 80
#: Features whose part is kept for a pair of categories or an output; a model knows not many more.
_KEPT = 20_000
_HINTS = {hint.code: hint.sentence for hint in HINTS}
_LABELS = {probe.code: probe.label.lower() for probe in PROBES}
#: Kinds of features that a single word of the name, of the first sentence or of an argument's name stands behind.
_NAME_WORD = frozenset({"n", "n0", "n1", "n9"})
_NAME_VERB = frozenset({"nv", "nc", "nmax", "NV", "NA", "NV*T", "NA*T", "nc*dc"})
_TEXT_VERB = frozenset({"dv", "dc", "lmax", "DV", "DA", "DV*T", "DA*T", "d0"})
#: What in the definition a feature stands for whose own name does not tell it: the two verbs, or an argument.
_NAMED, _TOLD, _ARGUMENT = range(3)
_BY_KIND = {
    **dict.fromkeys(_NAME_VERB, _NAMED),
    **dict.fromkeys(_TEXT_VERB, _TOLD),
    **dict.fromkeys(("p", "P"), _ARGUMENT),
}
_UNTOLD = frozenset(["all", "has", "is", "use", "the", "and", "data", "set", "no"])


def reasons(
    view: View,
    names: Sequence[str],
    weights: Model,
    odds: Sequence[float],
    category: Category,
    claim: str | None = None,
) -> tuple[str, ...]:
    """Sentences, the weightiest first; the first says which category was the runner-up.

    *claim* is what weighed more than all words: what an annotation or a list of actions says.
    """
    rival = max((one for one in CATEGORIES if one is not category), key=lambda one: odds[one.gravity])
    counted: dict[str, int] = defaultdict(int)
    for sentence, lead in _counted(view, names, weights, category.gravity, rival.gravity):
        counted[sentence] += lead
    weighty = [one for one, lead in counted.items() if lead >= _LEAST]
    told = sorted(weighty, key=counted.__getitem__, reverse=True)
    if claim:
        told.insert(0, claim)
    elif not told:
        told.append(f"The name “{view.name.text}” and what is around it look like such a tool")
    told[0] = f"{category.value.capitalize()} and not {rival.value}: {_small(told[0])}"
    return tuple(f"{sentence}." for sentence in told[:_MOST])


def _small(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _counted(
    view: View, names: Sequence[str], weights: Model, mine: int, other: int
) -> Iterator[tuple[str, int]]:
    """Every feature that a sentence can be said of, with how far it led to one category rather than the other."""
    verbs = (
        f"The name says “{view.named.verb}”" if view.named else None,
        f"The description says “{view.told.verb}”" if view.told else None,
    )
    heard = _heard(weights, mine, other)
    for name in names:
        if entry := heard[name]:
            saying, lead = entry
            if isinstance(saying, str):
                yield saying, lead
            elif sentence := verbs[saying] if saying != _ARGUMENT else _argument(view, name):
                yield sentence, lead


def _heard(weights: Model, mine: int, other: int) -> Memo[str, tuple[str | int, int] | None]:
    """By feature: what can be said of it, and how far it leads from one category to the other; `None` if too little."""

    def ask(name: str) -> tuple[str | int, int] | None:
        worth = weights.worth(name)
        lead = worth[mine] - worth[other] if worth else 0
        said = _sentence(name) if abs(lead) >= _HEARD else None
        return None if said is None else (said, lead)

    key = (mine, other)
    if key not in weights.told:
        weights.told[key] = Memo(ask, _KEPT)
    return weights.told[key]


def _sentence(name: str) -> str | int | None:
    """What can be said of a feature, or what in the definition says it."""
    kind, _, rest = name.partition(":")
    if kind in ("hl", "ht", "hn"):
        return _HINTS[rest]
    if kind == "s":
        return f"It shows the signal “{_LABELS[rest.partition(':')[0]]}”"
    if kind in _NAME_WORD:
        return f"The name says “{rest}”" if _telling(rest) else None
    if kind in ("l", "w"):
        return f"The description says “{rest}”" if _telling(rest) else None
    if kind == "act" and rest:
        return f"An argument chooses the action, and the gravest that it lists is {rest}"
    return _BY_KIND.get(kind)


def telling(view: View, names: Sequence[str], weights: Model, output: int) -> Evidence:
    """The word that speaks most for one output of the model, quoted where it stands; the name for want of one."""
    key = (output,)
    if key not in weights.told:
        weights.told[key] = Memo(lambda name: weights.weight(name, output), _KEPT)
    spoken = weights.told[key]
    ranked = sorted([(weight, name) for name in names if (weight := spoken[name]) > 0], reverse=True)
    places = (_place(view, *name.partition(":")[::2]) for _, name in ranked)
    return next((place for place in places if place), None) or view.name.whole()


def _place(view: View, kind: str, word: str) -> Evidence | None:
    if kind in _NAME_WORD and word in view.name.words:
        return view.name.evidence(at := view.name.words.index(word), at + 1)
    if kind in ("l", "w") and word in view.description.present and _telling(word):
        return view.description.evidence(at := view.description.words.index(word), at + 1)
    if kind == "p":
        return next((one.whole() for one in view.parameters if word in one.words), None)
    return None


def _argument(view: View, feature: str) -> str | None:
    """The argument that a feature is about, by a word of its name or by all of them."""
    rest = feature.partition(":")[2]
    found = next((one for one in view.parameters if rest in one.words or rest == "_".join(one.words)), None)
    return f"It takes the argument “{found.key}”" if found and len(rest) > 1 else None


def _telling(word: str) -> bool:
    known = word in MEANINGS or word in ACTS or word in THINGS
    return known and len(word) > 1 and word not in _UNTOLD
