"""What differs on Windows and macOS, as far as a test elsewhere can show: every call there has its counterpart."""

import ast
import asyncio
import importlib
import signal
import subprocess
import sys
import time
import types
from pathlib import Path
from typing import Any

import pytest

from enforce import clocks, locks
from enforce.cli import places
from enforce.transports import ending, programs, standard
from enforce.transports.http import running

ROOM = Path(__file__).parents[2] / "enforce"

#: Modules and attributes that only some systems have, and the one file that may name each beside its counterpart.
ONLY_SOMEWHERE = {
    "fcntl": "locks.py", "msvcrt": "locks.py", "resource": "running.py", "uvloop": "running.py",
    "pwd": "", "grp": "", "termios": "", "tty": "", "pty": "", "readline": "", "winreg": "",
}  # fmt: skip
ATTRIBUTES = {
    "os.fork", "os.forkpty", "os.setsid", "os.setpgid", "os.getpgid", "os.killpg", "os.getuid", "os.geteuid", "os.chown",
    "os.fchmod", "os.fchown", "os.mkfifo", "os.nice", "os.pread", "os.pwrite", "os.sendfile", "os.sync", "os.uname",
    "os.wait", "os.wait3", "os.register_at_fork", "os.O_CLOEXEC", "os.O_NOFOLLOW", "os.O_DIRECTORY", "os.O_SYNC", "os.O_DSYNC",
    "signal.SIGHUP", "signal.SIGKILL", "signal.SIGQUIT", "signal.SIGUSR1", "signal.SIGUSR2", "signal.SIGPIPE", "signal.SIGCHLD",
    "signal.pause", "signal.alarm", "signal.setitimer", "signal.sigwait", "signal.pthread_kill", "signal.pthread_sigmask",
    "asyncio.open_unix_connection", "asyncio.start_unix_server", "socket.AF_UNIX", "select.poll", "select.epoll", "time.tzset",
    "os.sched_yield", "os.set_blocking", "os.openpty", "os.mknod", "os.lchown", "os.lchmod", "os.chroot", "os.fdatasync", "os.statvfs",
    "os.getgid", "os.getegid", "os.getgroups", "os.getpgrp", "os.setuid", "os.setgid", "os.umask", "os.waitid", "os.wait4",
    "os.eventfd", "os.memfd_create", "os.pidfd_open", "os.splice", "os.posix_spawn", "os.sched_setaffinity", "os.sched_getaffinity",
    "os.readv", "os.writev", "os.ttyname", "os.ctermid", "os.O_NONBLOCK", "os.O_NOCTTY", "os.O_BINARY",
    "signal.SIGTSTP", "signal.SIGCONT", "signal.SIGSTOP", "signal.SIGWINCH", "signal.SIGBREAK", "signal.siginterrupt",
    "select.kqueue", "select.devpoll", "select.PIPE_BUF", "select.EPOLLIN", "socket.SO_REUSEPORT", "socket.MSG_DONTWAIT",
    "socket.send_fds", "socket.recv_fds", "time.clock_gettime", "time.CLOCK_BOOTTIME", "time.CLOCK_MONOTONIC",
}  # fmt: skip
#: What Popen takes on some systems alone, and paths that others do not have.
ARGUMENTS = {"preexec_fn", "pass_fds", "process_group", "start_new_session", "creationflags", "startupinfo"}
PLACES = ("/proc/", "/dev/", "/tmp/", "/etc/", "/sys/", "/var/", "/usr/")
#: The files that may name some of them, since they ask first whether these are there, or are only used where somebody has.
EXCEPT = {
    "words.py": {"select.poll"}, "vigil.py": {"select.poll"}, "wakeful.py": {"select.poll"},
    "sink.py": {"select.poll", "select.PIPE_BUF", "os.O_NONBLOCK", "os.set_blocking"},
    "polling.py": {"signal.SIGCHLD", "os.set_blocking"}, "careless.py": {"os.geteuid"}, "tokens.py": {"os.chown"},
    "clocks.py": {"time.clock_gettime", "time.CLOCK_BOOTTIME", "time.CLOCK_MONOTONIC"},
}  # fmt: skip


