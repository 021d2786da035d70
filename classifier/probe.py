"""A probe: one question about a definition, its documentation, and how it is answered with a quote."""

from collections.abc import Callable, Iterator

from msgspec import Struct

from classifier.cues import Cues
from classifier.evidence import Evidence, Signal
from classifier.view import Segment, View

_NOTHING = Cues()
#: How far words can be trusted by where they stand.
IN_NAME, IN_LEAD, IN_PARAMETER, IN_TEXT = 1.0, 0.9, 0.7, 0.5


class Probe(Struct, frozen=True, kw_only=True):
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

    def find(self, view: View) -> Iterator[Signal]:
        """Every place that shows the signal, in the order of the definition."""
        yield from self._in(self.name, view.name, IN_NAME)
        yield from self._in(self.name, view.title, IN_LEAD)
        for start, end in self.text.find(view.description.words, view.description.present):
            yield self._signal(view.description, start, end, in_text(view, start))
        for parameter in view.parameters:
            yield from self._in(self.parameters, parameter.name, IN_PARAMETER)
        if self.schema:
            for weight, evidence in self.schema(view):
                yield Signal(code=self.code, evidence=evidence, weight=weight)

    def _in(self, cues: Cues, segment: Segment, weight: float) -> Iterator[Signal]:
        for start, end in cues.find(segment.words, segment.present):
            yield self._signal(segment, start, end, weight)

    def _signal(self, segment: Segment, start: int, end: int, weight: float) -> Signal:
        return Signal(code=self.code, evidence=segment.evidence(start, end), weight=weight)


def in_text(view: View, start: int) -> float:
    """How far a find in the description can be trusted: more in its first sentence than in what follows."""
    return IN_LEAD if start < view.description.lead else IN_TEXT
