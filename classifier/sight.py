"""What the phrases of probes and hints show in a definition, each text of it read once."""

from msgspec import Struct

from classifier.cues import CueBook
from classifier.hints import HINTS
from classifier.memo import Memo
from classifier.probe import IN_LEAD, IN_NAME, IN_PARAMETER, in_text
from classifier.signals import PROBES, Hit
from classifier.view import Parameter, View


class Sight(Struct, frozen=True, gc=False):
    """All that was seen."""

    #: For every probe its first find in the name, the title, the description and the parameters' names.
    hits: list[Hit]
    #: Codes of the hints in the name ...
    named: list[str]
    #: ... and of those in the description, with the word at which each begins.
    told: list[tuple[str, int]]


# Probes come first in every book, and hints behind them.
_IN_NAMES = CueBook([*(probe.name for probe in PROBES), *(hint.name for hint in HINTS)])
_IN_TEXTS = CueBook([*(probe.text for probe in PROBES), *(hint.text for hint in HINTS)])
_IN_PARAMETERS = CueBook(probe.parameters for probe in PROBES)


def look(view: View) -> Sight:
    """Find the phrases of all probes and hints."""
    sight = Sight([], [], [])
    for found, (start, end) in _IN_NAMES.find(view.name.words, view.name.present).items():
        if found < len(PROBES):
            sight.hits.append(Hit(found, IN_NAME, view.name, start, end))
        else:
            sight.named.append(HINTS[found - len(PROBES)].code)
    for found, (start, end) in _IN_NAMES.find(view.title.words, view.title.present).items():
        if found < len(PROBES):
            sight.hits.append(Hit(found, IN_LEAD, view.title, start, end))
    for found, (start, end) in _IN_TEXTS.find(view.description.words, view.description.present).items():
        if found < len(PROBES):
            sight.hits.append(Hit(found, in_text(view, start), view.description, start, end))
        else:
            sight.told.append((HINTS[found - len(PROBES)].code, start))
    for parameter in view.parameters:
        for found, start, end in _BY_KEY[parameter.words]:
            sight.hits.append(Hit(found, IN_PARAMETER, parameter, start, end))
    return sight


def probes_of(parameter: Parameter) -> list[int]:
    """The positions of the probes that a parameter's name shows."""
    return [probe for probe, _, _ in _BY_KEY[parameter.words]]


def _in_key(words: tuple[str, ...]) -> tuple[tuple[int, int, int], ...]:
    found = _IN_PARAMETERS.find(words, frozenset(words))
    return tuple((probe, start, end) for probe, (start, end) in found.items())


#: Finds by the words of a parameter's name.
_BY_KEY = Memo(_in_key, 50_000)
