"""Files that change while we run: a change is seen once, whole, and never missed."""

import os
from pathlib import Path

import pytest

from enforce.watched import Watched


def test_half_of_a_file_is_not_taken_for_the_whole(tmp_path: Path) -> None:
    """Whoever is still writing has not said what they mean: here, that the token has ended long ago."""
    file = tmp_path / "gateway.yaml"
    file.write_text("identities: {}\n")
    watched = Watched(file)
    assert not watched.has_changed()
    file.write_text("identities:\n  eve:\n    token_sha256: 0123\n")
    assert not watched.has_changed()
    file.write_text("identities:\n  eve:\n    token_sha256: 0123\n    expires: 2020-01-01\n")
    assert [watched.has_changed() for _ in range(3)] == [False, True, False]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes")
def test_a_pipe_never_changes(tmp_path: Path) -> None:
    """Whoever read it again would wait for somebody to write, and every call with them."""
    file = tmp_path / "file"
    file.write_text("x")
    watched = Watched(file)
    file.unlink()
    os.mkfifo(file)
    assert [watched.has_changed() for _ in range(3)] == [False] * 3
    file.unlink()
    file.write_text("y")
    assert [watched.has_changed() for _ in range(3)] == [False, True, False]


def test_what_comes_and_goes_is_seen(tmp_path: Path) -> None:
    """A file that is put in place of another, taken away, or made."""
    file, other = tmp_path / "file", tmp_path / "other"
    watched = Watched(file)
    other.write_text("x")
    for change in (lambda: other.rename(file), file.unlink, lambda: file.write_text("x")):
        change()
        assert [watched.has_changed() for _ in range(3)] == [False, True, False]
