"""A policy's file while it is changed: whatever stands in its place meanwhile, the law is the old one or the new one."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from enforce.law import Law
from enforce.reload import PolicyFile

OLD, NEW = '{"version": "1", "default": "deny"}', '{"version": "1", "default": "deny", "tools": {"x": {}}}'


def nothing(_: Path) -> None:
    """The file has gone."""


def half(path: Path) -> None:
    path.write_text(NEW[: len(NEW) // 2])


def leads_nowhere(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


def leads_to_itself(path: Path) -> None:
    path.symlink_to(path)


def bytes_of_something_else(path: Path) -> None:
    path.write_bytes(b"\x7fELF\0\xff")


def empty(path: Path) -> None:
    path.touch()


def pipe(path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no such pipes")
    os.mkfifo(path)


@pytest.mark.parametrize(
    "put", [nothing, half, empty, leads_nowhere, leads_to_itself, bytes_of_something_else, Path.mkdir, pipe]
)
def test_whatever_stands_in_place_of_a_policy_changes_nothing(tmp_path: Path, put: Callable[[Path], None]) -> None:  # fmt: skip
    """It is told once, but for a pipe; and the next policy is taken over, also where it is a link or a link is another."""
    path = tmp_path / "policy.json"
    path.write_text(OLD)
    policy = PolicyFile(str(path))
    path.unlink()
    put(path)
    looks = [policy.reread() for _ in range(4)]
    assert [law for law, _ in looks] == [None] * 4
    told = [words for _, words in looks if words]
    assert len(told) == (0 if put is pipe else 1)
    assert all("the old one stays in force" in words for words in told)
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
    for number, text in enumerate((NEW, OLD)):
        version = tmp_path / f"version {number}"
        version.write_text(text)
        (tmp_path / "link").symlink_to(version)
        (tmp_path / "link").rename(path)
        laws = [law for law, _ in (policy.reread() for _ in range(3)) if law is not None]
        assert [law.digest for law in laws] == [policy.law.digest]
        assert isinstance(policy.law, Law)
        assert ("x" in policy.law.policy.tools) is (text is NEW)


def test_what_is_still_being_written_is_waited_for(tmp_path: Path) -> None:
    """Each look finds more of it, and what stood there in between could be read, and allowed everything."""
    path = tmp_path / "policy.yaml"
    path.write_text("version: '1'\ndefault: deny\n")
    policy = PolicyFile(str(path))
    whole = "version: '1'\ndefault: allow\ntools:\n  drop: {action: deny}\n"
    for end in range(len("version: '1'\ndefault: allow\n"), len(whole) + 1, 3):
        path.write_text(whole[:end])
        assert policy.reread() == (None, None)
    path.write_text(whole)
    found = [law for law, _ in (policy.reread() for _ in range(3)) if law is not None]
    assert [(law.policy.default, list(law.policy.tools)) for law in found] == [("allow", ["drop"])]
