"""What a confined run can and cannot do, tried from inside."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.introspect.sandboxes.bubblewrap import Bubblewrap
from crawler.introspect.sandboxes.cgroups import new_groups
from crawler.introspect.sandboxes.landlock import Landlock
from crawler.introspect.sandboxes.sandbox import Confinement, Limits, Sandbox

pytestmark = pytest.mark.sandbox

PYTHON = Path(sys.base_prefix)
SECRET = "the secret of this machine"


Run = Callable[..., str]
Attempt = Callable[[str], str]


def test_files_that_were_not_named_are_out_of_reach(
    sandbox: Sandbox, tmp_path: Path, run: Run, attempt: Attempt
) -> None:
    """Neither a file of the person's nor the machine's accounts can be read."""
    secret = tmp_path / "secret"
    secret.write_text(SECRET)

    for path in (secret, Path("/etc/shadow"), Path.home() / ".bashrc"):
        assert run(sandbox, attempt(f"open({str(path)!r}).read()")) in {
            "FileNotFoundError",
            "PermissionError",
        }


def test_what_is_readable_cannot_be_written(
    sandbox: Sandbox, tmp_path: Path, run: Run, attempt: Attempt
) -> None:
    """An installation stays as it was installed."""
    tmp_path.chmod(0o777)
    (tmp_path / "file").write_text("before")
    (tmp_path / "file").chmod(0o666)

    said = run(sandbox, attempt(f"open({str(tmp_path / 'file')!r}, 'w')"), readable=(PYTHON, tmp_path))

    assert said in {"OSError", "PermissionError"}
    assert (tmp_path / "file").read_text() == "before"


def test_the_machine_itself_has_a_name(sandbox: Sandbox, run: Run) -> None:
    """A server may serve there, or look for its service."""
    source = "import socket; print(socket.getaddrinfo('localhost', 80)[0][4][0] in {'127.0.0.1', '::1'})"

    assert run(sandbox, source) == "True"


def test_home_is_fresh_and_may_be_written(sandbox: Sandbox, run: Run) -> None:
    """Nothing in it remains from the run before."""
    source = (
        "import os; home = os.environ['HOME']; print(os.listdir(home)); open(home + '/x', 'w').write('y')"
    )

    assert [run(sandbox, source), run(sandbox, source)] == ["[]", "[]"]


@pytest.mark.parametrize(
    "action",
    [
        "socket.create_connection(('192.0.2.1', 80), 3)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
        "socket.getaddrinfo('example.com', 80)",
        "os.unshare(0x10000000) if hasattr(os, 'unshare') else __import__('ctypes').CDLL(None).unshare(0x10000000) and 1/0",
        "os.setuid(0) if os.getuid() else open('/etc/shadow')",
    ],
)
def test_there_is_no_way_out(sandbox: Sandbox, action: str, run: Run, attempt: Attempt) -> None:
    """No network, no name server, no new namespace, no other user."""
    assert run(sandbox, attempt(action)) != "done"


def test_no_capability_is_left(sandbox: Sandbox, run: Run) -> None:
    """Not even to root."""
    source = "print({line.split()[1] for line in open('/proc/self/status') if line.startswith('Cap')})"

    assert run(sandbox, source) == "{'0000000000000000'}"


def test_the_environment_is_scrubbed(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """Our own variables do not reach the run; those that are given do."""
    monkeypatch.setenv("TOLLHOUSE_SECRET", SECRET)

    said = run(sandbox, "import os; print(sorted(os.environ))", environment={"GIVEN": "1"})

    assert "TOLLHOUSE_SECRET" not in said
    assert "GIVEN" in said
    assert "PYTHONHASHSEED" in said


@pytest.mark.parametrize(
    "action",
    [
        "bytearray(600 << 20)",
        "[os.fork() or __import__('time').sleep(5) for _ in range(60)]",
    ],
    ids=["memory", "processes"],
)
def test_what_a_run_may_use_is_bounded(sandbox: Sandbox, action: str, run: Run, attempt: Attempt) -> None:
    """Whoever takes too much is refused or dies."""
    said = run(sandbox, attempt(action), limits=Limits(memory=400 << 20, processes=40))

    assert "done" not in said.splitlines()[:1]


def test_one_file_is_bounded(sandbox: Sandbox, run: Run, attempt: Attempt) -> None:
    """Whoever writes on into a file that is too large ends by a signal, or is told so."""
    source = (
        "import os, resource\n"
        "print(resource.getrlimit(resource.RLIMIT_FSIZE), resource.getrlimit(resource.RLIMIT_CPU))\n"
        + attempt("open(os.environ['HOME'] + '/big', 'wb').write(bytes(9 << 20))")
    )
    said = run(sandbox, source, limits=Limits(file_size=8 << 20, processor=50))

    assert said.splitlines()[:1] == [f"{(8 << 20, 8 << 20)} (50, 50)"]
    assert "done" not in said


def test_memory_that_others_share_is_out_of_reach(sandbox: Sandbox, run: Run, attempt: Attempt) -> None:
    """Nor are the machine's disks."""
    with tempfile.NamedTemporaryFile(dir="/dev/shm") as shared:
        shared.write(SECRET.encode())
        shared.flush()

        assert run(sandbox, attempt(f"open({shared.name!r}).read()")) != "done"
    assert run(sandbox, attempt("os.listdir('/dev/disk') or os.listdir('/dev/block')")) != "done"


