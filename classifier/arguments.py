"""What the model looks at in the arguments of a call: their names, their shapes, and the values that they list."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from classifier.actions import MEANINGS
from classifier.lexicon import ACTS, THINGS
from classifier.memo import Memo
from classifier.traits.action_argument import gravest, listed, selectors
from classifier.view import Parameter, View
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
#: Tells that an argument takes many values.
_MANY = "arr"
_FORMATS = frozenset(
    ["uri", "uri-reference", "email", "date", "date-time", "uuid", "binary", "byte", "password", "hostname"]
)
_PARAMETERS = 40
_MEMBERS = 15


def of_arguments(view: View) -> list[str]:
    """The names of all features of the arguments; some are there twice."""
    parameters = view.parameters[:_PARAMETERS]
    keys = [_KEYS[parameter.words] for parameter in parameters]
    found = [name for key in keys for name in key.names]
    shapes = [name for parameter in parameters for name in _of_shape(parameter)]
    found += shapes
    found += _of_choices(view)
    count = len(view.parameters)
    found.append(f"np:{count if count < 4 else '4-6' if count < 7 else '7+'}")
    verbs = [action.verb for action in (view.named, view.at_once) if action]
    found += _of_meetings(verbs, keys)
    found += _of_reach(verbs, keys, many=_MANY in shapes)
    return found


class _Key(Struct, frozen=True):
    """What the words of an argument's name come to."""

    #: Features of the name by itself.
    names: tuple[str, ...]
    #: The kinds of things that say much about the call.
    telling: tuple[str, ...]
    #: Whether it is a place on the disk or an address.
    reached: tuple[str, ...]


def _read_key(words: tuple[str, ...]) -> _Key:
    names = ["P:" + "_".join(words)]
    for word in words:
        names.append("p:" + word)
        names += ["Pt:" + kind for kind in THINGS.get(word, ())]
        names += ["Pa:" + kind for kind in ACTS.get(word, ())]
    places = (("path", _PATHS), ("url", _ADDRESSES))
    return _Key(
        names=tuple(names),
        telling=tuple(kind for word in words for kind in THINGS.get(word, ()) if kind in _TELLING),
        reached=tuple(kind for kind, telling in places if not telling.isdisjoint(words)),
    )


#: By the words of arguments' names, because these repeat.
_KEYS = Memo(_read_key, 20_000)


def _of_shape(parameter: Parameter) -> Sequence[str]:
    """Whether an argument takes many values or a whole object, the format of its text, and the values that it lists."""
    schema = parameter.schema
    found = [name for member in parameter.members[:_MEMBERS] for name in _MEMBER[member]]
    stated = schema.get("type")
    if stated in _PLAIN and "format" not in schema:
        return found
    types = (stated,) if isinstance(stated, str) else parameter.types
    if "array" in types:
        found += [_MANY, *("Ty:array:" + word for word in parameter.words[-1:])]
    elif "object" in types:
        found.append("obj")
    form = schema.get("format")
    if isinstance(form, str) and form in _FORMATS:
        found.append("fmt:" + form)
    return found


def _of_member(member: str) -> tuple[str, ...]:
    words = words_of_name(member[:40])[:3]
    return ("e:" + member.lower(), *("Ea:" + kind for word in words for kind in ACTS.get(word, ())))


#: By the values that arguments list.
_MEMBER = Memo(_of_member, 20_000)


def _of_choices(view: View) -> list[str]:
    """Whether an argument chooses the action, and the gravest that it lists."""
    found = []
    for parameter in selectors(view):
        worst = gravest(listed(parameter))
        found += ["act", "act:" + worst[1]] if worst else ["act"]
    return found


def _of_meetings(verbs: Sequence[str], keys: Iterable[_Key]) -> list[str]:
    """What the name's or the sentence's verb meets among the arguments: a query that takes SQL, a search that takes a path."""
    kinds = dict.fromkeys([kind for key in keys for kind in key.telling])
    acts = [act for verb in verbs for act in ACTS.get(verb, ())] if kinds else ()
    return [f"V*P:{act}*{kind}" for act in acts or "-" for kind in kinds]


def _of_reach(verbs: Sequence[str], keys: Iterable[_Key], *, many: bool) -> list[str]:
    """What the call does, with whether it takes a place on the disk, an address or many things at once."""
    reached = [kind for key in keys for kind in key.reached]
    if many:
        reached.append(_MANY)
    kinds = dict.fromkeys(reached) or "0"
    return [f"cp:{MEANINGS[verb][0]}*{kind}" for verb in verbs for kind in kinds] or [
        f"cp:-*{kind}" for kind in kinds
    ]
