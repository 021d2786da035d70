"""Finds the site's templates and static files, in a wheel and in a checkout, and names them by their content."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path


@cache
def folder() -> Path:
    """The folder with `templates/` and `static/`: inside an installed package, or beside it in a checkout."""
    package = Path(str(files("catalogue")))
    inside = package / "_site"
    return inside if inside.is_dir() else package.parent / "site"


def code_folders() -> list[Path]:
    """The folders of the packages whose code decides what a page says."""
    return [Path(str(files(package))) for package in ("classifier", "enforce", "catalogue")]


@cache
def published() -> dict[str, str]:
    """Path on the site of each static file, by its name; the path changes with the content, so it may be cached for ever."""
    return {file.name: f"static/{file.stem}.{_digest(file)}{file.suffix}" for file in _statics()}


def contents() -> Iterator[tuple[str, bytes]]:
    """Each static file: its path on the site and its bytes."""
    paths = published()
    for file in _statics():
        yield paths[file.name], file.read_bytes()


def _statics() -> list[Path]:
    return sorted(file for file in (folder() / "static").iterdir() if file.is_file())


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:8]
