"""Does an argument choose between several actions?"""

from collections.abc import Iterator

from classifier.actions import MEANINGS
from classifier.categories import Category
from classifier.cues import Cues
from classifier.evidence import Evidence
from classifier.trait import TraitProbe
from classifier.view import Parameter, View
from classifier.words import words_of_name

_SELECTOR = Cues(
    "action|operation|command|method|op|mode|subcommand|verb|task|cmd|act|actions",
    friends=["method id", "payment|shipping|auth|contact|delivery|http method", "task ~1 id|name|type|list"],
)


def selectors(view: View) -> Iterator[Parameter]:
    """Parameters that choose what a call does, by their name and their list of values."""
    for parameter in view.parameters:
        if any(_SELECTOR.find(parameter.name.words, parameter.name.present)) and parameter.members:
            yield parameter


def gravest_member(parameter: Parameter) -> tuple[str, Category] | None:
    """The gravest action among the values of *parameter*, with what it stands for; `None` if no value is a verb."""
    graded = [(member, category) for member in parameter.members if (category := _category(member))]
    return max(graded, key=lambda pair: pair[1].gravity, default=None)


def _category(member: str) -> Category | None:
    for word in words_of_name(member):
        if word in MEANINGS:
            return MEANINGS[word][0]
    return None


def _actions(view: View, _: Category) -> Iterator[Evidence]:
    for parameter in selectors(view):
        gravest = gravest_member(parameter)
        quote = gravest[0] if gravest else parameter.members[0]
        yield Evidence(field=f"{parameter.path}.enum", quote=quote, start=0, end=len(quote))


PROBE = TraitProbe(
    code="action-argument",
    label="Chooses its action",
    question="Does an argument choose between several actions?",
    meaning="One tool does several things, and an argument such as `action` or `operation` says which; the gravest is quoted.",
    matters="Whoever allows the tool for its harmless action allows the gravest one as well.",
    advice="Write a rule on that argument: require the actions that you want.",
    seek=_actions,
)
