"""A run that may write to a copy of a folder: what it writes goes nowhere, and is bounded."""

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from crawler.introspect.live import COPYING
from crawler.introspect.sandboxes.bubblewrap import Bubblewrap
from crawler.introspect.sandboxes.container import Container
from crawler.introspect.sandboxes.sandbox import ORIGINALS, Confinement, Limits, Sandbox

pytestmark = pytest.mark.sandbox

PYTHON = Path(sys.base_prefix)
Attempt = Callable[[str], str]


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    """A folder with a file, a closed one, a program, a link and a folder."""
    folder = tmp_path / "installation"
    (folder / "inner").mkdir(parents=True)
    for name, mode in (("file", 0o644), ("closed", 0o444), ("program", 0o755), ("inner/file", 0o644)):
        (folder / name).write_text("before")
        (folder / name).chmod(mode)
    (folder / "link").symlink_to("inner/file")
    for place in (tmp_path, folder, folder / "inner"):
        place.chmod(0o755)
    return folder


def run(sandbox: Sandbox, source: str, folder: Path, **bounds: int) -> str:
    """What a Python program says that has a copy of the folder to write to."""
    python = [str(Path(sys._base_executable).resolve()), "-I", "-S"]  # type: ignore[attr-defined]
    command = [*python, str(COPYING), ORIGINALS, "1", str(folder), *python, "-c", source]
    confinement = Confinement(readable=(PYTHON, COPYING, folder), copied=(folder,), limits=Limits(**bounds))
    with sandbox.start(command, confinement) as child:
        output, errors = child.communicate(timeout=120)
    return (output + errors).decode().strip()


@pytest.fixture(params=[Bubblewrap, Container], ids=["bubblewrap", "container"])
def copying(request: pytest.FixtureRequest) -> Sandbox:
    """Each confinement that can lay a folder over another."""
    found: Sandbox | None = request.param.find()
    if found is None:
        pytest.skip(f"{request.param.name} is not available")
    return found


def test_a_copy_is_written_to_and_the_folder_is_not(copying: Sandbox, installation: Path) -> None:
    """It holds what the folder holds, and a second run finds it as the first one did."""
    source = (
        f"import os; os.chdir({str(installation)!r})\n"
        "print(open('file').read(), open('link').read(), os.path.islink('link'), os.access('program', os.X_OK))\n"
        "for name in ('file', 'closed', 'inner/file', 'new', 'inner/new'): open(name, 'w').write('after')\n"
        "os.remove('program'); os.mkdir('made'); print(open('closed').read())"
    )
    before = {path: path.stat().st_mtime_ns for path in installation.rglob("*")}

    said = [run(copying, source, installation) for _ in range(2)]

    assert said == ["before before True True\nafter"] * 2
    assert {path: path.stat().st_mtime_ns for path in installation.rglob("*")} == before
    assert {path.read_text() for path in installation.rglob("*") if path.is_file()} == {"before"}


def test_what_it_is_a_copy_of_stays_closed(copying: Sandbox, installation: Path, attempt: Attempt) -> None:
    """By its other name too; nor may the copy be taken away from above it."""
    for action in (f"open('{ORIGINALS}/0/file', 'w')", f"os.mkdir('{ORIGINALS}/1')"):
        assert run(copying, attempt(action), installation) != "done"
    for action in (f"os.rmdir({str(installation)!r})", f"os.rename({str(installation)!r}, '/tmp/x')"):
        assert run(copying, attempt(action), installation) != "done"
    assert (installation / "file").read_text() == "before"


def test_a_copy_is_bounded(copying: Sandbox, installation: Path, attempt: Attempt) -> None:
    """Like home, however many files it is written into."""
    source = attempt(f"[open('{installation}/%d' % n, 'wb').write(bytes(1 << 20)) for n in range(9)]")

    assert run(copying, source, installation, scratch=8 << 20) == "OSError"


def test_what_does_not_fit_starts_nothing(copying: Sandbox, installation: Path) -> None:
    """Half a copy would be another server."""
    (installation / "large").write_bytes(bytes(9 << 20))

    said = run(copying, "print('started')", installation, scratch=8 << 20)

    assert "started" not in said
    assert "No space left" in said


def test_a_file_that_is_too_large_starts_nothing(installation: Path) -> None:
    """The bound on one file holds for what is copied."""
    sandbox = Bubblewrap.find()
    assert sandbox is not None
    (installation / "large").write_bytes(bytes(9 << 20))

    assert "started" not in run(sandbox, "print('started')", installation, file_size=8 << 20)


@pytest.mark.usefixtures("normal_user")
def test_a_normal_user_is_given_copies_too() -> None:
    """Whose files belong to it."""
    sandbox = Bubblewrap.find()
    assert sandbox is not None
    script = f"touch $0/new; echo $0/*; touch {ORIGINALS}/0/new; echo {ORIGINALS}/0/*"

    with TemporaryDirectory() as folder:
        (place := Path(folder)).chmod(0o755)
        (place / "file").touch()
        confinement = Confinement(readable=(place,), copied=(place,))
        with sandbox.start(["/bin/sh", "-c", script, folder], confinement) as child:
            output, errors = child.communicate(timeout=120)

    assert output.decode() == f"{folder}/new\n{ORIGINALS}/0/file\n"
    assert b"Read-only" in errors
