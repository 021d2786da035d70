"""What authors declare and arguments list: heard as evidence, and never a reason for a milder category."""

from typing import Any

import pytest

from classifier.categories import Category
from classifier.claims import heard, raised
from classifier.sight import look
from classifier.view import View
from crawler.tools import Tool

READ, WRITE, EXECUTE, DESTRUCTIVE, FINANCIAL = Category
#: By the words alone: reading or writing, one as likely as the other.
EVEN = (0.5, 0.5, 0.0, 0.0, 0.0)


def view(**definition: Any) -> View:
    """A tool as probes see it."""
    return View(Tool.read({"name": "notes", "description": "Notes of a project.", **definition}))


DECLARED = [
    ({}, 0.5),
    ({"destructiveHint": False}, 0.5),
    ({"readOnlyHint": True}, 10 / 11),
    ({"readOnlyHint": False}, 1 / 11),
]


@pytest.mark.parametrize(("hints", "reading"), DECLARED)
def test_what_the_author_declares_of_reading_is_weighed_with_the_words(
    hints: dict[str, bool], reading: float
) -> None:
    """Both ways, and the shares stay shares."""
    weighed = heard(view(annotations=hints), EVEN)

    assert weighed[READ.gravity] == pytest.approx(reading)
    assert sum(weighed) == pytest.approx(1)


def chooser(key: str, *members: str) -> View:
    """A tool with an argument that chooses among *members*."""
    schema = {"type": "object", "properties": {key: {"type": "string", "enum": list(members)}}}
    return view(inputSchema=schema)


LISTED = [
    (chooser("action", "list", "add", "delete"), DESTRUCTIVE),
    (chooser("operation", "create", "purge"), DESTRUCTIVE),
    (chooser("mode", "create", "overwrite"), None),
    (chooser("action", "append", "replace"), None),
    (chooser("action", "delete"), None),
    (chooser("method", "GET", "DELETE"), None),
]


@pytest.mark.parametrize(("one", "category"), LISTED)
def test_a_listed_removal_raises_and_a_listed_overwriting_does_not(
    one: View, category: Category | None
) -> None:
    """Choosing to write over something is writing; an argument with one value chooses nothing."""
    odds = (0.0, 0.9, 0.1, 0.0, 0.0)

    claim = raised(one, look(one).hits, WRITE, odds, odds)

    assert (claim and claim.category) == category


def test_a_list_of_actions_counts_however_read_only_its_author_calls_it() -> None:
    """What is declared may not take away what is listed."""
    one = View(
        Tool.read(
            {**chooser("action", "list", "delete").tool.definition, "annotations": {"readOnlyHint": True}}
        )
    )
    odds = (0.6, 0.4, 0.0, 0.0, 0.0)

    claim = raised(one, look(one).hits, READ, odds, heard(one, odds))

    assert claim
    assert claim.category is DESTRUCTIVE


JOINED = [
    ("search_and_replace", WRITE),
    ("getOrCreateList", WRITE),
    ("check-then-delete", WRITE),
    ("drag_and_drop", None),
    ("sort_and_filter", None),
    ("terms_and_conditions", None),
    ("search_replacements_and_more", None),
]


@pytest.mark.parametrize(("name", "category"), JOINED)
def test_a_name_that_joins_reading_with_a_change_is_no_reading(name: str, category: Category | None) -> None:
    """What else it does is not undone by what it looks up first."""
    one = view(name=name, description="Looks things up.")

    told = raised(one, look(one).hits, READ, EVEN, EVEN)

    assert (told and told.category) == category


LANDING = [
    ("analyze_diff", {"repoPath": {}, "outputPath": {"type": "string"}}, WRITE),
    ("find_studies", {"keyword": {}, "save_csv": {"type": "boolean"}}, WRITE),
    ("find_studies", {"keyword": {}, "path": {"type": "string"}}, None),
    ("list_tabs", {"targetProjectPath": {"type": "string"}}, None),
]


@pytest.mark.parametrize(("name", "arguments", "category"), LANDING)
def test_what_takes_a_place_for_its_result_writes(
    name: str, arguments: dict[str, Any], category: Category | None
) -> None:
    """However much its words are those of a tool that reads; a place to read from says nothing."""
    one = view(
        name=name,
        description="Looks things up.",
        inputSchema={"type": "object", "properties": arguments},
    )

    told = raised(one, look(one).hits, READ, EVEN, EVEN)

    assert (told and told.category) == category
