"""Folders that hostile programs leave are removed, whatever they look like."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crawler.introspect.sandboxes.landlock import Landlock
from crawler.introspect.sandboxes.removing import remove
from crawler.introspect.sandboxes.sandbox import Confinement
from crawler.introspect.sandboxes.unconfined import Unconfined


@contextmanager
def nobody() -> Iterator[None]:
    """As a user to whom folders can be closed."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_depth_and_closed_folders_do_not_matter(tmp_path: Path) -> None:
    """Nor do links, and what they lead to stays."""
    tmp_path.chmod(0o777)
    kept = tmp_path / "kept"
    kept.write_text("kept")
    for parent in tmp_path.parents[:3]:
        parent.chmod(parent.stat().st_mode | 0o011)
    with nobody():
        left = tmp_path / "left"
        left.mkdir()
        (left / "link").symlink_to(kept)
        (left / "up").symlink_to("..")
        (left / "closed" / "in it").mkdir(parents=True)
        (left / "closed" / "in it" / "file").touch()
        (left / "closed" / "in it").chmod(0o500)
        (left / "closed").chmod(0)
        here = os.open(left, os.O_RDONLY)
        for _ in range(2000):
            os.mkdir("d", dir_fd=here)
            below = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
        os.close(here)

        remove(left)

    assert not left.exists()
    assert kept.read_text() == "kept"


@pytest.mark.sandbox
@pytest.mark.parametrize("kind", [Landlock, Unconfined])
def test_no_home_is_left(
    kind: type[Landlock | Unconfined], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither of a run that ended, nor of one that was killed as it started."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    sandbox = Landlock.find() if kind is Landlock else Unconfined()
    assert sandbox is not None
    for killed in (False, True, True):
        with sandbox.start(["/usr/bin/sh", "-c", "echo x > $HOME/x"], Confinement()) as child:
            if killed:
                child.kill()
            child.communicate()

        assert not list(tmp_path.iterdir())
