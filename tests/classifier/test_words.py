"""How identifiers and text come apart into words."""

import pytest

from classifier.words import spans_of_name, words_of_name, words_of_text

NAMES = [
    ("create_pull_request", ["create", "pull", "request"]),
    ("createPR", ["create", "pr"]),
    ("listPRs", ["list", "prs"]),
    ("HTTPServer.start", ["http", "server", "start"]),
    ("delete-files", ["delete", "file"]),
    ("getnftsbyowner", ["get", "nftsbyowner"]),
    ("deleterepository", ["delete", "repository"]),
    ("updates", ["update"]),
    ("get", ["get"]),
    ("gorev_sil", ["gorev", "sil"]),
    ("删除文件", ["删除", "除文", "文件"]),
    ("", []),
]


@pytest.mark.parametrize(("name", "words"), NAMES)
def test_identifiers_come_apart(name: str, words: list[str]) -> None:
    """Also where a verb is glued to its object; the quoted spans are those same words."""
    assert words_of_name(name) == words
    assert len(list(spans_of_name(name))) == len(words)


def test_a_tool_that_is_mentioned_is_one_word() -> None:
    """So that mentioning it is not doing it."""
    assert words_of_text("Use delete_file to delete files.") == ["use", "delete_file", "to", "delete", "file"]
