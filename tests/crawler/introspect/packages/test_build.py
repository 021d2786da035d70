"""Builds are code of a stranger: what they leave is a wheel or nothing, and they end."""

from collections.abc import Callable
from typing import Any

import pytest

from crawler.introspect.packages.archive import BadArchive
from crawler.introspect.packages.build import build_wheel
from crawler.introspect.packages.install import NotInstalled
from crawler.introspect.sandboxes.bubblewrap import Bubblewrap
from crawler.introspect.sandboxes.landlock import Landlock
from crawler.introspect.workshop import Workshop
from crawler.snapshots import SkipReason
from tests.crawler.introspect.conftest import wheel

pytestmark = pytest.mark.sandbox

PROJECT = b"""
[project]
name = "demo"
version = "1.0"
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
HONEST = """
with zipfile.ZipFile(out + "/" + NAME, "w") as archive:
    for path, content in FILES.items():
        archive.writestr(path, content)
"""
FILES = {
    "demo.py": b"",
    "demo-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n",
    "demo-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}


@pytest.fixture
def tree(index: Any) -> Callable[[str], dict[str, bytes]]:
    """A project whose build does this."""
    files = {**FILES, "demo-1.0.dist-info/RECORD": index.record(FILES, "demo-1.0.dist-info/RECORD")}

    def tree(doing: str) -> dict[str, bytes]:
        lines = "\n".join("    " + line for line in doing.strip().splitlines())
        source = (
            f"import os, sys, time, zipfile\nNAME = 'demo-1.0-py3-none-any.whl'\nFILES = {files!r}\n"
            f"def build_wheel(out, config_settings=None, metadata_directory=None):\n{lines}\n    return NAME\n"
        )
        return {"pyproject.toml": PROJECT, "backend.py": source.encode()}

    return tree


@pytest.fixture(params=[Bubblewrap, Landlock], ids=["bubblewrap", "landlock"])
def confining(
    request: pytest.FixtureRequest,
    make_workshop: Callable[..., Workshop],
    tmp_path_factory: pytest.TempPathFactory,
) -> Workshop:
    """A workshop with each sandbox in which builds run."""
    folder = tmp_path_factory.mktemp("folder")
    return make_workshop(sandbox=request.param.find(), folder=folder)


def test_what_is_built_is_a_release(tree: Callable[[str], dict[str, bytes]], confining: Workshop) -> None:
    """Its archive lies beside the source, which no build can change."""
    files = tree("open('backend.py', 'a').write('x'); print('noise')\n" + HONEST)
    with confining.bench() as bench:
        release = build_wheel(files, workshop=confining, bench=bench)

        assert (release.name, release.version, release.files["demo.py"]) == ("demo", "1.0", b"")
        assert release.archive == bench / "demo-1.0-py3-none-any.whl"
        assert (bench / "source" / "backend.py").read_bytes() == files["backend.py"]


def test_what_a_plugin_looks_for_in_the_repository_is_there(
    tree: Callable[[str], dict[str, bytes]], confining: Workshop, index: Any
) -> None:
    """It takes into the wheel what the repository holds, all of which an archive of its source has."""
    index.offer("setuptools-scm", "setuptools_scm-1.0-py3-none-any.whl", wheel("setuptools-scm", ""))
    doing = "import subprocess; kept = subprocess.check_output(['git', 'ls-files'], text=True).split()\n"
    files = tree(
        doing + "if '.gitignore' not in kept or 'deep/ignored.py' not in kept: sys.exit(str(kept))\n" + HONEST
    )
    files["pyproject.toml"] = PROJECT.replace(b"requires = []", b'requires = ["setuptools_scm>=1"]')
    with confining.bench() as bench:
        release = build_wheel(
            {**files, ".gitignore": b"deep", "deep/ignored.py": b""}, workshop=confining, bench=bench
        )

    assert release.name == "demo"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/demo/_version.py", '__version__ = "0.0.0"\n'),
        ("backend.py", None),
        ("../x.py", None),
        ("x/../../y.py", None),
        ("/x.py", None),
    ],
)
def test_a_version_that_only_releases_write_down_is_made_up(
    path: str, expected: str | None, tree: Callable[[str], dict[str, bytes]], workshop: Workshop
) -> None:
    """Where the backend would read it; no file of the project's is another, and none lies elsewhere."""
    files = tree(HONEST)
    files["pyproject.toml"] += f'[tool.hatch.version]\npath = "{path}"\n'.encode()
    with workshop.bench() as bench:
        build_wheel(files, workshop=workshop, bench=bench)
        source = bench / "source"
        made = {
            file.relative_to(source).as_posix(): file.read_text()
            for file in source.rglob("*")
            if file.is_file() and file.relative_to(source).as_posix() not in files
        }

    assert made == ({path: expected} if expected else {})


@pytest.mark.parametrize(
    ("doing", "reason"),
    [
        pytest.param("while True: os.write(2, b'x' * 65536)", SkipReason.NO_WHEEL, id="endless errors"),
        pytest.param("while True: os.write(1, b'x' * 65536)", SkipReason.NO_WHEEL, id="endless output"),
        pytest.param("os.mkfifo(out + '/' + NAME)", SkipReason.NO_WHEEL, id="a pipe"),
        pytest.param("os.symlink('/etc/passwd', out + '/' + NAME)", SkipReason.NO_WHEEL, id="a link"),
        pytest.param("os.mkdir(out + '/' + NAME)", SkipReason.NO_WHEEL, id="a folder"),
        pytest.param("os.symlink('/dev/zero', out + '/' + NAME)", SkipReason.NO_WHEEL, id="a device"),
        pytest.param("NAME = 'x.whl'" + HONEST, SkipReason.NO_WHEEL, id="a name of another kind"),
        pytest.param("NAME = 'demo-1.0-\\npy3-none-any.whl'" + HONEST, SkipReason.NO_WHEEL, id="two lines"),
        pytest.param("NAME = 'd\\udcff-1.0-py3-none-any.whl'" + HONEST, SkipReason.NO_WHEEL, id="no text"),
        pytest.param(
            HONEST + "open(out + '/y-1-py3-none-any.whl', 'w')", SkipReason.NO_WHEEL, id="two wheels"
        ),
        pytest.param(
            "open(out + '/' + NAME, 'w').truncate(1 << 30)", SkipReason.OUTPUT_LIMIT, id="nothing, and much"
        ),
        pytest.param(
            "for n in range(9):\n  with open(f'x{n}', 'wb') as f:\n    for _ in range(250): f.write(bytes(1 << 20))",
            SkipReason.NO_WHEEL,
            id="all the disk",
        ),
    ],
)
def test_a_hostile_build_ends_in_its_reason(
    doing: str,
    reason: SkipReason,
    tree: Callable[[str], dict[str, bytes]],
    workshop: Workshop,
) -> None:
    """Nothing of what it wrote is on this machine."""
    with workshop.bench() as bench:
        with pytest.raises((NotInstalled, BadArchive)) as refusal:
            build_wheel(tree(doing), workshop=workshop, bench=bench)

        assert refusal.value.reason is reason  # type: ignore[attr-defined]
        assert sorted(path.name for path in bench.iterdir()) == ["backend", "source"]
