"""A poisoning probe: one trick that a definition may play on the model or the reader, and how it is suspected."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from classifier.evidence import Evidence, Finding
from classifier.poisoning.texts import Text

Strength = Literal["hard", "soft"]
#: How strong, a sentence, and the first and last offset in the text.
Suspicion = tuple[Strength, str, int, int]
#: Longer quotes tell a reader nothing more.
_QUOTE = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class PoisoningProbe:
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
    #: Pattern of RE2 over the definition's JSON, in lower case or not: where it is not found, nothing is.
    trace: str
    suspect: Callable[[Text], Iterator[Suspicion]]

    def find(self, text: Text) -> Iterator[Finding]:
        """Every suspicion that one text raises."""
        for strength, message, start, end in self.suspect(text):
            end = min(end, start + _QUOTE)
            quote = text.text[start:end]
            evidence = Evidence(field=text.field, quote=quote, start=start, end=end)
            yield Finding(code=self.code, strength=strength, message=message, evidence=evidence)


def graded(overt: bool) -> Strength:
    """`hard` for what is overt, `soft` for what is only worth a look."""
    return "hard" if overt else "soft"
