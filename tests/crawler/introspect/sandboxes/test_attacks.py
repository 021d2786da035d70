"""What a hostile program tries against the machine that it runs on, and that all of it is as it was before."""

import os
import resource
import select
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crawler.introspect.sandboxes.landlock import Landlock
from crawler.introspect.sandboxes.sandbox import Sandbox

pytestmark = pytest.mark.sandbox

Run = Callable[..., str]
Attempt = Callable[[str], str]

PYTHON = Path(sys.base_prefix)


@contextmanager
def ending_by(end: Callable[[], None]) -> Iterator[None]:
    """Call it at the end, however that comes."""
    try:
        yield
    finally:
        end()


@pytest.fixture
def service() -> Iterator[socket.socket]:
    """Something on this machine that listens on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


@pytest.mark.parametrize(
    "way",
    [
        pytest.param("s = socket.socket(); s.connect(PLACE)", id="as everyone does"),
        pytest.param("s = socket.socket(2, 1, 262); s.connect(PLACE)", id="over many paths"),
        pytest.param("s = socket.socket(); s.sendto(b'x', 0x20000000, PLACE)", id="with the first bytes"),
        pytest.param("s = socket.socket(); s.sendmsg([b'x'], [], 0x20000000, PLACE)", id="with a message"),
    ],
)
def test_no_service_of_the_machine_is_reached(
    sandbox: Sandbox, run: Run, attempt: Attempt, service: socket.socket, way: str
) -> None:
    """However the connection is opened."""
    run(sandbox, attempt(way.replace("PLACE", repr(service.getsockname()))))

    with pytest.raises(BlockingIOError):
        service.accept()


@pytest.mark.parametrize("abstract", [True, False], ids=["abstract", "in a folder"])
def test_no_socket_of_the_machine_is_reached(
    sandbox: Sandbox, run: Run, attempt: Attempt, tmp_path: Path, *, abstract: bool
) -> None:
    """As those of Docker, of a desktop and of an agent for keys are."""
    place = f"\0{tmp_path}" if abstract else str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(place)
        listener.listen()
        if not abstract:
            Path(place).chmod(0o777)

        assert run(sandbox, attempt(f"socket.socket(socket.AF_UNIX).connect({place!r})")) != "done"


@pytest.mark.parametrize("family", [17, 31, 38, 40, 44], ids=["packet", "bluetooth", "alg", "vsock", "xdp"])
def test_no_other_kind_of_socket_is_had(sandbox: Sandbox, run: Run, family: int) -> None:
    """The one to the host of a virtual machine knows no namespaces."""
    source = f"import socket\ntry: socket.socket({family}, 1)\nexcept OSError as e: print(e.errno)"

    assert run(sandbox, source) == "97"


def test_no_port_of_the_machine_is_opened(run: Run, attempt: Attempt) -> None:
    """Who listens without having asked for an address is given one, and Landlock is not asked."""
    sandbox = Landlock.find()
    assert sandbox is not None

    for kind in (6, 262):
        assert run(sandbox, attempt(f"socket.socket(2, 1, {kind}).listen()")) == "OSError"


@pytest.mark.parametrize(
    "action",
    [
        "os.chmod(PATH, 0o666)",
        "os.fchmod(os.open(PATH, os.O_RDONLY), 0o666)",
        "__import__('ctypes').CDLL(None).syscall(452, -100, PATH.encode(), 0o666, 0)",
        "os.chown(PATH, os.getuid(), os.getgid() + 1)",
        "os.utime(PATH, (1, 1))",
        "os.setxattr(PATH, 'user.x', b'x')",
        "__import__('fcntl').ioctl(os.open(PATH, os.O_RDONLY), 0x40086602, (0x40).to_bytes(8, 'little'))",
        "os.truncate(PATH, 0)",
        "os.rename(PATH, PATH + 'x')",
        "os.link(PATH, os.environ['HOME'] + '/x')",
    ],
)
@pytest.mark.parametrize("shown", [True, False], ids=["to be read", "not named"])
def test_nothing_of_a_file_is_changed(
    sandbox: Sandbox, run: Run, attempt: Attempt, tmp_path: Path, action: str, *, shown: bool
) -> None:
    """Neither what it holds nor whose it is, who may read it and when it was written: not even its owner may do that."""
    folder = tmp_path / "installation"
    folder.mkdir()
    path = folder / "file"
    path.write_text("before")
    before = path.stat()

    readable = (PYTHON, folder) if shown else (PYTHON,)
    run(sandbox, attempt(action.replace("PATH", repr(str(path)))), readable=readable)

    after = path.stat()
    assert (after.st_mode, after.st_uid, after.st_gid, after.st_mtime, after.st_nlink, after.st_ctime) == (
        (before.st_mode, before.st_uid, before.st_gid, before.st_mtime, before.st_nlink, before.st_ctime)
    )
    assert (path.read_text(), os.listxattr(path)) == ("before", [])


def test_a_program_that_sets_modes_of_its_own_files_goes_on(sandbox: Sandbox, run: Run) -> None:
    """Copying a file does."""
    source = (
        "import os, shutil; os.chdir(os.environ['HOME']); open('a', 'w').write('x')\n"
        "os.chmod('a', 0o640); shutil.copy2('a', 'b'); print(open('b').read())"
    )

    assert run(sandbox, source) == "x"


@pytest.mark.parametrize(
    "action",
    [
        "os.kill(VICTIM, 9)",
        "__import__('signal').pidfd_send_signal(os.pidfd_open(VICTIM), 9)",
        "__import__('resource').prlimit(VICTIM, __import__('resource').RLIMIT_NOFILE, (3, 3))",
        "os.setpriority(os.PRIO_PROCESS, VICTIM, 19)",
        "os.sched_setaffinity(VICTIM, {0})",
        "__import__('ctypes').CDLL(None).ptrace(16, VICTIM, 0, 0)",
        "open(f'/proc/{VICTIM}/environ').read()",
        "open(f'/proc/{VICTIM}/oom_score_adj', 'w').write('1000')",
    ],
)
def test_no_other_process_of_the_machine_is_touched(
    sandbox: Sandbox, run: Run, attempt: Attempt, action: str
) -> None:
    """Neither ended nor bounded nor slowed down nor looked into, though it may be the same user's."""
    with subprocess.Popen(["sleep", "600"]) as victim, ending_by(victim.kill):
        files = resource.prlimit(victim.pid, resource.RLIMIT_NOFILE)
        run(sandbox, attempt(action.replace("VICTIM", str(victim.pid))))

        assert victim.poll() is None
        assert resource.prlimit(victim.pid, resource.RLIMIT_NOFILE) == files
        assert os.getpriority(os.PRIO_PROCESS, victim.pid) == os.getpriority(os.PRIO_PROCESS, 0)
        assert os.sched_getaffinity(victim.pid) == os.sched_getaffinity(0)
        assert (
            Path(f"/proc/{victim.pid}/oom_score_adj").read_text()
            == Path("/proc/self/oom_score_adj").read_text()
        )


