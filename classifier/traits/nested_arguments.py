"""Do arguments hide inside other arguments?"""

from collections.abc import Iterator

from classifier.categories import Category
from classifier.evidence import Evidence
from classifier.trait import TraitProbe
from classifier.view import View


def _nested(view: View, _: Category) -> Iterator[Evidence]:
    for parameter in view.parameters:
        if parameter.depth >= 2 or (parameter.types == {"object"} and not parameter.schema.get("properties")):
            yield parameter.whole()
            return


PROBE = TraitProbe(
    code="nested-arguments",
    label="Nested arguments",
    question="Do arguments hide two or more levels inside other arguments, or in an object without a shape?",
    meaning="What a call does stands deep inside an object, or in an object that may hold anything.",
    matters="Rules on top-level arguments do not see it.",
    advice="Write rules with the whole path, and deny what the schema does not list.",
    seek=_nested,
)
