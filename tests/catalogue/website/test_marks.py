"""Quotes are marked where they stand, and nowhere else."""

import pytest

from catalogue.website.marks import Piece, pieces
from classifier.evidence import Evidence


def quote(text: str, start: int) -> Evidence:
    return Evidence(field="description", quote=text, start=start, end=start + len(text))


@pytest.mark.parametrize(
    ("quotes", "expected"),
    [
        ([], [Piece("deletes all files")]),
        ([(quote("deletes", 0), "D")], [Piece("deletes", ("D",)), Piece(" all files")]),
        ([(quote("files", 12), "F")], [Piece("deletes all "), Piece("files", ("F",))]),
        (
            [(quote("deletes all", 0), "D"), (quote("all files", 8), "B")],
            [Piece("deletes ", ("D",)), Piece("all", ("D", "B")), Piece(" files", ("B",))],
        ),
        ([(quote("files", 0), "moved")], [Piece("deletes all files")]),
        ([(quote("", 3), "empty")], [Piece("deletes all files")]),
    ],
)
def test_a_text_is_cut_where_quotes_begin_and_end(
    quotes: list[tuple[Evidence, str]], expected: list[Piece]
) -> None:
    assert pieces("deletes all files", quotes) == expected


def test_a_text_that_is_cut_short_marks_what_is_left_of_a_quote() -> None:
    found = pieces("deletes all files", [(quote("all files", 8), "B")], most=10)

    assert found == [Piece("deletes "), Piece("al", ("B",))]
