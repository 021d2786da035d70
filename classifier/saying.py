"""What a feature tells a reader: who says it, and in which words."""

from classifier.actions import MEANINGS
from classifier.hints import HINTS
from classifier.lexicon import ACTS, THINGS
from classifier.signals import PROBES

#: What stands behind a feature that says nothing by itself: one of the two verbs of the definition, or an argument.
NAMED, TOLD = 0, 1
_HINTS = {hint.code: hint.sentence for hint in HINTS}
_LABELS = {probe.code: probe.label.lower() for probe in PROBES}
#: Kinds of features that a single word of the name, of the first sentence or of an argument's name stands behind.
NAME_WORD = frozenset({"n", "n0", "n1", "n9"})
TEXT_WORD = frozenset({"l", "w"})
_NAME_VERB = frozenset({"nv", "nc", "nmax", "NV", "NA", "NV*T", "NA*T", "nc*dc"})
_TEXT_VERB = frozenset({"dv", "dc", "lmax", "DV", "DA", "DV*T", "DA*T", "d0"})
_BY_KIND = {
    **dict.fromkeys(_NAME_VERB, NAMED),
    **dict.fromkeys(_TEXT_VERB, TOLD),
}
#: Kinds of features whose words stand in the definition.
_QUOTED = NAME_WORD | TEXT_WORD | {"p"}
_UNTOLD = frozenset(["all", "has", "is", "use", "the", "and", "data", "set", "no"])


#: A sentence; or NAMED or TOLD; or the words of an argument's name.
Said = str | int | tuple[str]


def said(name: str) -> Said | None:
    """What a feature says; `None` if nobody can be told."""
    kind, _, rest = name.partition(":")
    if kind in ("hl", "ht", "hn"):
        return _HINTS[rest]
    if kind == "nd*h":
        return _HINTS[rest.rpartition("*")[2]]
    if kind == "s":
        return f"It shows the signal “{_LABELS[rest.partition(':')[0]]}”"
    if kind == "nd*s":
        return f"It shows the signal “{_LABELS[rest.rpartition('*')[2]]}”"
    if kind in NAME_WORD:
        return f"The name says “{rest}”" if is_telling(rest) else None
    if kind in TEXT_WORD:
        return f"The description says “{rest}”" if is_telling(rest) else None
    if kind == "act" and rest:
        return f"An argument chooses the action, and the gravest that it lists is {rest}"
    return (rest,) if kind in ("p", "P") else _BY_KIND.get(kind)


def is_quoted(name: str) -> bool:
    """Whether a word of the definition stands behind a feature."""
    return name.partition(":")[0] in _QUOTED


def is_telling(word: str) -> bool:
    """Whether a word by itself says what a tool does."""
    known = word in MEANINGS or word in ACTS or word in THINGS
    return known and len(word) > 1 and word not in _UNTOLD
