"""A poisoning probe: one trick that a definition may play on the model or the reader, and how it is suspected."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from classifier.evidence import Evidence, Finding
from classifier.poisoning.sayings import Saying, Strength, Suspicion, heard
from classifier.poisoning.texts import Text

#: Longer quotes tell a reader nothing more.
_QUOTE = 300


class PoisoningProbe(Struct, frozen=True, kw_only=True):
    """One trick: its documentation, and how it is suspected in one text of a definition."""

    #: Such as `hidden-characters`.
    code: str
    #: A few words for a chip on a page.
    label: str
    question: str
    meaning: str
    #: Why it matters to whoever lets an agent see the definition.
    matters: str
    #: What to do about it.
    advice: str
    #: What hostile sentences are made of, ...
    sayings: tuple[Saying, ...] = ()
    #: ... and whatever sentences do not show.
    suspect: Callable[[Text], Iterator[Suspicion]] | None = None
    #: A pattern of RE2 over the whole definition: where it is not found, `suspect` finds nothing.
    trace: str = ""

    def find(
        self, text: Text, sayings: Sequence[Saying] | None = None, *, traced: bool = True
    ) -> Iterator[Finding]:
        """Every suspicion that one text raises, each sentence once; of *sayings* only where they are given, of `suspect` only where *traced*."""
        told: set[tuple[Strength, str]] = set()
        for strength, message, start, end in self._suspicions(
            text, self.sayings if sayings is None else sayings, traced
        ):
            if (strength, message) in told:
                continue
            told.add((strength, message))
            end = min(end, start + _QUOTE)
            quote = text.text[start:end]
            evidence = Evidence(field=text.field, quote=quote, start=start, end=end)
            yield Finding(code=self.code, strength=strength, message=message, evidence=evidence)

    def _suspicions(self, text: Text, sayings: Sequence[Saying], traced: bool) -> Iterator[Suspicion]:
        yield from heard(text, sayings)
        if traced and self.suspect:
            yield from self.suspect(text)


def graded(overt: bool) -> Strength:
    """`hard` for what is overt, `soft` for what is only worth a look."""
    return "hard" if overt else "soft"
