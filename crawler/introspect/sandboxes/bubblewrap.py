"""Confinement by bubblewrap: own user, process, mount and network namespaces, no capabilities, a few bound folders."""

import itertools
import json
import os
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from subprocess import Popen

from crawler.introspect.sandboxes import seccomp
from crawler.introspect.sandboxes.cgroups import bounds_memory, joining, new_groups
from crawler.introspect.sandboxes.sandbox import (
    HOME,
    ORIGINALS,
    Confinement,
    Limits,
    base_environment,
    spawn,
)

#: Real user ids of runs started by root: one each, so that limits on processes count that run alone.
_FIRST_USER, _USERS = 1_900_000_000, 100_000
_INSTALLER = _FIRST_USER - 1
_users = itertools.count(os.getpid() * 64 % _USERS)

SUPERVISOR = Path(__file__).parent.with_name("hooks") / "supervisor.py"
_DEVICES = ("null", "zero", "full", "random", "urandom")
_SYSTEM = ("/usr",)
#: The first process of a normal user's run that nobody watches: it buries the dead, cannot be killed from inside, and ends with the command.
_FIRST = ("/bin/sh", "-c", '"$@"; exit $?', "sh")
_LINKS = ("bin", "lib", "lib32", "lib64", "sbin")


class Bubblewrap:
    """Works as root and as a normal user, wherever user namespaces are allowed."""

    name = "bubblewrap"
    lacks = ""
    watches = True
    own_network = True
    copies = True

    def __init__(self, program: str) -> None:
        self._program = program
        self._filter = seccomp.program()

    @classmethod
    def find(cls) -> "Bubblewrap | None":
        """Bubblewrap from PATH, with the two tools of util-linux that it is used with."""
        found = [shutil.which(name) for name in ("bwrap", "prlimit", "setpriv")]
        return cls(found[0]) if found[0] and all(found) else None

    def start(self, command: Sequence[str], confinement: Confinement) -> Popen[bytes]:
        """Start the command; the process that is returned holds the whole sandbox."""
        user = _user(confinement) if os.geteuid() == 0 else None
        groups = new_groups(confinement.limits) if user is not None else []
        with ExitStack() as files:
            descriptors = [confinement.control] if confinement.control is not None else []
            arguments = [self._program, *_namespaces(confinement, as_root=user is not None)]
            arguments += _mounts(confinement)
            for path, content in _accounts(user).items():
                descriptors.append(_memory(content, files))
                # Otherwise only who started it could read them, which no run of root's is.
                arguments += ["--perms", "0644", "--ro-bind-data", str(descriptors[-1]), path]
            # A normal user owns these two, and nobody bounds them; what is mounted in them stays as it is.
            arguments += ["--remount-ro", "/", "--remount-ro", "/dev"]
            for name, value in base_environment(confinement.environment, HOME).items():
                arguments += ["--setenv", name, value]
            arguments += ["--chdir", str(confinement.folder or HOME)]
            if self._filter is not None:
                descriptors.append(_memory(self._filter, files))
                arguments += ["--seccomp", str(descriptors[-1])]
            if confinement.control is None:
                first = _FIRST if user is None else ()
                inner = [
                    *_dropping(user),
                    *_limiting(_loosened(confinement.limits, groups)),
                    *first,
                    *command,
                ]
            else:
                inner = [*_supervising(user, confinement), *command]
            return spawn([*joining(groups), *arguments, "--", *inner], pass_fds=descriptors, kind=_Run)


class _Run(Popen[bytes]):
    """bwrap and the first process of the sandbox, with which all others end."""

    def kill(self) -> None:
        """Kill both: in its first milliseconds the sandbox would outlive bwrap, for it has not asked yet to die with it."""
        if self.returncode is None:
            os.killpg(self.pid, signal.SIGKILL)


