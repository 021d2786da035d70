"""May the caller write any amount of text?"""

from collections.abc import Iterator

from classifier.categories import Category
from classifier.cues import Cues
from classifier.evidence import Evidence
from classifier.trait import TraitProbe, named_by, takes_text
from classifier.view import Parameter, View

_free_text = named_by(
    Cues(
        "content|text|body|message|prompt|data|html|markdown|code|script|payload|input|description|comment|instruction|instructions|context|note|notes|template|value"
    )
)
_BOUNDS = ("maxLength", "pattern", "format", "enum", "const")


def _unbounded(view: View, _: Category) -> Iterator[Evidence]:
    for parameter in view.parameters:
        if _free_text[parameter.words] and _is_open(parameter):
            yield parameter.whole()


def _is_open(parameter: Parameter) -> bool:
    return (
        parameter.types == {"string"}
        and takes_text(parameter)
        and not any(bound in parameter.schema for bound in _BOUNDS)
    )


PROBE = TraitProbe(
    code="unbounded-string",
    label="Unbounded text",
    question="May the caller write any amount of text into an argument?",
    meaning="A text argument has no maximum length, pattern, format or list of values.",
    matters="Whole documents fit through it, the private ones too.",
    advice="Set a length with `regex` in the policy where the tool can reach strangers.",
    seek=_unbounded,
)
