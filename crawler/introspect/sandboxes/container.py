"""Confinement by a container engine, docker or podman: third choice, since it starts slowly and needs one to be running.

The container has no system of its own: its image holds nothing but the links that the machine has at its root, and
`/usr` is bound into it, so that what was installed with the machine's interpreters runs with them.
"""

import io
import itertools
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from secrets import token_hex
from subprocess import DEVNULL, Popen

from crawler.introspect.sandboxes import seccomp
from crawler.introspect.sandboxes.sandbox import (
    HOME,
    ORIGINALS,
    SHUTTING,
    Confinement,
    Limits,
    base_environment,
    spawn,
)

ENGINES = ("podman", "docker")
IMAGE = "localhost/tollhouse-base:2"
UNDERTAKER = Path(__file__).with_name("container_undertaker.py")

#: Where an engine is that is not asked over a socket of this machine; what is bound would be another machine's.
_ADDRESSES = ("DOCKER_HOST", "CONTAINER_HOST")
#: There with control groups of the second kind, of which everybody has some.
_NEWER_GROUPS = Path("/sys/fs/cgroup/cgroup.controllers")
#: Seconds that an engine may take to say whether it has an image, or to take one in.
_PATIENCE = 30
_NOBODY = 65534
_MOST_OF_USER = 4096
_FOLDERS = ("dev", "etc", "home", "proc", "sys", "usr")
#: Folders that anybody may write to. podman gives what it mounts there the mode of what it hides.
_OPEN = ("dev/shm", HOME.lstrip("/"), "tmp")
_LINKS = ("bin", "lib", "lib32", "lib64", "sbin")
_FILES = ("/etc/ssl", "/etc/ca-certificates", "/etc/alternatives", "/etc/localtime")


class Container:
    """Runs the command through the engine's own client, and has the container removed when that ends."""

    name = "container"
    lacks = "nobody watches a server at start-up"
    watches = False
    own_network = True
    copies = True

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._filter = seccomp.program()

    @classmethod
    def find(cls) -> "Container | None":
        """The first engine of this machine that runs and has our image, or takes it in."""
        if any(not os.environ.get(name, "unix://").startswith("unix://") for name in _ADDRESSES):
            return None
        engines = (found for name in ENGINES if (found := shutil.which(name)))
        return next((cls(engine) for engine in engines if _has_image(engine)), None)

    def start(self, command: Sequence[str], confinement: Confinement) -> Popen[bytes]:
        """Start the command. When the process that is returned has ended, however it did, the container is removed."""
        called = f"tollhouse-{token_hex(8)}"
        arguments = [
            "run",
            "--rm",
            "--interactive",
            "--name",
            called,
            "--pull",
            "never",
            "--log-driver",
            "none",
        ]
        arguments += itertools.chain(
            self._shut(),
            _bounds(confinement.limits, counted=self._counts()),
            _mounts(confinement, self._own()),
        )
        for name, value in base_environment(confinement.environment, HOME).items():
            arguments += ["--env", f"{name}={value}"]
        arguments += ["--workdir", str(confinement.folder or HOME), IMAGE, *self._shutting(), *command]
        client = spawn([self._engine, *arguments], environment=os.environ)
        # The engine's server would let the container live on when its client is killed.
        ends = (str(client.pid), str(os.getpid()))
        burying = [sys.executable, "-I", "-S", str(UNDERTAKER), *ends, self._engine, called]
        subprocess.run(burying, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, check=True)
        return client

    def _counts(self) -> bool:
        """Whether the engine bounds what a container's processes use together: one without root may not everywhere."""
        return self._privileged() or _NEWER_GROUPS.exists()

    def _privileged(self) -> bool:
        """Whether the engine works as root: podman is who calls it, docker's server may be either."""
        return os.getuid() == 0 or (Path(self._engine).name == "docker" and not _is_rootless(self._engine))

    def _own(self) -> Iterator[Path]:
        """What the program around the command needs."""
        return iter((SHUTTING, Path(sys.base_prefix)) if self._filter is not None else ())

    def _shutting(self) -> Iterator[str]:
        """The words before a command that give it our filter besides the engine's, of which some let namespaces pass."""
        if self._filter is not None:
            python = str(Path(sys._base_executable).resolve())  # type: ignore[attr-defined]
            yield from (python, "-I", "-S", str(SHUTTING), self._filter.hex())

    def _shut(self) -> Iterator[str]:
        """No network, no privilege, nothing to write to, and nobody's user; or ours, since we have to clean up."""
        own = os.getuid() != 0
        user = f"{os.getuid()}:{os.getgid()}" if own else f"{_NOBODY}:{_NOBODY}"
        if Path(self._engine).name == "docker" and not self._privileged():
            # Whom its server runs for is called that inside, and no more than that outside.
            user = "0:0"
        yield from ("--network", "none", "--hostname", "sandbox", "--ipc", "private", "--read-only")
        yield from ("--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--user", user)
        if Path(self._engine).name == "podman":
            # Labels would keep it from what is bound, unless that were labelled anew on the machine itself.
            yield from ("--security-opt", "label=disable", "--read-only-tmpfs=false")
            yield from ("--userns", "keep-id") if own else ()


