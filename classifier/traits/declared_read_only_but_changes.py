"""Does the author call a tool read-only that changes something?"""

from collections.abc import Iterator

from classifier.categories import Category
from classifier.evidence import Evidence
from classifier.trait import TraitProbe
from classifier.view import View


def _contradiction(view: View, category: Category) -> Iterator[Evidence]:
    if view.tool.annotations.read_only and category is not Category.READ:
        yield Evidence(field="annotations", quote="readOnlyHint: true", start=0, end=18)


PROBE = TraitProbe(
    code="declared-read-only-but-changes",
    label="Claims to be read-only",
    question="Is the tool declared read-only although its text or schema shows a change?",
    meaning="The annotation `readOnlyHint: true` contradicts the name, the description or the arguments.",
    matters="A client that trusts the annotation lets the call through without asking.",
    advice="Trust the text, not the claim; tell the author.",
    seek=_contradiction,
)
