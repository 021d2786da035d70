"""A probe: one question about a definition, its documentation, and how it is answered with a quote."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from classifier.cues import Cues
from classifier.evidence import Evidence, Signal
from classifier.view import Segment, View

_NOTHING = Cues()
#: How far words can be trusted by where they stand.
_IN_NAME, _IN_LEAD, _IN_PARAMETER, _IN_TEXT = 1.0, 0.9, 0.7, 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """One signal of the guide: a yes-or-no question about what the definition shows, never about the category."""

    #: Long code, such as `spends-credits`.
    code: str
    #: A few words for a chip on a page.
    label: str
    question: str
    meaning: str
    #: Why it matters to whoever lets an agent call the tool.
    matters: str
    #: What to do about it.
    advice: str
    #: Phrases that show it in the name or title, ...
    name: Cues = _NOTHING
    #: ... in the description, ...
    text: Cues = _NOTHING
    #: ... as a parameter's name.
    parameters: Cues = _NOTHING
    #: Anything that words alone do not show, such as the shape of the schema; yields weight and quote.
    schema: Callable[[View], Iterator[tuple[float, Evidence]]] | None = None
    #: Where all of these words are absent, only `schema` can find anything.
    heads: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "heads", self.name.heads | self.text.heads | self.parameters.heads)

    def find(self, view: View) -> Iterator[Signal]:
        """Every place that shows the signal, in the order of the definition."""
        for weight, evidence in self._evidence(view):
            yield Signal(code=self.code, evidence=evidence, weight=weight)

    def _evidence(self, view: View) -> Iterator[tuple[float, Evidence]]:
        yield from _in_segment(self.name, view.name, _IN_NAME)
        yield from _in_segment(self.name, view.title, _IN_LEAD)
        yield from _in_text(self.text, view.description)
        for parameter in view.parameters:
            yield from _in_segment(self.parameters, parameter.name, _IN_PARAMETER)
        if self.schema:
            yield from self.schema(view)


def _in_segment(cues: Cues, segment: Segment, weight: float) -> Iterator[tuple[float, Evidence]]:
    for start, end in cues.find(segment.words, segment.present):
        yield weight, segment.evidence(start, end)


def _in_text(cues: Cues, segment: Segment) -> Iterator[tuple[float, Evidence]]:
    for start, end in cues.find(segment.words, segment.present):
        yield _IN_LEAD if start < segment.lead else _IN_TEXT, segment.evidence(start, end)
