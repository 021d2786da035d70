"""What every test lives with: only loopback to talk to, and a skip that CI does not forgive."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]

# A machine that is busy with other work may take its time over any example.
settings.register_profile("untimed", settings.default, deadline=None)
settings.load_profile("untimed")


@cache
def _sandbox_works() -> bool:
    program = shutil.which("bwrap")
    if program is None:
        return False
    command = [program, "--unshare-all", "--ro-bind", "/", "/", "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@cache
def _browser_works() -> bool:
    return shutil.which("chromium") is not None


@cache
def _node_works() -> bool:
    return shutil.which("node") is not None and shutil.which("npm") is not None


NEEDS: dict[str, tuple[Callable[[], bool], str]] = {
    "sandbox": (_sandbox_works, "bubblewrap does not work on this machine"),
    "browser": (_browser_works, "Chromium is not installed"),
    "node": (_node_works, "Node.js and npm are not installed"),
}


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, (works, reason) in NEEDS.items():
        if item.get_closest_marker(marker) and not works():
            pytest.skip(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """With CI=true a skipped test is a failed one: what CI cannot run, nobody has run."""
    report: Any = yield
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and CI=true: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection of the test process that would leave this machine."""
    connect = socket.socket.connect

    def guarded(sock: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if host and host not in {"localhost", "::1"} and not host.startswith("127."):
            pytest.fail(f"the test tried to reach {host}")
        return connect(sock, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def servers() -> Path:
    """Folder of the real servers that set-up installed, one virtual environment each."""
    folder = ROOT / ".servers"
    if not (folder / ".ready").exists():
        pytest.skip("the real servers are not installed; `make test` installs them")
    return folder
