"""Which arguments a description tells of, and what signals hang on them where there is no schema."""

from typing import Any

import pytest

from classifier import model
from classifier.categories import Category
from classifier.described import described
from classifier.features import DESCRIBED, names
from classifier.sight import look
from classifier.verdicts import classify
from classifier.view import View
from crawler.tools import Tool

TEXTS: dict[str, list[str]] = {
    "Grabs it.\n\nArgs:\n    target_url (str): Where it is.\n    depth: How far.\n\nReturns:\n    text: What was there.": [
        "target_url",
        "depth",
    ],
    "Adds a comment. Required parameters: - issue_key: The key. - `body` (string): The text.": [
        "issue_key",
        "body",
    ],
    "读取文件。参数：path: 文件路径": ["path"],  # noqa: RUF001
    "Counts.\n:param text: What to count.\n@param {string} unit what is counted": ["text", "unit"],
    "Args:\n  url: Such as https://example.org\n  url: Told twice": ["url"],
    "Looks things up. Example: name: value": [],
    "Takes nothing.": [],
    "": [],
}
CALL = "Gets it.\n\nArgs:\n    page_url: Where it is.\n    api_key: Your key."
SCHEMA = {"type": "object", "properties": {"page_url": {"type": "string"}, "api_key": {"type": "string"}}}


@pytest.mark.parametrize(("text", "told"), TEXTS.items())
def test_arguments_are_read_where_a_text_tells_of_them(text: str, told: list[str]) -> None:
    assert [parameter.key for parameter in described(text)] == told


def test_a_text_without_end_is_read_no_further_than_a_definition_is() -> None:
    assert len(described("Args: " + " ".join(f"a{number}: x" for number in range(50_000)))) == 20


def test_an_argument_shows_the_same_whether_text_or_schema_tells_of_it() -> None:
    told, stated = (
        names(view, look(view))
        for view in (View(_tool(description=CALL)), View(_tool(description="Gets it.", inputSchema=SCHEMA)))
    )
    found = [name.removeprefix(DESCRIBED) for name in told if name.startswith(DESCRIBED)]

    assert {"P:page_url", "p:key", "s:fetches-url:p", "s:handles-secrets"} <= set(found) <= set(stated)


def test_a_schema_makes_the_text_be_left_alone() -> None:
    view = View(_tool(description=CALL, inputSchema=SCHEMA))
    assert not [name for name in names(view, look(view)) if name.startswith(DESCRIBED)]


def test_categories_hang_on_no_argument_that_only_the_text_tells_of() -> None:
    weights, view = model.shipped(), View(_tool(description=CALL))
    plain = weights.features.find(View(_tool(description="Gets it.")), look(view))
    extra = [row for row in weights.features.find(view, look(view)) if row.name == "p:url"]

    assert plain
    assert [any(row.weights[: len(Category)]) for row in extra] == [False]
    assert [any(row.weights[len(Category) :]) for row in extra] == [True]


def test_a_signal_quotes_the_argument_in_the_text() -> None:
    shown = {signal.code: signal.evidence.quote for signal in classify(_tool(description=CALL)).signals}
    assert shown["handles-secrets"] in CALL


def _tool(**entry: Any) -> Tool:
    return Tool.read({"name": "get_it", **entry})
