"""Programs of several languages before a service that is played: they believe that it is the host that they mean."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from uv import find_uv_bin

from crawler.introspect.command import command_installation
from crawler.introspect.live import Launch, confined
from crawler.introspect.sandboxes.bubblewrap import Bubblewrap
from crawler.introspect.sandboxes.watch import Watch

pytestmark = pytest.mark.sandbox

UV = [
    find_uv_bin(),
    "pip",
    "install",
    "--target",
    "/tmp/x",
    "--python",
    sys.executable,
    "demo",
    "--default-index",
]


@pytest.mark.parametrize(
    ("words", "answered"),
    [
        pytest.param(["curl", "-sS", "https://api.demo.example/"], '"ok": true', id="C"),
        pytest.param([*UV, "https://api.demo.example/simple"], "Unsupported `Content-Type` \"application/json\"", id="Rust"),
        pytest.param(
            ["docker", "manifest", "inspect", "api.demo.example/demo:1"], "unsupported manifest media type", id="Go"
        ),
    ],
)  # fmt: skip
def test_a_program_believes_the_certificate(words: list[str], answered: str) -> None:
    """One that is linked with nothing of the system as well: each reads the variable that names the authority."""
    sandbox = Bubblewrap.find()
    if sandbox is None or shutil.which(words[0]) is None:
        pytest.skip(f"there is no {words[0]} here, or no bubblewrap")
    installation = replace(command_installation(words, Path("/usr")), started_in=None)
    with Watch() as watch:
        launch = Launch(command=tuple(words), crutch="stub")
        command, confinement = confined(launch, installation, control=watch.descriptor)
        with sandbox.start(command, confinement) as child:
            output, errors = child.communicate(timeout=120)

    assert answered in (output + errors).decode()