def _memory(content: bytes, files: ExitStack) -> int:
    """A file descriptor from which the content can be read once."""
    descriptor = os.memfd_create("tollhouse", 0)
    files.callback(os.close, descriptor)
    os.write(descriptor, content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _user(confinement: Confinement) -> int:
    """An installer is always the same user, for it keeps files from run to run; every other run is a user of its own."""
    return _INSTALLER if confinement.writable else _FIRST_USER + next(_users) % _USERS


def _namespaces(confinement: Confinement, *, as_root: bool) -> Iterator[str]:
    # No --new-session: `spawn` made one, which has no terminal, and the sandbox is to stay in its group.
    yield from ("--die-with-parent", "--clearenv", "--hostname", "sandbox")
    yield from ("--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-net", "--unshare-cgroup-try")
    if as_root:
        # Root needs no user namespace; the run becomes another user before it starts, which takes these three.
        yield from ("--cap-drop", "ALL", "--cap-add", "CAP_SETUID")
        yield from ("--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP")
    else:
        yield "--unshare-user"
    if not as_root or confinement.control is not None:
        # The first process of a sandbox cannot be killed from inside. bwrap's own has no filter of system calls, and the
        # run of a normal user could write to its memory; root's is another user, and needs it to die with its parent.
        yield "--as-pid-1"
    if confinement.control is not None:
        yield from ("--cap-add", "CAP_NET_BIND_SERVICE", "--cap-add", "CAP_SETPCAP")


def _mounts(confinement: Confinement) -> Iterator[str]:
    scratch = str(confinement.limits.scratch)
    for folder in _SYSTEM:
        yield from ("--ro-bind", folder, folder)
    for name in _LINKS:
        if Path("/", name).is_symlink():
            yield from ("--symlink", str(Path("/", name).readlink()), f"/{name}")
        else:
            yield from ("--ro-bind-try", f"/{name}", f"/{name}")
    yield from ("--perms", "0755", "--tmpfs", "/dev")
    for device in _DEVICES:
        yield from ("--dev-bind", f"/dev/{device}", f"/dev/{device}")
    yield from ("--symlink", "/proc/self/fd", "/dev/fd", "--proc", "/proc")
    yield from ("--perms", "0755", "--dir", "/etc", "--perms", "0755", "--dir", "/home")
    for file in ("/etc/ssl", "/etc/ca-certificates", "/etc/alternatives", "/etc/localtime"):
        yield from ("--ro-bind-try", file, file)
    for folder in ("/dev/shm", "/tmp", HOME):  # noqa: S108 - folders inside the sandbox
        yield from ("--perms", "1777", "--size", scratch, "--tmpfs", folder)
    yield from _bindings(confinement)


def _bindings(confinement: Confinement) -> Iterator[str]:
    bound = [(path, "--ro-bind") for path in confinement.readable if not path.is_relative_to("/usr")]
    if confinement.control is not None:
        own = (SUPERVISOR, Path(sys.base_prefix))
        bound += [(path, "--ro-bind") for path in own if not path.is_relative_to("/usr")]
    bound += [(path, "--bind") for path in confinement.writable]
    made = {Path("/"), Path("/tmp"), Path("/home"), Path("/dev")}  # noqa: S108 - inside the sandbox
    for path, _ in bound:
        for ancestor in reversed(path.parents):
            if ancestor not in made:
                made.add(ancestor)
                # Without this a folder on the way is made as closed as it is outside.
                yield from ("--perms", "0755", "--dir", str(ancestor))
    for path, how in bound:
        yield from (how, str(path), str(path))
    for number, path in enumerate(confinement.copied):
        original = f"{ORIGINALS}/{number}"
        yield from ("--perms", "0755", "--dir", ORIGINALS, "--ro-bind", str(path), original)
        yield from ("--perms", "1777", "--size", str(confinement.limits.scratch), "--tmpfs", str(path))


def _accounts(user: int | None) -> dict[str, bytes]:
    """The few files of /etc that programs look for: who they are, and that names are asked of loopback."""
    number = os.getuid() if user is None else user
    return {
        "/etc/passwd": f"u:x:{number}:{number}::{HOME}:/bin/sh\n".encode(),
        "/etc/group": f"u:x:{number}:\n".encode(),
        "/etc/hosts": b"127.0.0.1 localhost sandbox\n::1 localhost\n",
        "/etc/resolv.conf": b"nameserver 127.0.0.1\noptions timeout:1 attempts:1\n",
        "/etc/nsswitch.conf": b"passwd: files\ngroup: files\nhosts: files dns\n",
    }


def _supervising(user: int | None, confinement: Confinement) -> list[str]:
    limits = confinement.limits
    wish = {
        "control": confinement.control,
        "user": user,
        "stub": confinement.stub,
        "folders": [HOME, "/tmp"],  # noqa: S108 - inside the sandbox
        "copied": [[str(path), f"{ORIGINALS}/{number}"] for number, path in enumerate(confinement.copied)],
        "limits": {
            "RLIMIT_DATA": limits.memory,
            "RLIMIT_NPROC": limits.processes,
            "RLIMIT_NOFILE": limits.open_files,
            "RLIMIT_FSIZE": limits.file_size,
            "RLIMIT_CPU": limits.processor,
            "RLIMIT_CORE": 0,
        },
    }
    return [str(Path(sys._base_executable).resolve()), "-I", "-S", str(SUPERVISOR), json.dumps(wish)]  # type: ignore[attr-defined]


def _dropping(user: int | None) -> Iterator[str]:
    if user is None:
        return
    yield from ("/usr/bin/setpriv", "--reuid", str(user), "--regid", str(user), "--clear-groups")
    yield from ("--no-new-privs", "--bounding-set=-all", "--inh-caps=-all")


def _loosened(limits: Limits, groups: list[Path]) -> Limits:
    """The bounds of each process in these groups."""
    bounded = bounds_memory(groups)
    return replace(limits, memory=max(limits.memory, limits.reserved)) if bounded else limits


def _limiting(limits: Limits) -> Iterator[str]:
    yield "/usr/bin/prlimit"
    yield from (f"--data={limits.memory}", f"--nproc={limits.processes}", f"--nofile={limits.open_files}")
    yield from (f"--fsize={limits.file_size}", f"--cpu={limits.processor}", "--core=0")