def test_memory_is_bounded_for_the_whole_run(run: Run) -> None:
    """Many processes together may not take what one may not."""
    sandbox = Bubblewrap.find()
    assert sandbox is not None
    if not new_groups(Limits()):
        pytest.skip("control groups cannot be made here")
    source = (
        "import os, time\n"
        "for _ in range(8):\n"
        "    if os.fork() == 0:\n"
        "        x = bytearray(b'x') * (40 << 20)\n"
        "        time.sleep(600)\n"
        "print(sorted(os.waitpid(-1, 0)[1] for _ in range(3)))"
    )

    assert run(sandbox, source, limits=Limits(memory=150 << 20)) == "[9, 9, 9]"


def test_a_run_cannot_fill_the_disk(run: Run, attempt: Attempt) -> None:
    """Home and /tmp are memory of a bounded size."""
    sandbox = Bubblewrap.find()
    assert sandbox is not None
    action = "open('/tmp/big', 'wb').write(bytes(9 << 20))"

    assert run(sandbox, attempt(action), limits=Limits(scratch=8 << 20)) == "OSError"


LASTING = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
reader, writer = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    os.write(writer, b'x')
    time.sleep(600)
os.read(reader, 1); print('started', flush=True); time.sleep(600)
"""
STORM = "import os\nprint('started', flush=True)\nwhile True:\n    try: os.fork()\n    except OSError: pass\n"


@pytest.mark.parametrize("box", [Bubblewrap, Landlock])
@pytest.mark.parametrize(
    "source", [LASTING, STORM], ids=["deaf and in a session of its own", "a storm of forks"]
)
def test_nothing_outlives_the_run(box: type[Bubblewrap | Landlock], source: str) -> None:
    """Killing it ends also what left its session, ignores signals, or multiplies."""
    sandbox = box.find()
    assert sandbox is not None
    program = str(Path(sys._base_executable))  # type: ignore[attr-defined]
    child = sandbox.start([program, "-I", "-S", "-c", source], Confinement(readable=(PYTHON,)))
    assert child.stdout is not None
    assert child.stdout.readline() == b"started\n"

    child.kill()

    # Every process of the run holds the pipe's other end; its end means that none is left.
    assert child.stdout.read().replace(b"started\n", b"") == b""
    child.communicate()


def test_nothing_outlives_a_run_that_is_killed_as_it_starts() -> None:
    """bwrap is killed as soon as it has a child, which has not asked yet to die with it."""
    sandbox = Bubblewrap.find()
    assert sandbox is not None
    for _ in range(5):
        with sandbox.start(["/usr/bin/sleep", "600"], Confinement()) as child:
            begun = Path(f"/proc/{child.pid}/task/{child.pid}/children")
            while not begun.read_text():
                pass
            child.kill()

            assert child.communicate() == (b"", b"")


@pytest.mark.usefixtures("normal_user")
def test_a_normal_user_can_confine_too() -> None:
    """Root is not needed where user namespaces are allowed."""
    sandbox = Bubblewrap.find()
    assert sandbox is not None
    script = (
        "grep -E '^Cap|NoNewPrivs' /proc/self/status | sort -u; unshare -U true; cat /proc/net/route | wc -l; echo x > /tmp/y\n"
        # Whoever writes to the memory of the first process is filtered as before, and nothing without a bound can be filled.
        "grep Seccomp: /proc/1/status; for folder in / /dev /etc /home; do touch $folder/x 2>/dev/null && echo $folder; done"
    )

    with sandbox.start(["/bin/sh", "-c", script], Confinement()) as child:
        output, errors = child.communicate()

    assert output.decode().split("\n") == [
        *(f"{name}:\t0000000000000000" for name in ("CapAmb", "CapBnd", "CapEff", "CapInh", "CapPrm")),
        "NoNewPrivs:\t1",
        "1",
        "Seccomp:\t2",
        "",
    ]
    assert b"Operation not permitted" in errors
