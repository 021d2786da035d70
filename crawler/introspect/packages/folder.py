"""Folders on this machine and the files of a package: plain files only, links are passed by."""

import io
import os
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from crawler.introspect.packages.archive import is_text

#: Never part of what a project ships.
_PASSED_BY = frozenset(
    {".git", ".hg", ".svn", "node_modules", ".venv", "venv", "__pycache__", ".tox", ".mypy_cache"}
)
_MOST_FILES = 40_000
_DEEPEST = 100
_MOST_BYTES = 64 << 20


class FolderFiles(Mapping[str, bytes]):
    """Paths with forward slashes to contents, read when they are looked up."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._paths = dict.fromkeys(_paths(root))

    def __getitem__(self, path: str) -> bytes:
        if path not in self._paths:
            raise KeyError(path)
        with (self._root / path).open("rb") as file:
            return file.read(_MOST_BYTES)

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def pack(files: Mapping[str, bytes]) -> bytes:
    """The files as an npm tarball."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for path, content in files.items():
            member = tarfile.TarInfo(f"package/{path}")
            member.size = len(content)
            member.mode = 0o755
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def write_tree(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files of a strictly read archive below a fresh folder that another user must be able to read."""
    for path, content in files.items():
        target = folder / path
        for parent in reversed(target.parents):
            if parent.is_relative_to(folder) and not parent.exists():
                parent.mkdir()
                parent.chmod(0o755)
        target.write_bytes(content)
        target.chmod(0o644)


def _paths(root: Path) -> Iterator[str]:
    count = 0
    for folder, folders, names in os.walk(root):
        # Deeper than this no project is, and interpreters do not get.
        deep = folder.count(os.sep) - str(root).count(os.sep) >= _DEEPEST
        folders[:] = [] if deep else sorted(name for name in folders if name not in _PASSED_BY)
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_symlink() or not path.is_file() or not is_text(str(path)):
                continue
            count += 1
            if count > _MOST_FILES:
                return
            yield path.relative_to(root).as_posix()