@pytest.mark.parametrize("file", sorted(ROOM.rglob("*.py")), ids=lambda file: str(file.relative_to(ROOM)))
def test_nothing_is_used_that_only_some_systems_have(file: Path) -> None:
    """What must be used stands in one place, beside what does the same elsewhere."""
    tree = ast.parse(file.read_text("utf-8"))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        )
    }
    assert {name for name in imported if ONLY_SOMEWHERE.get(name, file.name) != file.name} == set()
    used = {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    used |= {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert used & ATTRIBUTES == EXCEPT.get(file.name, set())
    given = {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword)}
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    named = {text for text in texts if text.startswith(PLACES)}
    assert given & ARGUMENTS == set()
    assert named == ({"/proc/self/fd/"} if file.name == "sink.py" else set())


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {}, "home/.local/state/tollhouse"),
        ("linux", {"XDG_STATE_HOME": "/x"}, "/x/tollhouse"),
        ("darwin", {}, "home/Library/Application Support/tollhouse"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/tollhouse"),
        ("win32", {}, "home/AppData/Local/tollhouse"),
        ("linux", {"TOLLHOUSE_HOME": "/kept", "XDG_STATE_HOME": "/x"}, "/kept/state"),
        ("win32", {"TOLLHOUSE_STATE_DIR": "/own", "TOLLHOUSE_HOME": "/kept"}, "/own"),
    ],
)
def test_state_lies_where_the_system_has_it(monkeypatch: pytest.MonkeyPatch, platform: str, environment: dict[str, str], folder: str) -> None:  # fmt: skip
    for name in ("XDG_STATE_HOME", "LOCALAPPDATA", "TOLLHOUSE_STATE_DIR", "TOLLHOUSE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(Path, "home", lambda: Path("home"))
    monkeypatch.setattr(sys, "platform", platform)
    assert places.state_folder() == Path(folder)


def test_windows_finds_scripts_by_a_search_of_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """`npx` is `npx.cmd` there, which no other call than the search knows; a missing one is left to fail by its name."""
    found = {"npx": "C:/node/npx.cmd"}
    monkeypatch.setattr("shutil.which", found.get)
    assert programs.program(["npx", "-y", "x"]) == ["npx", "-y", "x"]
    monkeypatch.setattr(sys, "platform", "win32")
    assert programs.program(["npx", "-y", "x"]) == ["C:/node/npx.cmd", "-y", "x"]
    assert programs.program(["gone"]) == ["gone"]


@pytest.mark.parametrize("has_poll", [True, False])
def test_who_reads_no_standard_error_is_not_waited_for(has_poll: bool) -> None:
    """Also where the system cannot say whether there is room; whoever reads late still finds what was told first."""
    told = "from enforce.cli.words import speak_aside, tell; speak_aside(); [tell('x' * 3000) for _ in range(2000)]"
    cut = "" if has_poll else "import select; del select.poll; "
    program = subprocess.Popen([sys.executable, "-c", cut + told], stderr=subprocess.PIPE)
    assert program.wait(60) == 0
    assert program.stderr
    with program.stderr as said:
        assert said.readline().startswith(b"tollhouse-proxy: xxx")


def test_signals_are_those_that_the_system_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without SIGHUP, with SIGBREAK: as on Windows."""
    monkeypatch.setattr(signal, "SIGBREAK", 21, raising=False)
    monkeypatch.delattr(signal, "SIGHUP", raising=False)
    taken: list[int] = []
    monkeypatch.setattr(signal, "signal", lambda number, _: taken.append(int(number)))
    assert list(map(int, ending.signals())) == [15, 2, 21]

    async def watch() -> None:
        standard.Ending().watch()

    asyncio.run(watch())
    assert [each for each in taken if each in (15, 21)] == [15, 21]


def test_a_loop_without_signals_of_its_own_gets_them_from_the_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """Loops on Windows take none; the plain handler wakes the loop."""
    handlers: dict[int, Any] = {}
    monkeypatch.setattr(signal, "signal", lambda number, handler: handlers.__setitem__(int(number), handler))

    async def run() -> bool:
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()

        def refuse(*_: object) -> None:
            raise NotImplementedError

        monkeypatch.setattr(loop, "add_signal_handler", refuse)
        running._on_signals(loop, stopped)
        handlers[2](2, None)
        await asyncio.wait_for(stopped.wait(), 10)
        return True

    assert asyncio.run(run())


def test_windows_runs_on_the_loop_that_it_has_and_has_no_bound_to_raise(monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(sys, "platform", "win32")
    assert running._fast_run() is None
    running._allow_connections()


def test_a_lock_on_windows_is_a_byte_that_no_file_has(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Locked bytes cannot be read there, so the lock lies far behind the end, and the position stays."""
    asked: list[tuple[int, int]] = []
    held = False

    def locking(_: int, mode: int, count: int) -> None:
        asked.append((mode, count))
        if held:
            raise OSError

    fake = types.ModuleType("msvcrt")
    fake.LK_NBLCK, fake.locking = 2, locking  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "msvcrt", fake)
    monkeypatch.setattr(sys, "platform", "win32")
    windows = importlib.reload(locks)
    monkeypatch.setattr(windows, "_FAR", 2**40)  # as far as the file systems of Linux go
    try:
        with (tmp_path / "lock").open("wb") as file:
            file.write(b"abc")
            file.flush()
            assert windows.try_lock(file.fileno())
            held = True
            assert not windows.try_lock(file.fileno())
            assert file.tell() == 3
        assert asked == [(2, 1), (2, 1)]
        assert (tmp_path / "lock").read_bytes() == b"abc"
    finally:
        monkeypatch.undo()
        importlib.reload(locks)


@pytest.mark.parametrize(("platform", "source"), [("linux", "CLOCK_BOOTTIME"), ("darwin", "CLOCK_MONOTONIC")])
def test_the_time_goes_on_while_the_machine_sleeps(
    monkeypatch: pytest.MonkeyPatch, platform: str, source: str
) -> None:
    """Else tokens, approvals and hours would last for a night longer."""
    times = {"the right one": 100.0}
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(time, source, "the right one", raising=False)
    monkeypatch.setattr(time, "clock_gettime", times.__getitem__, raising=False)
    clock = clocks.steady_clock()
    before = clock()
    times["the right one"] += 28_800
    assert clock() == before + 28_800


def test_what_must_end_ends_by_the_later_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gate may have begun at a wrong time, or its machine have stood still; a clock that is set back revives nothing."""
    ends = clocks.latest(lambda: 1_000.0)
    for system, then in ((0.0, 1_000.0), (5_000.0, 5_000.0), (10.0, 1_000.0)):
        monkeypatch.setattr(time, "time", lambda system=system: system)
        assert ends() == then
