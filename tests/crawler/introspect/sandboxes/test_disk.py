"""A run leaves room on the disk for everybody else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crawler.introspect.ladder import climb
from crawler.introspect.sandboxes import disk
from crawler.introspect.sandboxes.disk import MOST_ENTRIES, Room
from crawler.introspect.sandboxes.landlock import Landlock
from crawler.introspect.sandboxes.sandbox import Limits
from crawler.introspect.workshop import Workshop
from crawler.servers import Server, ServerName
from crawler.snapshots import Skipped, SkipReason

FULL = 1 << 62


def test_only_what_is_in_the_folder_counts(tmp_path: Path) -> None:
    """Whatever others write to the same disk; a link counts for nothing but itself."""
    (tmp_path / "others").write_bytes(bytes(3 << 20))
    folder = tmp_path / "folder"
    (folder / "below").mkdir(parents=True)
    (folder / "link").symlink_to(tmp_path)
    before = Room(folder, Room.of(folder).bytes + (9 << 20), Room.of(folder).files)
    few = before.exceeded(1 << 20)
    (folder / "below" / "file").write_bytes(bytes(2 << 20))

    assert (few, before.exceeded(1 << 20), before.exceeded(4 << 20)) == (False, True, False)


def test_a_disk_on_which_nearly_nothing_is_left_is_crowded(tmp_path: Path) -> None:
    """Unless it was so before, and had not even half of it taken."""
    now = Room.of(tmp_path)

    assert not now.crowded()
    assert Room(tmp_path, FULL, MOST_ENTRIES).crowded() == (now.bytes < disk.LEAST_FREE)


@pytest.mark.sandbox
@pytest.mark.parametrize(
    "source",
    [
        pytest.param("n = 0\nwhile True:\n  n += 1\n  open(f'{n}', 'wb').write(bytes(1 << 20))", id="large"),
        pytest.param("n = 0\nwhile True:\n  n += 1\n  os.mkdir(f'{n}')", id="many"),
        pytest.param(
            "for _ in range(200): os.mkdir('d' * 40); os.chdir('d' * 40)\n"
            "n = 0\nwhile True:\n  n += 1\n  open(f'{n}', 'wb').write(bytes(1 << 20))",
            id="deep down",
        ),
    ],
)
def test_a_home_on_the_disk_of_the_machine_is_bounded(run: Callable[..., str], source: str) -> None:
    """The run is ended, and all of it removed."""
    sandbox = Landlock.find()
    assert sandbox is not None
    begin = "import os; os.chdir(os.environ['HOME']); print(os.environ['HOME'], flush=True)\n"

    home = Path(run(sandbox, begin + source, limits=Limits(scratch=8 << 20)).splitlines()[0])

    assert home.is_absolute()
    assert not home.exists()


@pytest.mark.sandbox
def test_an_installation_that_fills_the_disk_is_ended(
    index: Any, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dependencies are unpacked by an installer, whatever they unpack to."""
    index.offer_server("demo-mcp")
    monkeypatch.setattr(Room, "crowded", lambda _: True)

    (outcome,) = climb(Server(name=ServerName("pypi", "demo-mcp")), workshop=workshop, method="live")

    assert isinstance(outcome, Skipped)
    assert outcome.reason is SkipReason.ARCHIVE_BOMB
