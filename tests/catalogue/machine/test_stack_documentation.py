"""The page about stacks names every client, every finding and every question."""

import re
from pathlib import Path

import pytest

from catalogue.machine.clients.places import CLIENTS
from catalogue.machine.stack_findings import CODES
from catalogue.mcp.tools import QUESTIONS

PAGE = (Path(__file__).parents[3] / "docs" / "stack.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_every_client_is_named(client: object) -> None:
    assert getattr(client, "name", "?") in PAGE


def test_every_finding_is_explained_in_the_same_words() -> None:
    assert dict(re.findall(r"^\| `([a-z-]+)` \| (?:error|warning) \| (.*) \|$", PAGE, re.MULTILINE)) == CODES


def test_every_question_is_listed() -> None:
    section = PAGE.partition("## The catalogue as an MCP server")[2]

    assert re.findall(r"^\| `([a-z_]+)` \|", section, re.MULTILINE) == [
        question.name for question in QUESTIONS
    ]
