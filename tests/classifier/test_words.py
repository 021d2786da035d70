"""How identifiers and text come apart into words."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from classifier.words import place_in_text, spans_of_name, spans_of_text, words_of_name, words_of_text

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


@given(
    st.text(
        alphabet=st.one_of(
            st.characters(max_codepoint=127), st.sampled_from("\u0130ß\u017f\u212a\u2019—文字한국é")
        ),
        max_size=60,
    )
)
@example("Deletes_files\x1c\x7f2nd")
def test_quick_ways_find_the_same_words_in_the_same_places(text: str) -> None:
    """Text in ASCII is cut otherwise than other text."""
    spans = list(spans_of_text(text))

    assert words_of_text(text) == [word for word, _, _ in spans]
    for at, (_, start, end) in enumerate(spans):
        assert place_in_text(text, at, at + 1) == (start, end)
