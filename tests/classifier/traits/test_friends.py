"""What each trait is found in, with its quote, and what only looks like it."""

from typing import Any

import pytest

from classifier.categories import Category
from classifier.evidence import Evidence, Trait
from classifier.traits import PROBES, find_all
from classifier.view import View
from crawler.tools import Tool

TEXT = {"type": "string"}
NUMBER = {"type": "number"}


def found(
    properties: dict[str, Any], category: Category = Category.WRITE, annotations: dict[str, Any] | None = None
) -> list[Trait]:
    """Every trait of a tool with these arguments."""
    schema = {"type": "object", "properties": properties}
    entry = {"name": "act", "description": "Acts.", "inputSchema": schema, "annotations": annotations or {}}
    return list(find_all(View(Tool.read(entry)), category))


def codes(*arguments: Any, **keywords: Any) -> set[str]:
    """The codes alone, without the one that every tool here has."""
    return {trait.code for trait in found(*arguments, **keywords)} - {"hints-absent"}


#: By trait: arguments that show it, then arguments that seem to.
ARGUMENTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "takes-url": (
        {"url": TEXT, "webhookUrl": TEXT, "host": TEXT},
        {"endpoint_id": TEXT, "host_uuid": TEXT, "url": NUMBER},
    ),
    "takes-path": (
        {"path": TEXT, "outputPath": TEXT, "directory": TEXT},
        {"file_id": TEXT, "path_params": TEXT, "file_size": NUMBER},
    ),
    "takes-command": ({"command": TEXT, "argv": {"type": "array"}}, {"command_id": TEXT}),
    "takes-query": (
        {
            "sql": TEXT,
            "query_string": TEXT,
            "cypher": TEXT,
            "query": TEXT | {"description": "SQL query to execute"},
        },
        {
            "q": TEXT,
            "query": TEXT | {"description": "What to look for"},
            "search_query": TEXT | {"description": "No SQL"},
            "sql_dialect": {"enum": ["ansi"]},
        },
    ),
    "takes-code": (
        {"code": TEXT, "script": TEXT},
        {"country_code": TEXT, "zipCode": TEXT, "error_code": TEXT, "script_id": TEXT},
    ),
    "takes-html": ({"html": TEXT, "svg": TEXT}, {"template_id": TEXT, "html_url": TEXT}),
    "takes-recipient": (
        {"to": TEXT, "recipients": {"type": "array"}, "bcc": TEXT},
        {"to_date": TEXT, "email_template_id": TEXT, "to_currency": TEXT},
    ),
    "takes-amount": (
        {"amount": NUMBER, "price": NUMBER, "quantity": NUMBER},
        {"min_price": NUMBER, "price_id": TEXT, "amount": {"type": "boolean"}},
    ),
    "takes-credential": (
        {"password": TEXT, "api_key": TEXT, "access_token": TEXT},
        {"max_tokens": NUMBER, "page_token": TEXT, "primary_key": TEXT},
    ),
    "unbounded-string": (
        {"content": TEXT, "message": TEXT},
        {
            "content": {"type": "string", "maxLength": 100},
            "text": {"type": "string", "enum": ["a"]},
            "city": TEXT,
        },
    ),
    "action-argument": (
        {"action": {"type": "string", "enum": ["list", "delete"]}},
        {"action": {"type": "string", "enum": ["list"]}, "payment_method": {"enum": ["card", "cash"]}},
    ),
    "nested-arguments": (
        {"body": {"type": "object"}},
        {"filter": {"type": "object", "properties": {"name": TEXT}}},
    ),
}
#: Traits of annotations: the category, the annotations, and whether it is found.
ANNOTATIONS = [
    ("declared-read-only-but-changes", Category.WRITE, {"readOnlyHint": True}, True),
    ("declared-read-only-but-changes", Category.DESTRUCTIVE, {"readOnlyHint": True}, True),
    ("declared-read-only-but-changes", Category.READ, {"readOnlyHint": True}, False),
    ("declared-read-only-but-changes", Category.WRITE, {"readOnlyHint": False}, False),
    ("declared-change-but-reads", Category.READ, {"destructiveHint": True}, True),
    ("declared-change-but-reads", Category.READ, {"readOnlyHint": False}, True),
    ("declared-change-but-reads", Category.READ, {"readOnlyHint": True}, False),
    ("declared-change-but-reads", Category.WRITE, {"destructiveHint": True}, False),
    ("hints-absent", Category.READ, {}, True),
    ("hints-absent", Category.READ, {"title": "Acts", "openWorldHint": True}, True),
    ("hints-absent", Category.READ, {"readOnlyHint": True}, False),
    ("hints-absent", Category.READ, {"destructiveHint": False}, False),
]


def test_every_trait_has_friends_and_false_friends() -> None:
    assert {probe.code for probe in PROBES} == {*ARGUMENTS, *(code for code, *_ in ANNOTATIONS)}


@pytest.mark.parametrize(
    ("code", "name", "schema"),
    [(code, name, schema) for code, (true, _) in ARGUMENTS.items() for name, schema in true.items()],
)
def test_an_argument_shows_its_trait(code: str, name: str, schema: dict[str, Any]) -> None:
    assert code in codes({name: schema})


@pytest.mark.parametrize(
    ("code", "name", "schema"),
    [(code, name, schema) for code, (_, false) in ARGUMENTS.items() for name, schema in false.items()],
)
def test_an_argument_that_only_looks_like_it_does_not(code: str, name: str, schema: dict[str, Any]) -> None:
    assert code not in codes({name: schema})


@pytest.mark.parametrize(("code", "category", "annotations", "expected"), ANNOTATIONS)
def test_claims_are_held_against_what_the_text_shows(
    code: str, category: Category, annotations: dict[str, Any], expected: bool
) -> None:
    assert (code in {trait.code for trait in found({}, category, annotations)}) is expected


def test_the_gravest_action_is_quoted_where_it_is_listed() -> None:
    action = {"type": "string", "enum": ["list", "delete", "update"]}

    assert found({"action": action}, annotations={"readOnlyHint": False}) == [
        Trait(
            code="action-argument",
            evidence=Evidence(field="inputSchema.properties.action.enum", quote="delete", start=0, end=6),
        )
    ]


def test_actions_are_read_from_a_description_too() -> None:
    action = {"type": "string", "description": "Either 'get' or 'purge'."}
    [trait] = [one for one in found({"operation": action}) if one.code == "action-argument"]

    assert trait.evidence == Evidence(
        field="inputSchema.properties.operation.description", quote="purge", start=17, end=22
    )


def test_arguments_deep_inside_are_found_with_their_path() -> None:
    inner = {"type": "array", "items": {"type": "object", "properties": {"webhookUrl": TEXT}}}
    schema = {"options": {"type": "object", "properties": {"hooks": inner}}}
    [trait] = [one for one in found(schema) if one.code == "takes-url"]

    assert trait.evidence == Evidence(
        field="inputSchema.properties.options.properties.hooks.items.properties.webhookUrl",
        quote="webhookUrl",
        start=0,
        end=10,
    )
