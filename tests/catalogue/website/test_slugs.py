"""A name has one slug, and a slug has one name."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.website.slugs import LONGEST, numbered, slug

PORTABLE = set(string.ascii_lowercase + string.digits + "-_.@+~")
RESERVED = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("create_video", "create_video"),
        ("Image-to-Video", "~image-to-~video"),
        ("a b", "a~020~b"),
        ("café", "caf~0e9~"),
        ("a/b", "a~02f~b"),
        ("~a", "~07e~a"),
        ("A", "~a"),
        (".", "~02e~"),
        ("..", "~02e~~02e~"),
        ("end.", "end~02e~"),
        ("con", "~063~on"),
        ("con.txt", "~063~on.txt"),
        ("CON", "~c~o~n"),
        ("console", "console"),
        ("", "~00~"),
        ("\ud800", "~0d800~"),
    ],
)
def test_a_name_is_spelled_in_portable_letters(name: str, expected: str) -> None:
    assert slug(name) == expected


@given(st.text(st.characters(), max_size=300))
def test_every_slug_is_one_safe_path_segment(name: str) -> None:
    found = slug(name)

    assert set(found) <= PORTABLE
    assert 0 < len(found) <= LONGEST
    assert not found.startswith(".")
    assert not found.endswith(".")
    assert found.partition(".")[0] not in RESERVED


@given(st.text(st.characters(), max_size=200), st.text(st.characters(), max_size=200))
def test_two_names_never_share_a_slug(first: str, second: str) -> None:
    assert (slug(first) == slug(second)) == (first == second)


@given(st.lists(st.sampled_from(["a", "A", "~a", "a~.2", "b"]), max_size=8))
def test_names_that_repeat_are_numbered_apart(names: list[str]) -> None:
    assert len(set(numbered(tuple(names)))) == len(names)


def test_a_long_name_keeps_its_beginning_and_ends_in_its_digest() -> None:
    first, second = slug("x" * 300 + "1"), slug("x" * 300 + "2")

    assert first.startswith("x" * 80)
    assert len(first) == LONGEST
    assert first != second
