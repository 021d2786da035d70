"""What a confined run may see and use, and which confinement this machine offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE, Popen, TimeoutExpired
from typing import Protocol

HOME = "/home/u"
#: Where a run that writes to a copy of a folder finds what that holds: in the folder of its number among `copied`.
ORIGINALS = "/originals"
#: The program that loads a filter of system calls, and becomes another.
SHUTTING = Path(__file__).parent.with_name("hooks") / "shutting.py"
#: Seconds in which a program that does nothing must have ended in a sandbox that works.
_PATIENCE = 60


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds on one run. They hold for each process, but `processes` and `scratch`, which hold for the whole run."""

    #: Bytes of private writable memory, and where root starts the run of all its memory together.
    #: Not address space: Node.js reserves far more of that than it uses.
    memory: int = 1 << 30
    #: The same of each process, where a group bounds what all of them take: some set aside more than they use. At least `memory`.
    reserved: int = 0
    processes: int = 160
    open_files: int = 1024
    #: Bytes of one written file.
    file_size: int = 64 << 20
    #: Bytes of home, and again of /tmp.
    scratch: int = 128 << 20
    #: Seconds of processor time.
    processor: int = 120


@dataclass(frozen=True, kw_only=True)
class Confinement:
    """What one run may see. All that is not named is absent: other files, the network, the environment."""

    readable: tuple[Path, ...] = ()
    #: Folders below readable ones over each of which lies an empty one in memory, bounded like home, that the run may write to
    #: and that ends with it. What each holds is to be read below ORIGINALS. Only for a sandbox that `copies`.
    copied: tuple[Path, ...] = ()
    #: Only for installers, which run no code of what they install.
    writable: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    #: `HOST:PORT` of what may be connected to, for installers; a sandbox with a network of its own needs a relay for it.
    reach: tuple[str, ...] = ()
    #: The working folder; `None` means the fresh home.
    folder: Path | None = None
    limits: Limits = Limits()
    #: A socket over which a supervisor in the sandbox reports; only for a sandbox that `watches`.
    control: int | None = None
    #: Under that supervisor every name is the loopback's, whose ports 80 and 443 are the command's descriptors 3 and 4.
    stub: bool = False


class Sandbox(Protocol):
    """A way of running a program so that it harms neither the machine nor its neighbours."""

    #: As `Profile.sandbox` spells it.
    name: str
    #: What it does not have beside the best one, for a person; empty where nothing.
    lacks: str
    #: Whether it can run a server under a supervisor that sees what it does.
    watches: bool
    #: Whether a run has a loopback of its own, and so nothing else to connect to.
    own_network: bool
    #: Whether it can lay a folder that may be written to over one that may not.
    copies: bool

    def start(self, command: Sequence[str], confinement: Confinement) -> Popen[bytes]:
        """Start the command with pipes for its three streams. Killing the returned process ends all that it started."""


def base_environment(environment: Mapping[str, str], home: str) -> dict[str, str]:
    """The whole environment of a confined run; nothing of ours is handed on."""
    return {
        "HOME": home,
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "NO_COLOR": "1",
        # Definitions built from a set would otherwise differ from start to start.
        "PYTHONHASHSEED": "0",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        **environment,
    }


def spawn(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
    kind: type[Popen[bytes]] = Popen,
) -> Popen[bytes]:
    """Start a program in its own session with three unbuffered pipes and no inherited environment."""
    return kind(
        list(command),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        bufsize=0,
        env=dict(environment or {}),
        pass_fds=tuple(pass_fds),
        start_new_session=True,
    )


def find_sandbox() -> Sandbox | None:
    """The best confinement that works here, or `None`; tried by running a program that does nothing."""
    from crawler.introspect.sandboxes.bubblewrap import Bubblewrap
    from crawler.introspect.sandboxes.container import Container
    from crawler.introspect.sandboxes.landlock import Landlock

    for candidate in (Bubblewrap, Landlock, Container):
        sandbox = candidate.find()
        if sandbox is not None and works(sandbox):
            return sandbox
    return None


def works(sandbox: Sandbox) -> bool:
    """Whether the sandbox can run a program at all."""
    try:
        child = sandbox.start(["/usr/bin/true"], Confinement())
    except OSError:
        return False
    with child:
        try:
            child.communicate(timeout=_PATIENCE)
        except TimeoutExpired:
            child.kill()
            return False
    return child.returncode == 0
