"""Confinement by Landlock and seccomp, without privileges: second choice, for it has no namespaces."""

import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from subprocess import Popen

from crawler.introspect.sandboxes import seccomp
from crawler.introspect.sandboxes.removing import homed
from crawler.introspect.sandboxes.sandbox import SHUTTING, Confinement, Limits, base_environment, spawn

_SETPRIV, _PRLIMIT = _TOOLS = (Path("/usr/bin/setpriv"), Path("/usr/bin/prlimit"))


class Landlock:
    """Runs the command through the library `sandlock`, which a process of our own loads for each run."""

    name = "landlock"
    lacks = (
        "it has no namespaces: a server sees the machine's processes and which files there are, has no loopback on which it could "
        "be asked over HTTP or a service be played to it, is given no copy of its installation, and nobody watches it at start-up"
    )
    watches = False
    own_network = False
    copies = False

    @classmethod
    def find(cls) -> "Landlock | None":
        """The library, where it is installed and this is Linux, with the two tools of util-linux that it is used with."""
        usable = sys.platform == "linux" and importlib.util.find_spec("sandlock") is not None
        # Without it files change their modes, and connections are made that Landlock does not know.
        usable = usable and seccomp.program(shared=True) is not None
        return cls() if usable and all(map(Path.exists, _TOOLS)) else None

    def start(self, command: Sequence[str], confinement: Confinement) -> Popen[bytes]:
        """Start the command; the process that is returned removes the run's home when it ends."""
        home = tempfile.mkdtemp(prefix="tollhouse-home-")
        wanted = {
            "command": [*_dropping(), *_limiting(confinement.limits), *_shutting(confinement), *command],
            "home": home,
            "folder": str(confinement.folder or home),
            "readable": [str(path) for path in (*confinement.readable, SHUTTING, sys.base_prefix)],
            "writable": [str(path) for path in confinement.writable],
            "environment": base_environment(confinement.environment, home) | {"TMPDIR": home},
            "reach": list(confinement.reach),
            "scratch": confinement.limits.scratch,
            "memory": confinement.limits.memory,
            "processes": confinement.limits.processes,
            "open_files": confinement.limits.open_files,
        }
        runner = Path(__file__).with_name("landlock_runner.py")
        # In its first milliseconds nobody else would remove its home.
        return spawn([sys.executable, "-I", str(runner), json.dumps(wanted)], kind=homed(Path(home)))


def _shutting(confinement: Confinement) -> Iterator[str]:
    """What neither Landlock nor the library holds: it lets through modes of files and whatever is no plain TCP.

    An installer runs no code of a package, and is in need of both.
    """
    closed = seccomp.program(shared=True)
    if closed is not None and not confinement.writable:
        python = str(Path(sys._base_executable).resolve())  # type: ignore[attr-defined]
        yield from (python, "-I", "-S", str(SHUTTING), closed.hex())


def _limiting(limits: Limits) -> list[str]:
    """What the library does not bound."""
    return [str(_PRLIMIT), f"--fsize={limits.file_size}", f"--cpu={limits.processor}", "--core=0"]


def _dropping() -> list[str]:
    """Root stays root here, but without any capability."""
    if os.geteuid() != 0:
        return []
    return [str(_SETPRIV), "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]
