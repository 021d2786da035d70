"""The program around one Landlock run: confines, runs to the end, ends what is left of it, removes its home."""

import ctypes
import json
import os
import select
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from crawler.introspect.sandboxes.disk import Room
from crawler.introspect.sandboxes.removing import remove

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
#: Seconds between two looks at what is left of a run.
_PAUSE = 0.01
#: And between two looks at how full its home is.
_LOOK = 0.25
_SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/etc/ssl", "/etc/alternatives", "/proc/self")
#: The rest of /dev holds the machine's disks and the shared memory of others.
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


def main(wanted: dict[str, Any]) -> int:
    """Run `wanted["command"]` with our own three streams; its exit status.

    Whoever started us may kill us at any time, so what ends the run then is a process of its own.
    """
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    ours = os.pidfd_open(os.getpid())
    undertaker = os.fork()
    if undertaker:
        return max(0, os.waitstatus_to_exitcode(os.waitpid(undertaker, 0)[1]))
    # Whatever loses its parent in the run becomes a child of this process, however it was started.
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1)
    run = os.fork()
    if not run:
        return confined(wanted)
    ended = os.pidfd_open(run)
    room = Room.of(Path(wanted["home"]))
    while not select.select([ours, ended], [], [], _LOOK)[0] and not room.exceeded(wanted["scratch"]):
        pass
    status = os.waitpid(run, os.WNOHANG)[1] if select.select([ended], [], [], 0)[0] else signal.SIGKILL
    end_all()
    remove(Path(wanted["home"]))
    return max(0, os.waitstatus_to_exitcode(status))


def confined(wanted: dict[str, Any]) -> int:
    """Run the command under the library, to its end."""
    from sandlock import Sandbox  # type: ignore[import-untyped]  # it ships no types

    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:  # noqa: PTH123 - starts fast
        # The first to go where memory runs out; it cannot take that back.
        file.write("1000")
    readable = [path for path in (*_SYSTEM, *_DEVICES, *wanted["readable"]) if os.path.exists(path)]  # noqa: PTH110 - starts fast
    if wanted["reach"]:
        readable += ["/etc"]
    sandbox = Sandbox(
        fs_readable=readable,
        fs_writable=["/dev/null", wanted["home"], *wanted["writable"]],
        net_allow=wanted["reach"],
        max_memory=wanted["memory"],
        max_processes=wanted["processes"],
        max_open_files=wanted["open_files"],
        no_coredump=True,
        clean_env=True,
        env=wanted["environment"],
        cwd=wanted["folder"],
    )
    return int(sandbox.run_interactive(wanted["command"]))


def end_all() -> None:
    """Kill all that descends from this process. They are stopped first, or a storm of forks would outrun us."""
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        left = descendants(os.getpid())
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for process in left:
                with suppress(ProcessLookupError):
                    os.kill(process, number)
        time.sleep(_PAUSE)


def descendants(ancestor: int) -> list[int]:
    """Ids of all processes below one, as they are at this moment."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):  # noqa: PTH208 - starts fast
        if entry.isdigit():
            with suppress(OSError), open(f"/proc/{entry}/stat", "rb") as file:  # noqa: PTH123 - the same
                parent = int(file.read().rpartition(b")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry))
    found: list[int] = []
    waiting = [ancestor]
    while waiting:
        below = children.pop(waiting.pop(), [])
        found += below
        waiting += below
    return found


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
