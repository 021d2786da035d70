"""Every page of a site, hostile ones among them, is valid HTML by the checker that the web's standards are held to."""

import shutil
import subprocess
from pathlib import Path

import pytest

from catalogue.website.render import build
from tests.catalogue.sample_entries import entries, hostile

CHECKER = Path(__file__).parents[3] / ".node/node_modules/vnu-jar/build/dist/vnu.jar"

pytestmark = pytest.mark.node


def test_the_checker_finds_no_error(tmp_path: Path) -> None:
    java = shutil.which("java")
    if java is None or not CHECKER.exists():
        pytest.skip("the checker needs Java, and vnu-jar in .node; `make test` installs the latter")
    found = sorted([*entries(2, tools=5), *hostile()], key=lambda entry: str(entry.server.name))
    build(lambda: iter(found), tmp_path / "public", base_url="https://example.org/", processes=1)
    asked: list[str | Path] = [
        java,
        "-Xmx512m",
        "-jar",
        CHECKER,
        "--errors-only",
        "--skip-non-html",
        tmp_path / "public",
    ]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)

    assert (answer.returncode, answer.stderr) == (0, "")
