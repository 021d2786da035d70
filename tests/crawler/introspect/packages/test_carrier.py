"""What a project needs that no wheel is built of."""

from email.parser import BytesParser
from pathlib import Path

import pytest

from crawler.introspect.packages.carrier import carrier
from crawler.introspect.packages.install import NotInstalled

PROJECT = b'[project]\nname = "A.Demo"\nrequires-python = ">=3.10"\ndependencies = ["mcp[cli]>=1", "httpx"]\n'
INLINE = b'#!/usr/bin/env python\n# /// script\n# requires-python = ">=3.11"\n# dependencies = [\n#   "fastmcp",\n# ]\n# ///\n'
LISTED = b"# made by hand\nmcp==1.9.4 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n-r other.txt\n--index-url x\n\nhttpx>=0.27 # for the web\n"


def needs(files: dict[str, bytes], file: str, bench: Path) -> tuple[str | None, list[str], str | None]:
    """Name, requirements and Python of the wheel that carries them."""
    release = carrier(files, file, "my server!", bench)
    (path,) = [path for path in release.files if path.endswith("/METADATA")]
    told = BytesParser().parsebytes(release.files[path])
    assert release.archive is not None
    return told["Name"], told.get_all("Requires-Dist", []), told["Requires-Python"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"pyproject.toml": PROJECT}, ("a-demo", ["mcp[cli]>=1", "httpx"], ">=3.10")),
        ({"pyproject.toml": PROJECT, "app/x.py": INLINE}, ("a-demo", ["fastmcp"], ">=3.11")),
        ({"pyproject.toml": PROJECT, "requirements.txt": LISTED}, ("a-demo", ["mcp[cli]>=1", "httpx"], ">=3.10")),
        ({"requirements.txt": LISTED}, ("my-server", ["mcp==1.9.4", "httpx>=0.27"], None)),
        ({"requirements.txt": b"mcp", "app/requirements.txt": b"httpx\n"}, ("my-server", ["httpx"], None)),
        ({"pyproject.toml": b'[project]\nname = "mcp"\nrequires-python = "new"', "requirements.txt": b"mcp"}, ("mcp-source", ["mcp"], None)),
        ({"pyproject.toml": b"["}, ("my-server", [], None)),
        ({"pyproject.toml": b"project = 1"}, ("my-server", [], None)),
    ],
)  # fmt: skip
def test_what_a_file_needs_is_what_it_says_or_its_project_does(
    files: dict[str, bytes], expected: tuple[str | None, list[str], str | None], tmp_path: Path
) -> None:
    """A list for pip where neither says anything, without the digests in it."""
    assert needs({"app/x.py": b"", **files}, "app/x.py", tmp_path) == expected


@pytest.mark.parametrize(
    "line", [b"kit @ https://example.com/kit.whl", b"./kit.whl", b"git+https://example.com/x"]
)
def test_what_is_on_no_index_is_not_installed(line: bytes, tmp_path: Path) -> None:
    """Nor is anything that nobody can read."""
    with pytest.raises(NotInstalled):
        carrier({"requirements.txt": line}, "x.py", "x", tmp_path)
