"""A trait: something about a parameter or an annotation that is worth knowing and is no risk by itself."""

from collections.abc import Callable, Iterator

from msgspec import Struct

from classifier.categories import Category
from classifier.cues import Cues
from classifier.evidence import Evidence
from classifier.memo import Memo
from classifier.view import Parameter, View

#: Types of JSON Schema in which a caller can say anything; an absent type says as much.
FREE = frozenset({"string", "array", "object"})


class Named(Struct, frozen=True, kw_only=True):
    """Parameters that show a trait."""

    #: Phrases in the name, ...
    cues: Cues
    #: ... and what the schema must let a caller write.
    fits: Callable[[Parameter], bool]


class TraitProbe(Struct, frozen=True, kw_only=True):
    """One trait: its documentation, and how it is found once the category is known."""

    #: Such as `takes-url`.
    code: str
    #: A few words for a chip on a page.
    label: str
    question: str
    meaning: str
    #: Why it matters to whoever lets an agent call the tool.
    matters: str
    #: What to do about it.
    advice: str
    #: Parameters that show it, or what yields the quotes that do.
    seek: Named | Callable[[View, Category], Iterator[Evidence]]


def named(cues: Cues, fits: Callable[[Parameter], bool] | None = None) -> Named:
    """Seek parameters by name, those only that a caller may fill with text unless *fits* says otherwise."""
    return Named(cues=cues, fits=fits or takes_text)


def named_by(cues: Cues) -> Memo[tuple[str, ...], bool]:
    """By the words of a parameter's name, whether they fit the cues."""
    return Memo(lambda words: cues.occurs(words, frozenset(words)), 50_000)


def takes_text(parameter: Parameter) -> bool:
    """Whether the schema lets the caller write any text here."""
    types = parameter.types
    return (not types or not FREE.isdisjoint(types)) and not parameter.members


def takes_number(parameter: Parameter) -> bool:
    """Whether the schema lets the caller write a number here, as a number or as text."""
    types = parameter.types
    return not types or not types.isdisjoint(("number", "integer", "string"))
