"""How a container engine is found and asked; a program that writes down its arguments stands for the engine.

What podman makes of them is tried in `test_sandbox.py`, beside the other confinements.
"""

import io
import json
import os
import select
import subprocess
import sys
import tarfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from secrets import token_hex

import pytest

from crawler.introspect.sandboxes import container, seccomp
from crawler.introspect.sandboxes.container import IMAGE, SHUTTING, UNDERTAKER, Container, image
from crawler.introspect.sandboxes.sandbox import Confinement, Limits

#: Notes each call as a line of JSON; `run` goes on until it is killed or told to end.
ENGINE = f"""#!{sys.executable} -IS
import json, os, sys
folder = os.path.dirname(sys.argv[0])
data = len(sys.stdin.buffer.read()) if sys.argv[1] == "import" else 0
with open(folder + "/calls", "a") as calls:
    calls.write(json.dumps([*sys.argv[1:], *([data] if data else [])]) + "\\n")
if sys.argv[1] == "info":
    print(os.path.exists(folder + "/rootless") and "[name=seccomp,profile=default name=rootless]")
if sys.argv[1] == "run":
    print("running", flush=True)
    sys.stdin.read()
if sys.argv[1] == "rm" and not os.path.exists(folder + "/removed"):
    open(folder + "/removed", "x").close()
    with open(folder + "/buried", "w") as fifo:
        fifo.write("buried")
sys.exit({{status}})
"""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Puts an engine of this name on the path, which answers with this status; gives its folder."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for name in ("DOCKER_HOST", "CONTAINER_HOST"):
        monkeypatch.delenv(name, raising=False)
    os.mkfifo(tmp_path / "buried")

    def put(name: str = "docker", status: str = "0") -> Path:
        program = tmp_path / name
        program.write_text(ENGINE.format(status=status))
        program.chmod(0o755)
        return tmp_path

    for name in ("docker", "podman"):
        put(name, "1")
    return put


def calls(folder: Path) -> list[list[str]]:
    file = folder / "calls"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@pytest.mark.usefixtures("engine")
def test_an_engine_that_does_not_answer_is_none() -> None:
    """The client alone, without the server behind it, runs nothing."""
    assert Container.find() is None


def test_an_engine_that_has_the_image_is_taken(engine: Callable[..., Path]) -> None:
    """It is asked once."""
    folder = engine("podman")

    assert Container.find() is not None
    assert calls(folder) == [["image", "inspect", IMAGE]]


def test_an_engine_takes_the_image_in(engine: Callable[..., Path]) -> None:
    """What it does not have it is given, over its own input, and nothing is fetched from anywhere."""
    folder = engine("podman", status='0 if sys.argv[1] == "import" else 1')

    assert Container.find() is not None
    assert calls(folder) == [["image", "inspect", IMAGE], ["import", "-", IMAGE, len(image())]]


