"""A trait: something about a parameter or an annotation that is worth knowing and is no risk by itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from classifier.categories import Category
from classifier.cues import Cues
from classifier.evidence import Evidence, Trait
from classifier.memo import Memo
from classifier.view import Parameter, View

#: Types of JSON Schema in which a caller can say anything; an absent type says as much.
FREE = frozenset({"string", "array", "object"})


@dataclass(frozen=True, kw_only=True, slots=True)
class TraitProbe:
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
    #: Yields the quotes that show it.
    seek: Callable[[View, Category], Iterator[Evidence]]

    def find(self, view: View, category: Category) -> Iterator[Trait]:
        """Every place that shows the trait, in the order of the definition."""
        for evidence in self.seek(view, category):
            yield Trait(code=self.code, evidence=evidence)


def named(
    cues: Cues, fits: Callable[[Parameter], bool] | None = None
) -> Callable[[View, Category], Iterator[Evidence]]:
    """Seek parameters by name, those only that a caller may fill with text unless *fits* says otherwise."""
    accept = fits or takes_text
    by_name = named_by(cues)

    def seek(view: View, _: Category) -> Iterator[Evidence]:
        for parameter in view.parameters:
            if by_name[parameter.words] and accept(parameter):
                yield parameter.whole()

    return seek


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
