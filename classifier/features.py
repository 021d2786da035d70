"""What the model looks at in a definition: words by where they stand, kinds of acts and things, probes and hints."""

from collections.abc import Iterator, Sequence

from classifier import hints
from classifier.actions import MEANINGS, NOUNS
from classifier.lexicon import ACTS, THINGS
from classifier.memo import Memo
from classifier.signals import PROBES, Hit
from classifier.traits.action_argument import gravest, listed, selectors
from classifier.view import Parameter, View
from classifier.words import words_of_name

_PLACES = {1.0: "n", 0.9: "l", 0.7: "p", 0.5: "t"}
_LEAD = 40
_REST = 80
_NEAR = 8
#: Arguments that say much about a call, by the kind of thing that they name.
_TELLING = frozenset(
    [
        "query",
        "readlang",
        "code",
        "shell",
        "http",
        "ui",
        "money",
        "crypto",
        "outfile",
        "secret",
        "message",
        "web",
        "collection",
        "path",
    ]
)
_PATHS = frozenset(["path", "file", "dir", "directory", "folder", "filename", "filepath"])
_ADDRESSES = frozenset(["url", "uri", "link", "website", "host", "hostname", "domain", "endpoint", "address"])
#: Types whose arguments take one plain value.
_PLAIN = ("string", "integer", "number", "boolean")
#: Tells that an argument takes many values.
_MANY = "arr"
_FORMATS = frozenset(
    ["uri", "uri-reference", "email", "date", "date-time", "uuid", "binary", "byte", "password", "hostname"]
)
_FRONT = 14
_PARAMETERS = 40


def features(view: View, hits: Sequence[Hit]) -> list[str]:
    """The names of all features that a definition has, each once."""
    names = list(_of_name(view))
    names += _of_description(view)
    names += _of_parameters(view)
    names += _of_meetings(view)
    names += _of_reach(view, many=_MANY in names)
    names += _of_probes(hits)
    return list(dict.fromkeys(names))


def _of_name(view: View) -> Iterator[str]:
    words = view.name.words
    for word in words:
        yield "n:" + word
    if words:
        yield "n0:" + words[0]
        yield "n9:" + words[-1]
        if len(words) > 1:
            yield "n1:" + words[1]
    for word in view.title.words:
        yield "n:" + word
    yield from _of_verbs(view)
    for hint in hints.in_name(words, view.name.present):
        yield "hn:" + hints.HINTS[hint].code


def _of_verbs(view: View) -> Iterator[str]:
    """The verb of the name and that of the first sentence, alone, together, and with what they act on."""
    words, lead = view.name.words, view.lead
    named, told = view.named, view.told
    name_verb, name_kind = (named.verb, named.category) if named else ("-", "-")
    lead_verb, lead_kind = (told.verb, told.category) if told else ("-", "-")
    yield "nv:" + name_verb
    yield "nc:" + name_kind
    yield "dv:" + lead_verb
    yield "dc:" + lead_kind
    yield f"nc*dc:{name_kind}*{lead_kind}"
    yield f"nv*dv:{name_verb}*{lead_verb}"
    if named:
        for word in words[named.end :]:
            yield f"nv>{name_verb}_{word}"
    if told:
        for word in lead[told.end : told.end + 6]:
            yield f"dv>{lead_verb}_{word}"
    grave = [
        MEANINGS[word][0]
        for at, word in enumerate(words)
        if word in MEANINGS and (at == 0 or word not in NOUNS)
    ]
    if grave:
        yield "nmax:" + max(grave, key=lambda category: category.gravity)
    grave = [MEANINGS[word][0] for word in lead if word in MEANINGS]
    if grave:
        yield "lmax:" + max(grave, key=lambda category: category.gravity)
    for act in ACTS.get(name_verb, "-"):
        for other in ACTS.get(lead_verb, "-"):
            yield f"NV*DV:{act}*{other}"
    yield from _of_kinds("N", words, named.start if named else -1, name_verb)
    told_at = told.start if told and told.start < _FRONT else -1
    yield from _of_kinds("D", lead[:_FRONT], told_at, lead_verb if told_at >= 0 else "-")


def _of_kinds(place: str, words: Sequence[str], verb_at: int, verb: str) -> Iterator[str]:
    """Kinds of acts and things among *words*, and the pairs of an act with a thing near it."""
    acts = [(at, kind) for at, word in enumerate(words) if word in ACTS for kind in ACTS[word]]
    things = [(at, kind) for at, word in enumerate(words) if word in THINGS for kind in THINGS[word]]
    for _, kind in acts:
        yield f"{place}a:{kind}"
    for _, kind in things:
        yield f"{place}t:{kind}"
    if not acts:
        yield place + "A:-"
        return
    first = acts[0][0]
    for at, kind in acts:
        if at == first:
            yield f"{place}A:{kind}"
            for where, thing in things:
                if where != first and where - first <= _NEAR:
                    yield f"{place}A*T:{kind}*{thing}"
    for kind in ACTS.get(verb, ()):
        yield f"{place}V:{kind}"
        for where, thing in things:
            if where != verb_at and abs(where - verb_at) <= _NEAR:
                yield f"{place}V*T:{kind}*{thing}"