def _bounds(limits: Limits, *, counted: bool) -> Iterator[str]:
    """What the container may use; where nobody counts for all its processes, each of them is bounded, and how many there are."""
    # The first to go where memory runs out.
    yield from ("--oom-score-adj", "1000")
    if counted:
        yield from ("--memory", str(limits.memory), "--memory-swap", str(limits.memory))
        yield from ("--pids-limit", str(limits.processes))
    for name, bound in (
        ("core", 0),
        ("cpu", limits.processor),
        ("data", limits.memory),
        ("fsize", limits.file_size),
        ("nofile", limits.open_files),
        # This counts all that its user runs anywhere, so --pids-limit is the bound; left out, podman asks for four
        # millions, which a machine may refuse. Where there is no such bound, its user is nobody else's.
        ("nproc", _MOST_OF_USER if counted else limits.processes),
    ):
        yield from ("--ulimit", f"{name}={bound}:{bound}")


def _mounts(confinement: Confinement, own: Iterable[Path]) -> Iterator[str]:
    for folder in _OPEN:
        yield from ("--tmpfs", f"/{folder}:rw,nosuid,nodev,mode=1777,size={confinement.limits.scratch}")
    system = [Path("/usr"), *(path for file in _FILES if (path := Path(file)).exists())]
    inside = [path for path in (*confinement.readable, *own) if not path.is_relative_to("/usr")]
    # An engine takes each place once.
    for path in [path for path in dict.fromkeys([*system, *inside]) if path not in confinement.copied]:
        yield from ("--mount", f"type=bind,source={_plain(path)},target={path},readonly")
    for number, path in enumerate(confinement.copied):
        yield from ("--mount", f"type=bind,source={_plain(path)},target={ORIGINALS}/{number},readonly")
        size = confinement.limits.scratch
        yield from ("--tmpfs", f"{_plain(path)}:rw,exec,nosuid,nodev,mode=1777,size={size}")
    for path in dict.fromkeys(confinement.writable):
        yield from ("--mount", f"type=bind,source={_plain(path)},target={path}")


def _plain(path: Path) -> Path:
    """The path, unless the engine would read its comma or colon as the beginning of another option."""
    if "," in str(path) or ":" in str(path):
        raise OSError(f"a container cannot be given {path}")
    return path


@cache
def _is_rootless(docker: str) -> bool:
    """Whether docker's server runs for a normal user; taken for true where it does not say."""
    command = [docker, "info", "--format", "{{.SecurityOptions}}"]
    try:
        said = subprocess.run(command, stdin=DEVNULL, capture_output=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return True
    return said.returncode != 0 or b"name=rootless" in said.stdout


def _has_image(engine: str) -> bool:
    try:
        there = subprocess.run(
            [engine, "image", "inspect", IMAGE],
            stdin=DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
        return there.returncode == 0 or _import(engine)
    except (OSError, subprocess.TimeoutExpired):
        return False


def _import(engine: str) -> bool:
    taken = subprocess.run(
        [engine, "import", "-", IMAGE], input=image(), capture_output=True, timeout=_PATIENCE, check=False
    )
    return taken.returncode == 0


def image() -> bytes:
    """The image's only layer, as a tar: empty folders, the links of this machine's root, and who is who."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for folder in (*_FOLDERS, *_OPEN):
            member = tarfile.TarInfo(folder)
            member.type, member.mode = tarfile.DIRTYPE, 0o1777 if folder in _OPEN else 0o755
            archive.addfile(member)
        for name in _LINKS:
            if (link := Path("/", name)).is_symlink():
                member = tarfile.TarInfo(name)
                member.type, member.linkname = tarfile.SYMTYPE, str(link.readlink())
                archive.addfile(member)
        for path, content in _accounts().items():
            member = tarfile.TarInfo(path)
            member.size, member.mode = len(content), 0o644
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def _accounts() -> dict[str, bytes]:
    user = os.getuid() or _NOBODY
    return {
        "etc/passwd": f"u:x:{user}:{user}::{HOME}:/bin/sh\n".encode(),
        "etc/group": f"u:x:{user}:\n".encode(),
        "etc/nsswitch.conf": b"passwd: files\ngroup: files\nhosts: files\n",
    }
