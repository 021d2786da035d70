"""Imports run one way: crawler <- classifier <- enforce <- catalogue."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ORDER = ("crawler", "classifier", "enforce", "catalogue")
FILES = [file for package in ORDER for file in sorted((ROOT / package).rglob("*.py"))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_a_file_imports_only_from_packages_to_its_left(file: Path) -> None:
    """A package may import from itself and from those before it, never from those after."""
    package = file.relative_to(ROOT).parts[0]
    forbidden = set(ORDER[ORDER.index(package) + 1 :])
    imported = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative import"
            imported.add((node.module or "").partition(".")[0])

    assert not imported & forbidden


def test_a_process_that_only_prints_pages_loads_no_database() -> None:
    """A build starts several of them, and each would take longer to load it than to print hundreds of pages."""
    program = "import sys, catalogue.website.printing; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout

    assert not {"sqlalchemy", "numpy", "sklearn"} & set(loaded.split())