def _of_description(view: View) -> list[str]:
    words, lead = view.description.words, view.lead[:_LEAD]
    names = ["l:" + word for word in lead]
    if lead:
        names.append("d0:" + lead[0])
    for word in words[len(view.lead) : len(view.lead) + _REST]:
        names.append("w:" + word)
        if word in ACTS:
            names += ["R:" + kind for kind in ACTS[word]]
    for hint, (start, _) in hints.in_text(words, view.description.present).items():
        names.append(("hl:" if start < len(lead) else "ht:") + hints.HINTS[hint].code)
    return names


def _of_parameters(view: View) -> Iterator[str]:
    for parameter in view.parameters[:_PARAMETERS]:
        yield from _of_key(parameter.words)
        if parameter.schema.get("type") not in _PLAIN or "format" in parameter.schema:
            yield from _of_shape(parameter)
        for member in parameter.members[:15]:
            yield "e:" + member.lower()
            for word in words_of_name(member[:40])[:3]:
                for kind in ACTS.get(word, ()):
                    yield "Ea:" + kind
    for parameter in selectors(view):
        members = listed(parameter)
        yield "act"
        worst = gravest(members)
        if worst:
            yield "act:" + worst[1]
    count = len(view.parameters)
    yield f"np:{count if count < 4 else '4-6' if count < 7 else '7+'}"


def _of_shape(parameter: Parameter) -> Iterator[str]:
    """Whether an argument takes many values or a whole object, and the format that its text must have."""
    stated = parameter.schema.get("type")
    types = (stated,) if isinstance(stated, str) else parameter.types
    if "array" in types:
        yield _MANY
        if parameter.words:
            yield "Ty:array:" + parameter.words[-1]
    elif "object" in types:
        yield "obj"
    form = parameter.schema.get("format")
    if isinstance(form, str) and form in _FORMATS:
        yield "fmt:" + form


def _of_reach(view: View, *, many: bool) -> Iterator[str]:
    """What the call does, with whether it takes a place on the disk, an address or many things at once."""
    reached = {kind for parameter in view.parameters[:_PARAMETERS] for kind in _REACHED[parameter.words]}
    if many:
        reached.add(_MANY)
    for category in {action.category for action in (view.named, view.at_once) if action} or ("-",):
        for kind in reached or ("0",):
            yield f"cp:{category}*{kind}"


#: By the words of an argument's name: whether it is a place on the disk or an address.
_REACHED: Memo[tuple[str, ...], tuple[str, ...]] = Memo(
    lambda words: tuple(
        kind for kind, telling in (("path", _PATHS), ("url", _ADDRESSES)) if not telling.isdisjoint(words)
    ),
    20_000,
)
#: What argument names come to, because they repeat; emptied when full.
_KEYS: dict[tuple[str, ...], tuple[str, ...]] = {}
_KEYS_MAX = 20_000


def _of_key(words: tuple[str, ...]) -> tuple[str, ...]:
    known = _KEYS.get(words)
    if known is None:
        if len(_KEYS) >= _KEYS_MAX:
            _KEYS.clear()
        parts = ["P:" + "_".join(words)]
        for word in words:
            parts.append("p:" + word)
            parts += ["Pt:" + kind for kind in THINGS.get(word, ())]
            parts += ["Pa:" + kind for kind in ACTS.get(word, ())]
        known = _KEYS[words] = tuple(parts)
    return known


def _of_meetings(view: View) -> Iterator[str]:
    """What the name's or the sentence's verb meets among the arguments: a query that takes SQL, a search that takes a path."""
    words = {word for parameter in view.parameters[:_PARAMETERS] for word in parameter.words}
    kinds = {kind for word in words if word in THINGS for kind in THINGS[word] if kind in _TELLING}
    if kinds:
        verbs = {
            kind for action in (view.named, view.at_once) if action for kind in ACTS.get(action.verb, ())
        }
        for verb in verbs or ("-",):
            for kind in kinds:
                yield f"V*P:{verb}*{kind}"


def _of_probes(hits: Sequence[Hit]) -> Iterator[str]:
    for hit in hits:
        code = PROBES[hit.probe].code
        yield "s:" + code
        yield f"s:{code}:{_PLACES[hit.weight]}"
