"""May the caller write any amount of text?"""

from classifier.cues import Cues
from classifier.trait import TraitProbe, named, takes_text
from classifier.view import Parameter

_BOUNDS = frozenset({"maxLength", "pattern", "format", "enum", "const"})


def _is_open(parameter: Parameter) -> bool:
    return parameter.types == {"string"} and takes_text(parameter) and _BOUNDS.isdisjoint(parameter.schema)


PROBE = TraitProbe(
    code="unbounded-string",
    label="Unbounded text",
    question="May the caller write any amount of text into an argument?",
    meaning="A text argument has no maximum length, pattern, format or list of values.",
    matters="Whole documents fit through it, the private ones too.",
    advice="Set a length with `regex` in the policy where the tool can reach strangers.",
    seek=named(
        Cues(
            "content|text|body|message|prompt|data|html|markdown|code|script|payload|input|description|comment|instruction|instructions|context|note|notes|template|value"
        ),
        _is_open,
    ),
)
