"""Each confinement that the crawl may choose, and programs run in it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.introspect.sandboxes import bubblewrap
from crawler.introspect.sandboxes.bubblewrap import Bubblewrap
from crawler.introspect.sandboxes.container import Container
from crawler.introspect.sandboxes.landlock import Landlock
from crawler.introspect.sandboxes.sandbox import Confinement, Sandbox


@pytest.fixture(params=[Bubblewrap, Landlock, Container], ids=["bubblewrap", "landlock", "container"])
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    """Each confinement that the crawl may choose."""
    found = request.param.find()
    if found is None:
        pytest.skip(f"{request.param.name} is not available")
    return found


@pytest.fixture
def normal_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bubblewrap is started as by a normal user, whoever runs the tests."""
    if os.geteuid() == 0:
        becoming = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
        real = bubblewrap.spawn
        monkeypatch.setattr(os, "geteuid", lambda: 65534)
        monkeypatch.setattr(bubblewrap, "spawn", lambda command, **rest: real([*becoming, *command], **rest))


@pytest.fixture
def run() -> Callable[..., str]:
    """What a Python program says inside; its errors too."""

    def run(sandbox: Sandbox, source: str, *, timeout: float = 60, **options: object) -> str:
        program = str(Path(sys._base_executable))  # type: ignore[attr-defined]
        options.setdefault("readable", (Path(sys.base_prefix),))
        with sandbox.start([program, "-I", "-S", "-c", source], Confinement(**options)) as child:  # type: ignore[arg-type]
            try:
                output, errors = child.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                child.kill()
                raise
        return (output + errors).decode().strip()

    return run


@pytest.fixture
def attempt() -> Callable[[str], str]:
    """A program that says `done`, or the name of what stopped it."""

    def attempt(action: str) -> str:
        return f"import os, socket\ntry:\n    {action}\n    print('done')\nexcept BaseException as e:\n    print(type(e).__name__)"

    return attempt
