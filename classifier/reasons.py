"""Why this category and not the next one: what the definition shows, in the order in which it counted."""

from collections.abc import Iterable, Mapping, Sequence

from classifier.categories import Category
from classifier.described import described
from classifier.evidence import Evidence
from classifier.memo import Memo
from classifier.model import CATEGORIES, HEARD, Row
from classifier.saying import NAME_WORD, NAMED, TEXT_WORD, Said, is_telling
from classifier.view import View

#: More reasons than these tell a reader nothing new.
_MOST = 4
#: Thousandths of a logit; less than that did not count.
_LEAST = 200
#: Features of which each pair of categories remembers what they say.
_KEPT = 8_000


def reasons(
    view: View,
    found: Iterable[Row],
    odds: Sequence[float],
    category: Category,
    claim: str | None = None,
) -> tuple[str, ...]:
    """Sentences, the weightiest first; the first says which category was the runner-up.

    *claim* is what weighed more than all words: what an annotation or a list of actions says.
    """
    mine = category.gravity
    other = max([one for one in range(len(odds)) if one != mine], key=odds.__getitem__)
    counted = _counted(view, found, mine, other)
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


def _counted(view: View, found: Iterable[Row], mine: int, other: int) -> Mapping[str, int]:
    """Every sentence that can be said, with how far its features led to one category rather than the other."""
    leads: dict[Said, int] = {}
    for says, lead in filter(None, map(_LEADS[mine][other].__getitem__, found)):
        leads[says] = leads.get(says, 0) + lead
    counted: dict[str, int] = {}
    arguments: Mapping[str, str] = {}
    for says, lead in leads.items():
        if isinstance(says, tuple):
            arguments = arguments or _arguments(view)
            sentence = arguments.get(says[0])
        else:
            sentence = says if isinstance(says, str) else _of_verb(view, says)
        if sentence:
            counted[sentence] = counted.get(sentence, 0) + lead
    return counted


class _Leads(Memo[Row, tuple[Said, int] | None]):
    """What a feature says and how far it leads to one category rather than to another; `None` if that is not heard.

    Features are seldom heard, and to ask for what is remembered looks at less of them than to work it out.
    """

    def __init__(self, mine: int, other: int) -> None:
        super().__init__(lambda row: _lead(row, mine, other), _KEPT)


def _lead(row: Row, mine: int, other: int) -> tuple[Said, int] | None:
    if row.told is None:
        return None
    says, weights = row.told
    lead = weights[mine] - weights[other]
    return (says, lead) if lead >= HEARD or lead <= -HEARD else None


_LEADS = [[_Leads(mine, other) for other in range(len(CATEGORIES))] for mine in range(len(CATEGORIES))]


def _of_verb(view: View, whose: int) -> str | None:
    if whose == NAMED:
        return f"The name says “{view.named.verb}”" if view.named else None
    return f"The description says “{view.told.verb}”" if view.told else None


def telling(view: View, found: Iterable[Row], output: int) -> Evidence:
    """The word that speaks most for one output of the model, quoted where it stands; the name for want of one."""
    ranked = [(lead, row.name) for row in found if row.quoted and (lead := row.weights[output]) > 0]
    ranked.sort(reverse=True)
    places = (_place(view, *name.split(":", 1)) for _, name in ranked)
    return next((place for place in places if place), None) or view.name.whole()


def _place(view: View, kind: str, word: str) -> Evidence | None:
    if kind in NAME_WORD and word in view.name.present:
        return view.name.evidence(at := view.name.words.index(word), at + 1)
    if kind in TEXT_WORD and word in view.description.present and is_telling(word):
        return view.description.evidence(at := view.description.words.index(word), at + 1)
    if kind == "p":
        return next((one.whole() for one in view.parameters if word in one.words), None) or _told(view, word)
    return None


def _told(view: View, word: str) -> Evidence | None:
    """Where the description names an argument with *word* in its name; nowhere if the schema has some."""
    text = "" if view.parameters else view.description.text
    key = next((one.key for one in described(text) if word in one.words), None)
    if key is None:
        return None
    start = text.index(key)
    return Evidence(field=view.description.field, quote=key, start=start, end=start + len(key))


def _arguments(view: View) -> dict[str, str]:
    """By a word of an argument's name, and by all of them: what can be said of the first such argument."""
    found: dict[str, str] = {}
    for parameter in view.parameters:
        sentence = f"It takes the argument “{parameter.key}”"
        for word in _NAMES[parameter.words]:
            found.setdefault(word, sentence)
    return found


#: By the words of an argument's name: those that are said, and all together.
_NAMES: Memo[tuple[str, ...], tuple[str, ...]] = Memo(
    lambda words: tuple([word for word in (*words, "_".join(words)) if len(word) > 1]), 20_000
)
