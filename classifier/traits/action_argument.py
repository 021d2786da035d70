"""Does an argument choose between several actions?"""

import re
from collections.abc import Iterable, Iterator

from classifier.actions import leading
from classifier.categories import Category
from classifier.cues import Cues
from classifier.evidence import Evidence
from classifier.trait import TraitProbe, named_by
from classifier.view import Parameter, View
from classifier.words import words_of_name

_selects = named_by(
    Cues(
        "action|operation|command|method|op|mode|subcommand|verb|cmd|act|actions",
        friends=[
            "method id",
            "payment|shipping|auth|contact|delivery|http|request method",
            "dark|display|view mode",
        ],
    )
)
#: Values that a description lists in quotes or backticks.
_QUOTED = re.compile(r"[\"'`“]([A-Za-z][\w-]{1,30})[\"'`”]")


def selectors(view: View) -> list[Parameter]:
    """Parameters that choose what a call does, by their name."""
    if view.selectors is None:
        view.selectors = [parameter for parameter in view.parameters if _selects[parameter.words]]
    return view.selectors


def selects(parameter: Parameter) -> bool:
    """Whether a parameter chooses what a call does, by its name."""
    return _selects[parameter.words]


def listed(parameter: Parameter) -> tuple[str, ...]:
    """The actions that a selector allows, by its list of values or by what its description quotes."""
    return parameter.members or tuple(_QUOTED.findall(parameter.description))


def gravest(members: Iterable[str]) -> tuple[str, Category] | None:
    """The gravest of several actions with what it stands for; `None` if none is a verb."""
    graded = [(member, category) for member in members if (category := _category(member))]
    return max(graded, key=lambda pair: pair[1].gravity, default=None)


def _category(member: str) -> Category | None:
    action = leading(words_of_name(member))
    return action.category if action else None


def _actions(view: View, _: Category) -> Iterator[Evidence]:
    for parameter in selectors(view):
        members = listed(parameter)
        if len(members) > 1:
            worst = gravest(members)
            quote = worst[0] if worst else members[0]
            if parameter.members:
                yield Evidence(field=f"{parameter.path}.enum", quote=quote, start=0, end=len(quote))
            else:
                at = parameter.description.index(quote)
                yield Evidence(
                    field=f"{parameter.path}.description", quote=quote, start=at, end=at + len(quote)
                )


PROBE = TraitProbe(
    code="action-argument",
    label="Chooses its action",
    question="Does an argument choose between several actions?",
    meaning="One tool does several things, and an argument such as `action` or `operation` says which; the gravest is quoted.",
    matters="Whoever allows the tool for its harmless action allows the gravest one as well.",
    advice="Write a rule on that argument: require the actions that you want.",
    seek=_actions,
)
