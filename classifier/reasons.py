"""Why this category and not the next one: what the definition shows, in the order in which it counted."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from classifier.actions import MEANINGS
from classifier.categories import Category
from classifier.evidence import Evidence
from classifier.features import Group
from classifier.hints import HINTS
from classifier.lexicon import ACTS, THINGS
from classifier.memo import Memo
from classifier.model import CATEGORIES, Model, weight
from classifier.signals import PROBES
from classifier.view import View

#: More reasons than these tell a reader nothing new.
_MOST = 4
#: Thousandths of a logit; less than that did not count.
_LEAST = 200
#: A feature that moves less than this is not looked at.
_HEARD = 80
_HINTS = {hint.code: hint.sentence for hint in HINTS}
_LABELS = {probe.code: probe.label.lower() for probe in PROBES}
#: Kinds of features that a single word of the name, of the first sentence or of an argument's name stands behind.
_NAME_WORD = frozenset({"n", "n0", "n1", "n9"})
_NAME_VERB = frozenset({"nv", "nc", "nmax", "NV", "NA", "NV*T", "NA*T", "nc*dc"})
_TEXT_VERB = frozenset({"dv", "dc", "lmax", "DV", "DA", "DV*T", "DA*T", "d0"})
#: Who says what a feature shows: the two verbs of the definition, an argument, or the feature by itself.
_NAMED, _TOLD, _ARGUMENT, _ITSELF = range(4)
#: Who says it, the sentence or the argument's words, and how far the feature leads to one category.
_Heard = tuple[int, str, int]
_BY_KIND = {
    **dict.fromkeys(_NAME_VERB, _NAMED),
    **dict.fromkeys(_TEXT_VERB, _TOLD),
    **dict.fromkeys(("p", "P"), _ARGUMENT),
}
#: Kinds of features whose words stand in the definition.
_QUOTED = _NAME_WORD | {"l", "w", "p"}
_UNTOLD = frozenset(["all", "has", "is", "use", "the", "and", "data", "set", "no"])


def reasons(
    view: View,
    groups: Sequence[Group],
    weights: Model,
    odds: Sequence[float],
    category: Category,
    claim: str | None = None,
) -> tuple[str, ...]:
    """Sentences, the weightiest first; the first says which category was the runner-up.

    *claim* is what weighed more than all words: what an annotation or a list of actions says.
    """
    mine = category.gravity
    other = max([one for one in range(len(odds)) if one != mine], key=odds.__getitem__)
    counted = _counted(view, groups, weights, mine, other)
    weighty = [one for one, lead in counted.items() if lead >= _LEAST]
    told = sorted(weighty, key=counted.__getitem__, reverse=True)
    if claim:
        told.insert(0, claim)
    elif not told:
        told.append(f"The name “{view.name.text}” and what is around it look like such a tool")
    told[0] = f"{category.value.capitalize()} and not {CATEGORIES[other].value}: {_small(told[0])}"
    return tuple([f"{sentence}." for sentence in told[:_MOST]])


def _small(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _counted(view: View, groups: Sequence[Group], weights: Model, mine: int, other: int) -> Mapping[str, int]:
    """Every sentence that can be said, with how far its features led to one category rather than the other."""
    counted: dict[str, int] = defaultdict(int)
    verbs = (
        f"The name says “{view.named.verb}”" if view.named else None,
        f"The description says “{view.told.verb}”" if view.told else None,
    )
    arguments: Mapping[str, str] = {}
    heard = _heard(weights, mine, other)
    for begin, words in groups:
        for who, saying, lead in filter(None, map(heard[begin].__getitem__, words)):
            if who == _ITSELF:
                counted[saying] += lead
            elif who == _ARGUMENT:
                arguments = arguments or _arguments(view)
                if saying in arguments:
                    counted[arguments[saying]] += lead
            elif sentence := verbs[who]:
                counted[sentence] += lead
    return counted


def _heard(weights: Model, mine: int, other: int) -> Mapping[str, Memo[str, _Heard | None]]:
    """By group and word: what a feature says of one category rather than the other; `None` if too little."""

    def ask(begin: str, word: str) -> _Heard | None:
        packed = weights.weights[begin][word]
        lead = weight(packed, mine) - weight(packed, other)
        said = _said(begin + word) if abs(lead) >= _HEARD else None
        return (*said, lead) if said else None

    return weights.kept((mine, other), ask)


def _said(name: str) -> tuple[int, str] | None:
    """What a feature shows: who says it, and the sentence or the words of the argument."""
    kind, _, rest = name.partition(":")
    if kind in ("hl", "ht", "hn"):
        return _ITSELF, _HINTS[rest]
    if kind == "s":
        return _ITSELF, f"It shows the signal “{_LABELS[rest.partition(':')[0]]}”"
    if kind in _NAME_WORD:
        return (_ITSELF, f"The name says “{rest}”") if _telling(rest) else None
    if kind in ("l", "w"):
        return (_ITSELF, f"The description says “{rest}”") if _telling(rest) else None
    if kind == "act" and rest:
        return _ITSELF, f"An argument chooses the action, and the gravest that it lists is {rest}"
    return (_BY_KIND[kind], rest) if kind in _BY_KIND else None


def telling(view: View, groups: Sequence[Group], weights: Model, output: int) -> Evidence:
    """The word that speaks most for one output of the model, quoted where it stands; the name for want of one."""

    def ask(begin: str, word: str) -> int:
        quotable = (begin + word).partition(":")[0] in _QUOTED
        return weight(weights.weights[begin][word], output) if quotable else 0

    spoken = weights.kept((output,), ask)
    ranked = [
        (lead, begin + word) for begin, words in groups for word in words if (lead := spoken[begin][word]) > 0
    ]
    ranked.sort(reverse=True)
    places = (_place(view, *name.split(":", 1)) for _, name in ranked)
    return next((place for place in places if place), None) or view.name.whole()


def _place(view: View, kind: str, word: str) -> Evidence | None:
    if kind in _NAME_WORD and word in view.name.present:
        return view.name.evidence(at := view.name.words.index(word), at + 1)
    if kind in ("l", "w") and word in view.description.present and _telling(word):
        return view.description.evidence(at := view.description.words.index(word), at + 1)
    if kind == "p":
        return next((one.whole() for one in view.parameters if word in one.words), None)
    return None


def _arguments(view: View) -> dict[str, str]:
    """By a word of an argument's name, and by all of them: what can be said of the first such argument."""
    found: dict[str, str] = {}
    for parameter in view.parameters:
        for word in (*parameter.words, "_".join(parameter.words)):
            if len(word) > 1 and word not in found:
                found[word] = f"It takes the argument “{parameter.key}”"
    return found


def _telling(word: str) -> bool:
    known = word in MEANINGS or word in ACTS or word in THINGS
    return known and len(word) > 1 and word not in _UNTOLD
