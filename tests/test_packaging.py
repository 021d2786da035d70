"""The wheel holds what the commands need, and nothing of the tests."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    out = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(out)], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = out.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_has_just_the_four_packages(contents: set[str]) -> None:
    tops = {name.partition("/")[0] for name in contents}

    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "crawler",
        "classifier",
        "enforce",
        "catalogue",
    }


@pytest.mark.parametrize(
    ("folder", "inside"), [("site", "catalogue/_site"), ("migrations", "catalogue/_migrations")]
)
def test_the_wheel_carries_every_file_of_a_data_folder(contents: set[str], folder: str, inside: str) -> None:
    files = {
        f"{inside}/{file.relative_to(ROOT / folder).as_posix()}"
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }

    assert files
    assert files <= contents


@pytest.mark.parametrize("package", ["crawler", "classifier", "enforce", "catalogue"])
def test_the_wheel_carries_every_file_of_a_package(contents: set[str], package: str) -> None:
    files = {
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }

    assert files <= contents
