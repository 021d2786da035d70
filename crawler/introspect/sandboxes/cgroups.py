"""Control groups for runs started by root: bounds on what all processes of one run use together."""

import itertools
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from crawler.introspect.sandboxes.sandbox import Limits

_ROOT = Path("/sys/fs/cgroup")
_PREFIX = "tollhouse-"
_MEMORY = _NEWER, _OLDER = "memory.max", "memory.limit_in_bytes"
#: Seconds in which a run has long become a member of the groups that were made for it.
_JOINED = 60
_numbers = itertools.count()


def new_groups(limits: Limits, root: Path = _ROOT, now: Callable[[], float] = time.time) -> list[Path]:
    """Fresh groups with these bounds, whose `cgroup.procs` a run writes itself into; none where there may be none.

    Groups of runs that have ended are removed on this occasion, for nobody else does.
    """
    name = f"{_PREFIX}{os.getpid()}-{next(_numbers)}"
    made = []
    for parent, bounds in _hierarchies(limits, root):
        try:
            _sweep(parent, now())
            group = parent / name
            group.mkdir()
            for file, value in bounds.items():
                (group / file).write_text(str(value))
        except OSError:
            continue
        made.append(group)
    return made


def bounds_memory(groups: list[Path]) -> bool:
    """Whether these groups bound the memory of their members together."""
    return any((group / file).exists() for group in groups for file in _MEMORY)


def joining(groups: list[Path]) -> list[str]:
    """The words before a command that make it a member of the groups, and the first to go where memory runs out."""
    script = "echo 1000 > /proc/self/oom_score_adj; "
    # Without the bounds nothing runs.
    script += "".join(f'echo 0 > "${number}" || exit 125; ' for number in range(1, len(groups) + 1))
    files = [str(group / "cgroup.procs") for group in groups]
    return ["/bin/sh", "-c", f'{script}shift {len(groups)}; exec "$@"', "sh", *files]


def _hierarchies(limits: Limits, root: Path) -> Iterator[tuple[Path, dict[str, int]]]:
    """Where groups are made, and what is written into their files; the second version of the kernel's interface, or the first."""
    if (root / "cgroup.controllers").exists():
        yield root, {_NEWER: limits.memory, "memory.swap.max": 0, "pids.max": limits.processes}
        return
    yield root / "memory", {_OLDER: limits.memory}
    yield root / "pids", {"pids.max": limits.processes}
    # A member of its own, all processes of a run together have no more of the processors than one of ours.
    yield root / "cpu", {}


def _sweep(parent: Path, now: float) -> None:
    for group in parent.glob(f"{_PREFIX}*"):
        # One that still has members, or that somebody else removed meanwhile, stays or is gone.
        with suppress(OSError):
            if now - group.stat().st_mtime > _JOINED:
                group.rmdir()
