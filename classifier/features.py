"""What the model looks at in a definition: words by where they stand, kinds of acts and things, probes and hints."""

from collections.abc import Collection, Iterable, Sequence

from classifier.actions import MEANINGS, NOUNS
from classifier.arguments import of_arguments
from classifier.categories import Category
from classifier.lexicon import ACTS, THINGS
from classifier.memo import Memo
from classifier.sight import Sight
from classifier.signals import PROBES
from classifier.view import View

#: How the names of some features begin, and how each goes on, each once: words behind `n:`, or whole names behind nothing.
Group = tuple[str, Collection[str]]
#: All beginnings of groups; of these kinds every word is a feature, and names are not put together to be looked up.
BEGINNINGS = ("", "n:", "l:", "w:")
_PLACES = {1.0: "n", 0.9: "l", 0.7: "p", 0.5: "t"}
_LEAD = 40
_REST = 80
_NEAR = 8
_FRONT = 14
_BEHIND = 6
_CATEGORIES = tuple(category.value for category in Category)
#: By verb: the gravity of what it usually stands for.
_GRAVITY = {verb: meant[0].gravity for verb, meant in MEANINGS.items()}


def features(view: View, sight: Sight) -> list[Group]:
    """All features that a definition has, each once."""
    words, lead = view.name.words, view.lead[:_LEAD]
    rest = dict.fromkeys(view.description.words[view.description.lead : view.description.lead + _REST])
    others = [("hl:" if start < len(lead) else "ht:") + code for code, start in sight.told]
    others += ["R:" + kind for word in rest if word in ACTS for kind in ACTS[word]]
    others += of_arguments(view)
    others += [name for hit in sight.hits for name in _SHOWN[hit.probe, hit.weight]]
    return [
        ("n:", dict.fromkeys(words)),
        ("", _of_ends(words)),
        ("n:", _of_title(view)),
        ("", dict.fromkeys(_of_verbs(view) + ["hn:" + code for code in sight.named])),
        ("l:", dict.fromkeys(lead)),
        ("", ["d0:" + word for word in lead[:1]]),
        ("w:", rest),
        ("", dict.fromkeys(others)),
    ]


def names(groups: Iterable[Group]) -> list[str]:
    """The names of all features, as they stand in a weights file."""
    return [begin + word for begin, words in groups for word in words]


def _of_ends(words: Sequence[str]) -> list[str]:
    """The first, the last and the second word of the name."""
    return ["n0:" + words[0], "n9:" + words[-1], *("n1:" + word for word in words[1:2])] if words else []


def _of_title(view: View) -> Sequence[str]:
    """What the title says beside the name."""
    words, known = view.title.words, view.name.present
    return [word for word in dict.fromkeys(words) if word not in known] if words else ()


def _of_verbs(view: View) -> list[str]:
    """The verb of the name and that of the first sentence, alone, together, and with what they act on."""
    words, lead = view.name.words, view.lead
    named, told = view.named, view.told
    name_verb, lead_verb = named.verb if named else "-", told.verb if told else "-"
    found = list(_PAIRS[name_verb, lead_verb])
    if named:
        found += [f"nv>{name_verb}_{word}" for word in words[named.end :]]
    if told:
        found += [f"dv>{lead_verb}_{word}" for word in lead[told.end : told.end + _BEHIND]]
    grave = [
        _GRAVITY[one] for at, one in enumerate(words) if one in _GRAVITY and (at == 0 or one not in NOUNS)
    ]
    if grave:
        found.append("nmax:" + _CATEGORIES[max(grave)])
    grave = [_GRAVITY[word] for word in lead if word in _GRAVITY]
    if grave:
        found.append("lmax:" + _CATEGORIES[max(grave)])
    found += _of_kinds("N", words, named.start if named else -1, name_verb)
    told_at = told.start if told and told.start < _FRONT else -1
    found += _of_kinds("D", lead[:_FRONT], told_at, lead_verb if told_at >= 0 else "-")
    return found


def _of_pair(verbs: tuple[str, str]) -> tuple[str, ...]:
    name_verb, lead_verb = verbs
    name_kind, lead_kind = (_CATEGORIES[_GRAVITY[verb]] if verb in _GRAVITY else "-" for verb in verbs)
    return (
        "nv:" + name_verb,
        "nc:" + name_kind,
        "dv:" + lead_verb,
        "dc:" + lead_kind,
        f"nc*dc:{name_kind}*{lead_kind}",
        f"nv*dv:{name_verb}*{lead_verb}",
        *(f"NV*DV:{act}*{other}" for act in ACTS.get(name_verb, "-") for other in ACTS.get(lead_verb, "-")),
    )


#: By the verb of the name and that of the first sentence: what they are alone and together.
_PAIRS = Memo(_of_pair, 20_000)


def _of_kinds(place: str, words: Sequence[str], verb_at: int, verb: str) -> list[str]:
    """Kinds of acts and things among *words*, and the pairs of an act with a thing near it."""
    acts = [(at, ACTS[word]) for at, word in enumerate(words) if word in ACTS]
    things = [(at, kind) for at, word in enumerate(words) if word in THINGS for kind in THINGS[word]]
    found = [f"{place}a:{kind}" for _, kinds in acts for kind in kinds]
    found += [f"{place}t:{kind}" for _, kind in things]
    if not acts:
        found.append(place + "A:-")
        return found
    first, kinds = acts[0]
    near = [thing for at, thing in things if at != first and at - first <= _NEAR]
    for kind in kinds:
        found.append(f"{place}A:{kind}")
        found += [f"{place}A*T:{kind}*{thing}" for thing in near]
    near = [thing for at, thing in things if at != verb_at and abs(at - verb_at) <= _NEAR]
    for kind in ACTS.get(verb, ()):
        found.append(f"{place}V:{kind}")
        found += [f"{place}V*T:{kind}*{thing}" for thing in near]
    return found


#: By a probe's position and the place of a find.
_SHOWN = {
    (at, weight): ("s:" + probe.code, f"s:{probe.code}:{place}")
    for at, probe in enumerate(PROBES)
    for weight, place in _PLACES.items()
}
