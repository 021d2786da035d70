"""What the model looks at in a definition: words by where they stand, kinds of acts and things, probes and hints."""

from collections.abc import Collection, Container, Iterable, Sequence
from functools import cache
from typing import Generic

from classifier.actions import MEANINGS, NOUNS, Action
from classifier.arguments import Arguments
from classifier.categories import Category
from classifier.cues import DENIALS
from classifier.described import described
from classifier.lexicon import ACTS, THINGS
from classifier.memo import Memo
from classifier.probe import IN_PARAMETER
from classifier.sight import Sight, probes_of
from classifier.signals import PROBES
from classifier.view import View
from classifier.vocabulary import Answer, Vocabulary

_PLACES = {1.0: "n", 0.9: "l", 0.7: "p", 0.5: "t"}
_LEAD = 40
_REST = 80
_NEAR = 8
_FRONT = 14
_BEHIND = 6
_CATEGORIES = tuple(category.value for category in Category)
_ACTS = frozenset(kind for kinds in ACTS.values() for kind in kinds)
#: By verb: the gravity of what it usually stands for.
_GRAVITY = {verb: meant[0].gravity for verb, meant in MEANINGS.items()}
#: Stands in front of the features of arguments that only the description tells of: signals hang on them as on those of a
#: schema, and categories do not.
DESCRIBED = "~"
#: Hints that settle what the verbs leave open: they count for what the verbs come to, too.
SETTLING = frozenset(
    [
        *("reads-only", "reading-language", "restorable", "removes-link", "removes-mark", "takes-off"),
        *(
            "waits",
            "draft",
            "computes",
            "runs-local-check",
            "saves-file",
            "cancels-running",
            "starts-workload",
        ),
    ]
)
#: After one of these, what the next words say does not happen.
_SILENCED = 3
_SETTLES = SETTLING.__contains__
_IS_ACT, _IS_GRAVE = ACTS.__contains__, _GRAVITY.__contains__


