"""Does the author call a tool changing that only reads?"""

from collections.abc import Iterator

from classifier.categories import Category
from classifier.evidence import Evidence
from classifier.trait import TraitProbe
from classifier.view import View


def _contradiction(view: View, category: Category) -> Iterator[Evidence]:
    claims = view.tool.annotations
    if category is not Category.READ:
        return
    if claims.destructive and not claims.read_only:
        yield Evidence(field="annotations", quote="destructiveHint: true", start=0, end=21)
    elif claims.read_only is False:
        yield Evidence(field="annotations", quote="readOnlyHint: false", start=0, end=19)


PROBE = TraitProbe(
    code="declared-change-but-reads",
    label="Claims to change something",
    question="Is the tool declared as changing something although everything about it reads?",
    meaning="The annotation says that the call changes or destroys, and neither name, description nor schema shows it.",
    matters="Either the author copied a default, or the call does more than its text admits.",
    advice="Look at the source if the tool matters to you; tell the author.",
    seek=_contradiction,
)