@pytest.mark.parametrize("name", ["DOCKER_HOST", "CONTAINER_HOST"])
def test_an_engine_of_another_machine_is_not_taken(
    name: str, engine: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is bound there would be that machine's."""
    folder = engine()
    monkeypatch.setenv(name, "ssh://somebody@build.example")

    assert Container.find() is None
    assert calls(folder) == []


def run(folder: Path, name: str, confinement: Confinement) -> list[str]:
    """The arguments of a run that ended by itself, and of the removal after it."""
    child = Container(str(folder / name)).start(["/usr/bin/true", "x"], confinement)
    child.communicate(b"")
    assert (folder / "buried").read_text() == "buried"
    started, *ended = [call for call in calls(folder) if call[0] != "info"][:3]
    called = started[started.index("--name") + 1]
    assert ended == [["kill", called], ["rm", "--force", "--volumes", called]]
    return started


def around() -> list[str]:
    """The program that shuts doors of the kernel, where our filter knows this machine's numbers."""
    steps = seccomp.program()
    python = str(Path(sys._base_executable).resolve())  # type: ignore[attr-defined]
    return [] if steps is None else [python, "-I", "-S", str(SHUTTING), steps.hex()]


def values(arguments: list[str], option: str) -> list[str]:
    """What an option was given, each time."""
    return [value for name, value in pairwise(arguments) if name == option]


def test_a_container_gets_nothing_that_was_not_named(engine: Callable[..., Path], tmp_path: Path) -> None:
    """No network, no privilege, nobody's user, no file but the machine's programs and those that were named."""
    readable, writable = tmp_path / "environment", tmp_path / "pool"
    confinement = Confinement(
        readable=(readable, Path("/usr/lib/python3")),
        writable=(writable,),
        environment={"GIVEN": "1"},
        folder=readable,
        limits=Limits(memory=1000, processes=20, open_files=30, file_size=4000, scratch=5000, processor=60),
    )
    arguments = run(engine(), "docker", confinement)
    user = "65534:65534" if os.getuid() == 0 else f"{os.getuid()}:{os.getgid()}"

    inside = arguments[arguments.index(IMAGE) + 1 :]
    assert [word for word in inside if word not in around()] == ["/usr/bin/true", "x"]
    assert {"--rm", "--interactive", "--read-only"} <= set(arguments)
    assert {
        option: values(arguments, option) for option in ("--network", "--cap-drop", "--pull", "--user")
    } == {
        "--network": ["none"],
        "--cap-drop": ["ALL"],
        "--pull": ["never"],
        "--user": [user],
    }
    assert values(arguments, "--security-opt") == ["no-new-privileges"]
    assert (values(arguments, "--memory"), values(arguments, "--memory-swap")) == (["1000"], ["1000"])
    assert values(arguments, "--pids-limit") == ["20"]
    assert values(arguments, "--ulimit") == [
        "core=0:0",
        "cpu=60:60",
        "data=1000:1000",
        "fsize=4000:4000",
        "nofile=30:30",
        "nproc=4096:4096",
    ]
    assert [mount.partition(":")[0] for mount in values(arguments, "--tmpfs")] == [
        "/dev/shm",
        "/home/u",
        "/tmp",
    ]
    assert all(mount.endswith("size=5000") for mount in values(arguments, "--tmpfs"))
    mounts = [
        mount
        for mount in values(arguments, "--mount")
        if "source=/etc/" not in mount and not any(word in mount for word in (str(SHUTTING), sys.base_prefix))
    ]
    assert mounts == [
        "type=bind,source=/usr,target=/usr,readonly",
        f"type=bind,source={readable},target={readable},readonly",
        f"type=bind,source={writable},target={writable}",
    ]
    assert values(arguments, "--workdir") == [str(readable)]
    assert "GIVEN=1" in values(arguments, "--env")


@pytest.mark.parametrize(
    ("name", "rootless", "together", "alone", "user"),
    [
        ("podman", False, [], "nproc=20:20", "1001:1001"),
        ("docker", False, ["20"], "nproc=4096:4096", "1001:1001"),
        ("docker", True, [], "nproc=20:20", "0:0"),
    ],
)
def test_where_nobody_counts_for_all_processes_there_are_few(
    name: str,
    rootless: bool,
    together: list[str],
    alone: str,
    user: str,
    engine: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An engine without root ignores bounds for a whole container with control groups of the first kind."""
    monkeypatch.setattr(container, "_NEWER_GROUPS", Path("/nonexistent"))
    monkeypatch.setattr(os, "getuid", lambda: 1001)
    monkeypatch.setattr(os, "getgid", lambda: 1001)
    folder = engine(name)
    if rootless:
        (folder / "rootless").touch()
    arguments = run(folder, name, Confinement(limits=Limits(processes=20)))

    assert (values(arguments, "--pids-limit"), values(arguments, "--ulimit")[-1]) == (together, alone)
    assert values(arguments, "--user") == [user]


def test_podman_maps_a_normal_user_to_itself(
    engine: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an installer writes would otherwise belong to a user whose files nobody can remove."""
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    monkeypatch.setattr(os, "getgid", lambda: 1000)
    arguments = run(engine("podman"), "podman", Confinement())

    assert values(arguments, "--user") == ["1000:1000"]
    assert values(arguments, "--userns") == ["keep-id"]
    assert values(arguments, "--security-opt") == ["no-new-privileges", "label=disable"]


def test_killing_the_client_removes_the_container(engine: Callable[..., Path]) -> None:
    """The engine's server would let it live on."""
    folder = engine()
    child = Container(str(folder / "docker")).start(["/usr/bin/sleep", "600"], Confinement())
    assert child.stdout is not None
    assert child.stdout.readline() == b"running\n"

    child.kill()
    child.communicate()

    assert (folder / "buried").read_text() == "buried"
    assert [call[0] for call in calls(folder)][:3] == ["run", "kill", "rm"]


def test_a_path_that_an_engine_would_misread_is_refused(engine: Callable[..., Path]) -> None:
    """A comma in it would begin another option of the mount."""
    folder = engine()

    with pytest.raises(OSError, match="cannot be given"):
        Container(str(folder / "docker")).start(["true"], Confinement(readable=(Path("/a,readonly=false"),)))
    assert calls(folder) == []


def test_the_image_holds_links_and_accounts_alone() -> None:
    """No program of it ever runs: all that does is bound from the machine."""
    with tarfile.open(fileobj=io.BytesIO(image())) as archive:
        members = {member.name: member for member in archive}

    assert {name for name, member in members.items() if member.isfile()} == {
        "etc/passwd",
        "etc/group",
        "etc/nsswitch.conf",
    }
    assert all(
        member.linkname == os.readlink(f"/{name}") for name, member in members.items() if member.issym()
    )


def test_the_undertaker_copes_with_a_client_that_is_gone(engine: Callable[..., Path]) -> None:
    """A client that ended before it looked."""
    folder = engine()
    gone = subprocess.Popen(["/usr/bin/true"])
    gone.wait()
    subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            str(UNDERTAKER),
            str(gone.pid),
            str(os.getpid()),
            str(folder / "docker"),
            "x",
        ],
        check=True,
    )

    assert (folder / "buried").read_text() == "buried"


@pytest.mark.sandbox
def test_nothing_outlives_a_real_run() -> None:
    """Its client is killed, and a process inside that ignores signals is gone soon after."""
    container = Container.find()
    if container is None:
        pytest.skip("no container engine works here")
    called = f"run-{token_hex(8)}"
    script = f"trap '' TERM INT HUP; echo started; setsid sleep 600 & sleep 600; : {called}"
    child = container.start(["/bin/sh", "-c", script], Confinement())
    assert child.stdout is not None
    assert child.stdout.readline() == b"started\n"
    inside = [
        os.pidfd_open(int(entry.name))
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and int(entry.name) != child.pid and called in words(entry)
    ]
    assert inside

    child.kill()
    child.communicate()

    assert [select.select([process], [], [], 60)[0] for process in inside] == [
        [process] for process in inside
    ]


def words(process: Path) -> str:
    """The command line of a process, which may be gone."""
    try:
        return (process / "cmdline").read_text(errors="replace")
    except OSError:
        return ""
