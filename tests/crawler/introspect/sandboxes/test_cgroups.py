"""What all processes of one run have together, where root starts it."""

import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from crawler.introspect.sandboxes.bubblewrap import Bubblewrap
from crawler.introspect.sandboxes.cgroups import bounds_memory, joining, new_groups
from crawler.introspect.sandboxes.sandbox import Confinement, Limits

pytestmark = pytest.mark.sandbox


def test_the_groups_of_a_run_that_is_starting_are_left_to_it() -> None:
    """Others that start at the same time sweep."""
    first = new_groups(Limits())
    if not first:
        pytest.skip("control groups cannot be made here")
    second = new_groups(Limits())
    there = [group.exists() for group in first]
    new_groups(Limits(), now=lambda: time.time() + 3600)
    gone = [group.exists() for group in (*first, *second)]
    for group in first + second:
        with suppress(FileNotFoundError):
            group.rmdir()

    assert (set(there), set(gone)) == ({True}, {False})


def test_nothing_runs_without_its_bounds(tmp_path: Path) -> None:
    """A group that is not there cannot be joined."""
    command = [*joining([tmp_path / "gone"]), "/bin/echo", "running"]
    done = subprocess.run(command, capture_output=True, check=False)

    assert (done.returncode, done.stdout) == (125, b"")


def test_a_run_is_one_among_many_however_many_it_is() -> None:
    """Memory, processes and processors are counted for all of it."""
    sandbox = Bubblewrap.find()
    assert sandbox is not None
    groups = new_groups(Limits())
    if not groups:
        pytest.skip("control groups cannot be made here")
    child = sandbox.start(["/bin/sh", "-c", "echo; sleep 600"], Confinement())
    assert child.stdout is not None
    child.stdout.readline()
    lines = Path(f"/proc/{child.pid}/cgroup").read_text().splitlines()
    child.kill()
    child.communicate()

    found = {line.split(":")[1] for line in lines if "tollhouse-" in line}
    assert found in ({"memory", "pids", "cpu"}, {"memory", "pids", "cpu,cpuacct"}, {""})


def test_a_process_may_reserve_more_where_a_group_bounds_what_all_take() -> None:
    """As some do that use little of it; without such a group the bound on memory is that of each process."""
    sandbox = Bubblewrap.find()
    assert sandbox is not None
    child = sandbox.start(
        ["/bin/sh", "-c", "ulimit -d"], Confinement(limits=Limits(memory=1 << 30, reserved=2 << 30))
    )
    said, _ = child.communicate()

    assert int(said) == (2 if bounds_memory(new_groups(Limits())) else 1) << 20
    assert bounds_memory([]) is False
