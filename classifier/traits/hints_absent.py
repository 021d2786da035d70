"""Did the author declare nothing?"""

from collections.abc import Iterator

from classifier.categories import Category
from classifier.evidence import Evidence
from classifier.trait import TraitProbe
from classifier.view import View


def _absent(view: View, _: Category) -> Iterator[Evidence]:
    claims = view.tool.annotations
    if claims.read_only is None and claims.destructive is None:
        yield Evidence(field="annotations", quote="", start=0, end=0)


PROBE = TraitProbe(
    code="hints-absent",
    label="No hints",
    question="Does the definition say neither whether the tool only reads nor whether it destroys?",
    meaning="Neither `readOnlyHint` nor `destructiveHint` is given.",
    matters="A client that goes by annotations must assume the worst or guess.",
    advice="Go by the category here; ask the author for annotations.",
    seek=_absent,
)
