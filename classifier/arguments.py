"""What the model looks at in the arguments of a call: their names, their shapes, and the values that they list."""

from collections.abc import Iterator, Sequence
from typing import Generic

from msgspec import Struct

from classifier.actions import MEANINGS
from classifier.lexicon import ACTS, THINGS
from classifier.memo import Memo
from classifier.traits.action_argument import gravest, listed, selectors
from classifier.view import Parameter, View
from classifier.vocabulary import Answer, Vocabulary
from classifier.words import words_of_name

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
#: Tells that an argument takes many values, ...
_MANY = "arr"
#: ... and that none is a place or an address, or takes many.
_NOTHING = ("0",)
_FORMATS = frozenset(
    ["uri", "uri-reference", "email", "date", "date-time", "uuid", "binary", "byte", "password", "hostname"]
)
#: By the number of arguments, the last for all higher ones.
_COUNTS = ("0", "1", "2", "3", "4-6", "4-6", "4-6", "7+")
_PARAMETERS = 40
_MEMBERS = 15
#: The verbs of the name and of the sentence, and the kinds of things that arguments are, and those that are reached by them.
_Met = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


class Arguments(Generic[Answer]):
    """Finds the features of arguments, as `classifier.features.Features` does those of the rest."""

    def __init__(self, vocabulary: Vocabulary[Answer]) -> None:
        answers = vocabulary.answers
        self._whole, self._many_of, self._count = map(vocabulary.behind, ("", "Ty:array:", "np:"))
        self._keys: Memo[tuple[str, ...], _Key[Answer]] = Memo(
            lambda words: _Key(answers(_of_key(words)), *_reached_by(words)), 20_000
        )
        self._members: Memo[str, tuple[Answer, ...]] = Memo(
            lambda member: answers(_of_member(member)), 20_000
        )
        self._met: Memo[_Met, tuple[Answer, ...]] = Memo(
            lambda met: answers([*_of_meetings(*met[:2]), *_of_reach(met[0], met[2])]), 5_000
        )

    def add(self, found: list[Answer | None], view: View) -> None:
        """Add the features of all arguments; some are there twice."""
        parameters = view.parameters[:_PARAMETERS]
        keys = self._add_names(found, parameters)
        many = [self._add_shape(found, parameter) for parameter in parameters]
        for name in _of_choices(view):
            found.append(self._whole(name))
        found.append(self._count(_COUNTS[min(len(view.parameters), len(_COUNTS) - 1)]))
        self._add_meetings(found, view, keys, (_MANY,) if True in many else (), _NOTHING)

    def add_described(self, found: list[Answer | None], view: View, told: Sequence[Parameter]) -> None:
        """Add what arguments show of which only the names are known; some features are there twice."""
        self._add_meetings(found, view, self._add_names(found, told))

    def _add_names(self, found: list[Answer | None], parameters: Sequence[Parameter]) -> list["_Key[Answer]"]:
        """Add what the names say by themselves, and give back what they come to."""
        keys = [self._keys[parameter.words] for parameter in parameters]
        for key in keys:
            found += key.found
        return keys

    def _add_meetings(
        self,
        found: list[Answer | None],
        view: View,
        keys: Sequence["_Key[Answer]"],
        many: tuple[str, ...] = (),
        nothing: tuple[str, ...] = (),
    ) -> None:
        """Add where verbs meet the arguments; *many* is reached too, and *nothing* stands for no reach."""
        verbs = tuple([action.verb for action in (view.named, view.at_once) if action])
        told = dict.fromkeys([kind for key in keys for kind in key.telling])
        reached = dict.fromkeys([kind for key in keys for kind in key.reached])
        found += self._met[verbs, tuple(told), (*reached, *many) or nothing]

    def _add_shape(self, found: list[Answer | None], parameter: Parameter) -> bool:
        """Add the values that an argument lists, whether it takes a whole object or many values, and the format of its text; tells whether many."""
        schema = parameter.schema
        for member in parameter.members[:_MEMBERS]:
            found += self._members[member]
        stated = schema.get("type")
        if stated in _PLAIN and "format" not in schema:
            return False
        types = (stated,) if isinstance(stated, str) else parameter.types
        many = "array" in types
        if many:
            found.append(self._whole(_MANY))
            found += map(self._many_of, parameter.words[-1:])
        elif "object" in types:
            found.append(self._whole("obj"))
        form = schema.get("format")
        if isinstance(form, str) and form in _FORMATS:
            found.append(self._whole("fmt:" + form))
        return many


class _Key(Struct, Generic[Answer], frozen=True):
    """What the words of an argument's name come to."""

    #: Features of the name by itself.
    found: tuple[Answer, ...]
    #: The kinds of things that say much about the call.
    telling: tuple[str, ...]
    #: Whether it is a place on the disk or an address.
    reached: tuple[str, ...]


def _of_key(words: tuple[str, ...]) -> Iterator[str]:
    yield "P:" + "_".join(words)
    for word in words:
        yield "p:" + word
        yield from ("Pt:" + kind for kind in THINGS.get(word, ()))
        yield from ("Pa:" + kind for kind in ACTS.get(word, ()))


def _reached_by(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The telling kinds of things, and what is reached."""
    places = (("path", _PATHS), ("url", _ADDRESSES))
    return (
        tuple(kind for word in words for kind in THINGS.get(word, ()) if kind in _TELLING),
        tuple(kind for kind, telling in places if not telling.isdisjoint(words)),
    )


def _of_member(member: str) -> tuple[str, ...]:
    words = words_of_name(member[:40])[:3]
    return ("e:" + member.lower(), *("Ea:" + kind for word in words for kind in ACTS.get(word, ())))


def _of_choices(view: View) -> list[str]:
    """Whether an argument chooses the action, and the gravest that it lists."""
    found = []
    for parameter in selectors(view):
        worst = gravest(listed(parameter))
        found += ["act", "act:" + worst[1]] if worst else ["act"]
    return found


def _of_meetings(verbs: Sequence[str], kinds: Sequence[str]) -> list[str]:
    """What the name's or the sentence's verb meets among the arguments: a query that takes SQL, a search that takes a path."""
    acts = [act for verb in verbs for act in ACTS.get(verb, ())]
    return [f"V*P:{act}*{kind}" for act in acts or "-" for kind in kinds]


def _of_reach(verbs: Sequence[str], reached: Sequence[str]) -> list[str]:
    """What the call does, with whether it takes a place on the disk, an address or many things at once."""
    return [f"cp:{MEANINGS[verb][0]}*{kind}" for verb in verbs for kind in reached] or [
        f"cp:-*{kind}" for kind in reached
    ]
