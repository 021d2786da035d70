"""Two wordings are shown as one text with what went and what came."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.differences import AROUND, Stretch, difference


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("a b c", "a b c", [Stretch("same", "a b c")]),
        (
            "Reads a file.",
            "Deletes a file.",
            [Stretch("gone", "Reads"), Stretch("new", "Deletes"), Stretch("same", " a file.")],
        ),
        (
            "删除文件。 now",
            "删除目录。 now",
            [
                Stretch("same", "删除"),
                Stretch("gone", "文件"),
                Stretch("new", "目录"),
                Stretch("same", "。 now"),
            ],
        ),
        ("", "All new", [Stretch("new", "All new")]),
        ("All gone", "", [Stretch("gone", "All gone")]),
    ],
)
def test_words_that_went_and_came_are_told_apart(before: str, after: str, expected: list[Stretch]) -> None:
    assert difference(before, after) == expected


@given(
    st.lists(st.sampled_from(["a", "b\n", "c"]), max_size=20),
    st.lists(st.sampled_from(["a", "b\n", "d"]), max_size=20),
)
def test_each_text_can_be_read_in_the_difference(before: list[str], after: list[str]) -> None:
    old, new = " ".join(before), " ".join(after)
    found = difference(old, new)

    assert "".join(one.text for one in found if one.kind != "new").split() == old.split()
    assert "".join(one.text for one in found if one.kind != "gone").split() == new.split()


def test_what_both_have_is_cut_where_it_is_long() -> None:
    words = " ".join(f"w{number}" for number in range(200))
    (same, new) = difference(words, words + " more")

    assert len(same.text.split()) == 2 * AROUND + 1
    assert new == Stretch("new", " more")