class Features(Generic[Answer]):
    """Finds the features of definitions, as what a vocabulary has for their names, which are those of a weights file.

    Those of arguments that only the description tells of are looked for in *described*, and left out without it.
    """

    def __init__(self, vocabulary: Vocabulary[Answer], described: Vocabulary[Answer] | None = None) -> None:
        answers, behind = vocabulary.answers, vocabulary.behind
        self._known = vocabulary.known
        self._named, self._first, self._second, self._last = map(behind, ("n:", "n0:", "n1:", "n9:"))
        self._led, self._at_front, self._followed = map(behind, ("l:", "d0:", "w:"))
        self._whole, self._hinted = map(behind, ("", "hn:"))
        self._gravest_of_name, self._gravest_of_lead = map(behind, ("nmax:", "lmax:"))
        self._verbs: Memo[tuple[str, str], tuple[Answer, ...]] = Memo(
            lambda verbs: answers(_of_pair(*verbs)), 5_000
        )
        self._kinds_of_name, self._kinds_of_lead = _Kinds(vocabulary, "N"), _Kinds(vocabulary, "D")
        self._later: Memo[str, tuple[Answer, ...]] = Memo(
            lambda word: answers(["R:" + kind for kind in ACTS[word]]), len(ACTS)
        )
        self._arguments = Arguments(vocabulary)
        self._described = _Described(described) if described else None
        self._shown: Memo[tuple[int, float, str, str], tuple[Answer, ...]] = Memo(
            lambda hit: answers(_of_hit(*hit)), len(PROBES) * len(_PLACES) * (len(_CATEGORIES) + 1) ** 2
        )

        self._settled: Memo[tuple[str, str, str], tuple[Answer, ...]] = Memo(
            lambda met: answers([f"nd*h:{met[1]}*{met[2]}*{met[0]}"]),
            len(SETTLING) * (len(_CATEGORIES) + 1) ** 2,
        )

    def find(self, view: View, sight: Sight) -> Collection[Answer]:
        """All features that a definition has, each once."""
        words, lead = view.name.words, view.lead[:_LEAD]
        text, end_of_lead = view.description, len(lead)
        rest = text.words[text.lead : text.lead + _REST]
        if not DENIALS.isdisjoint(text.present):
            lead, rest = _asserted(lead), _asserted(rest)
        found = list(map(self._named, words))
        if words:
            found += self._first(words[0]), self._last(words[-1])
            if len(words) > 1:
                found.append(self._second(words[1]))
        found += map(self._named, view.title.words)
        self._add_verbs(found, view)
        found += map(self._hinted, sight.named)
        found += map(self._led, lead)
        if lead:
            found.append(self._at_front(lead[0]))
        found += map(self._followed, rest)
        # What is said of when to call a tool tells nothing of what it does.
        told = [(code, start) for code, start in sight.told if start >= text.skipped]
        for code, start in told:
            found.append(self._whole(("hl:" if start < end_of_lead else "ht:") + code))
        for word in filter(_IS_ACT, rest):
            found += self._later[word]
        self._arguments.add(found, view)
        name_kind, lead_kind = _kind(view.named), _kind(view.told)
        for code in filter(_SETTLES, dict.fromkeys([*sight.named, *[code for code, _ in told]])):
            found += self._settled[code, name_kind, lead_kind]
        for hit in sight.hits:
            found += self._shown[hit.probe, hit.weight, name_kind, lead_kind]
        if self._described and not view.parameters:
            self._described.add(found, view, sight, name_kind, lead_kind)
        each = dict.fromkeys(found)
        each.pop(None, None)
        return each  # type: ignore[return-value]  # without None

    def _add_verbs(self, found: list[Answer | None], view: View) -> None:
        """The verb of the name and that of the first sentence, alone, together, and with what they act on."""
        words, lead = view.name.words, view.lead
        named, told = view.named, view.told
        name_verb, lead_verb = named.verb if named else "-", told.verb if told else "-"
        found += self._verbs[name_verb, lead_verb]
        if named:
            self._add_known(found, f"nv>{name_verb}_", words[named.end :])
        if told:
            self._add_known(found, f"dv>{lead_verb}_", lead[told.end : told.end + _BEHIND])
        grave = [
            _GRAVITY[one] for at, one in enumerate(words) if one in _GRAVITY and (at == 0 or one not in NOUNS)
        ]
        if grave:
            found.append(self._gravest_of_name(_CATEGORIES[max(grave)]))
        grave = [_GRAVITY[word] for word in filter(_IS_GRAVE, lead)]
        if grave:
            found.append(self._gravest_of_lead(_CATEGORIES[max(grave)]))
        self._kinds_of_name.add(found, words, named.start if named else -1, name_verb)
        told_at = told.start if told and told.start < _FRONT else -1
        self._kinds_of_lead.add(found, lead[:_FRONT], told_at, lead_verb if told_at >= 0 else "-")

    def _add_known(self, found: list[Answer | None], begin: str, words: Iterable[str]) -> None:
        """Add what is known of words behind *begin*, which few are."""
        known = self._known
        for word in words:
            name = begin + word
            if name in known:
                found.append(self._whole(name))


def names(view: View, sight: Sight) -> list[str]:
    """The names of all features of a definition, as they stand in a weights file."""
    return list(_by_name().find(view, sight))


def _asserted(words: Sequence[str]) -> list[str]:
    """The words without those that a denial says do not happen."""
    kept, silent = [], 0
    for word in words:
        if word in DENIALS:
            silent = _SILENCED
        elif silent:
            silent -= 1
            continue
        kept.append(word)
    return kept


class _Every(Container[str]):
    def __contains__(self, name: object) -> bool:
        return True


@cache
def _by_name() -> Features[str]:
    return Features(Vocabulary(str, _Every()), Vocabulary(DESCRIBED.__add__, _Every()))


