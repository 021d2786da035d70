"""Documents as JSON: laid out as the standard library lays them out."""

import json

import pytest

from crawler.tools import Json
from enforce.jsontext import dumped


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"a": [], "b": {}, "c": [1, [True, None], {"d": "e"}]},
        {"é\x7f\u2028": '“😀” \x00 \\ " / [1, 2] {}'},
        ["half a pair \ud800"],
    ],
)
def test_a_document_is_laid_out_in_ascii(document: Json) -> None:
    assert dumped(document) == json.dumps(document, indent=2) + "\n"
