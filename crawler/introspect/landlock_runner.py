"""The program around one Landlock run: confines, runs to the end, removes the run's home."""

import ctypes
import json
import os
import shutil
import signal
import sys
from typing import Any

_PR_SET_PDEATHSIG = 1
_SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/etc/ssl", "/etc/alternatives", "/proc/self")
#: The rest of /dev holds the machine's disks and the shared memory of others.
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


def main(wanted: dict[str, Any]) -> int:
    """Run `wanted["command"]` with our own three streams; its exit status."""
    from sandlock import Sandbox  # type: ignore[import-untyped]  # it ships no types

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
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
    try:
        return int(sandbox.run_interactive(wanted["command"]))
    finally:
        shutil.rmtree(wanted["home"], ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