def test_a_home_without_ground_is_removed(run: Run) -> None:
    """Landlock's lies on the disk of the machine."""
    sandbox = Landlock.find()
    assert sandbox is not None
    source = (
        "import os; print(os.environ['HOME']); os.chdir(os.environ['HOME']); os.mkdir('closed', 0)\n"
        "for _ in range(3000): os.mkdir('d'); os.chdir('d')\n"
    )

    home = Path(run(sandbox, source))

    assert home.is_absolute()
    assert not home.exists()


def test_a_run_is_the_first_to_go(sandbox: Sandbox, run: Run) -> None:
    """Where memory runs out, nobody else of the machine pays for it."""
    assert run(sandbox, "print(open('/proc/self/oom_score_adj').read().strip())") == "1000"


CRAWL = """
import sys
from crawler.introspect.sandboxes.{module} import {kind}
from crawler.introspect.sandboxes.landlock_runner import descendants
from crawler.introspect.sandboxes.sandbox import Confinement
from crawler.introspect.sandboxes.watch import Watch
import os
watch = Watch()
child = {kind}.find().start(
    ["/bin/sh", "-c", "trap '' HUP INT TERM; echo; while :; do sleep 600; done"],
    Confinement(control=watch.descriptor if {watched} else None),
)
child.stdout.readline()
print(*descendants(os.getpid()), flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("watched", [False, True], ids=["", "watched"])
def test_nothing_outlives_a_crawl_that_is_killed(sandbox: Sandbox, *, watched: bool) -> None:
    """Nobody is there then to end what it started."""
    kind = type(sandbox)
    script = CRAWL.format(
        module=kind.__module__.rpartition(".")[2], kind=kind.__name__, watched=watched and sandbox.watches
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=-1, stdout=-1, env=os.environ) as crawl:
        assert crawl.stdout is not None
        left = [os.pidfd_open(int(number)) for number in crawl.stdout.readline().split()]
        crawl.kill()
        for process in left:
            assert select.select([process], [], [], 60)[0]
            os.close(process)
    assert left