def _of_pair(name_verb: str, lead_verb: str) -> tuple[str, ...]:
    """What the verb of the name and that of the first sentence are alone and together."""
    name_kind, lead_kind = (
        _CATEGORIES[_GRAVITY[verb]] if verb in _GRAVITY else "-" for verb in (name_verb, lead_verb)
    )
    return (
        "nv:" + name_verb,
        "nc:" + name_kind,
        "dv:" + lead_verb,
        "dc:" + lead_kind,
        f"nc*dc:{name_kind}*{lead_kind}",
        f"nv*dv:{name_verb}*{lead_verb}",
        *(f"NV*DV:{act}*{other}" for act in ACTS.get(name_verb, "-") for other in ACTS.get(lead_verb, "-")),
    )


def _of_hit(probe: int, weight: float, name_kind: str, lead_kind: str) -> tuple[str, ...]:
    """What a probe's find is, by the probe's position and the place of the find, and with what the verbs come to."""
    code = PROBES[probe].code
    return "s:" + code, f"s:{code}:{_PLACES[weight]}", f"nd*s:{name_kind}*{lead_kind}*{code}"


def _kind(action: Action | None) -> str:
    """What a verb usually comes to."""
    return _CATEGORIES[_GRAVITY[action.verb]] if action else "-"


class _Described(Generic[Answer]):
    """Finds the features of the arguments that a description tells of."""

    def __init__(self, vocabulary: Vocabulary[Answer]) -> None:
        self._arguments = Arguments(vocabulary)
        self._shown: Memo[tuple[int, str, str], tuple[Answer, ...]] = Memo(
            lambda hit: vocabulary.answers(_of_hit(hit[0], IN_PARAMETER, *hit[1:])),
            len(PROBES) * (len(_CATEGORIES) + 1) ** 2,
        )
        self._again: Memo[int, tuple[Answer, ...]] = Memo(
            lambda probe: vocabulary.answers([f"s:{PROBES[probe].code}:{_PLACES[IN_PARAMETER]}"]), len(PROBES)
        )

    def add(
        self, found: list[Answer | None], view: View, sight: Sight, name_kind: str, lead_kind: str
    ) -> None:
        """Add them; some are there twice, and none that *sight* shows already."""
        told = described(view.description.text)
        if told:
            self._arguments.add_described(found, view, told)
            shown = {hit.probe for hit in sight.hits}
            for probe in {probe for parameter in told for probe in probes_of(parameter)}:
                found += self._again[probe] if probe in shown else self._shown[probe, name_kind, lead_kind]


class _Kinds(Generic[Answer]):
    """Kinds of acts and things among words, and the pairs of an act with a thing near it."""

    def __init__(self, vocabulary: Vocabulary[Answer], place: str) -> None:
        answers, behind = vocabulary.answers, vocabulary.behind
        self._acts: Memo[str, tuple[Answer, ...]] = Memo(
            lambda word: answers([f"{place}a:{kind}" for kind in ACTS[word]]), len(ACTS)
        )
        self._things = behind(place + "t:")
        self._first, self._verb = behind(place + "A:"), behind(place + "V:")
        self._firsts = {kind: behind(f"{place}A*T:{kind}*") for kind in _ACTS}
        self._verbs = {kind: behind(f"{place}V*T:{kind}*") for kind in _ACTS}

    def add(self, found: list[Answer | None], words: Sequence[str], verb_at: int, verb: str) -> None:
        """Add what stands among *words*, whose verb is *verb*."""
        acts = [at for at, word in enumerate(words) if word in ACTS]
        things = [(at, kind) for at, word in enumerate(words) if word in THINGS for kind in THINGS[word]]
        for at in acts:
            found += self._acts[words[at]]
        found += [self._things(kind) for _, kind in things]
        if not acts:
            found.append(self._first("-"))
            return
        first = acts[0]
        near = [thing for at, thing in things if at != first and at - first <= _NEAR]
        for kind in ACTS[words[first]]:
            found.append(self._first(kind))
            found += map(self._firsts[kind], near)
        near = [thing for at, thing in things if at != verb_at and abs(at - verb_at) <= _NEAR]
        for kind in ACTS.get(verb, ()):
            found.append(self._verb(kind))
            found += map(self._verbs[kind], near)
