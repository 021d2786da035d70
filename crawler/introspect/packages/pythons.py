"""Which Python interpreters this machine has to run packages with."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from uv import find_uv_bin

#: Best first: versions that most packages of today are tried with.
PREFERRED = ((3, 12), (3, 13), (3, 11), (3, 14), (3, 15), (3, 10))


@dataclass(frozen=True)
class Python:
    """One interpreter."""

    version: tuple[int, int]
    program: Path
    #: The folder that holds its standard library; bound into sandboxes.
    home: Path
    #: As it calls itself, such as `3.12.1`.
    release: str

    def satisfies(self, requirement: str | None) -> bool:
        """Whether it is one that a `Requires-Python` admits; what cannot be read admits all."""
        try:
            return SpecifierSet(requirement or "").contains(self.release, prereleases=True)
        except InvalidSpecifier:
            return True


def pythons() -> Iterator[Python]:
    """The interpreters found in the usual places, one a minor version, best first."""
    for version in PREFERRED:
        python = _find(version)
        if python is not None:
            yield python


def none_satisfies(requirement: str) -> str:
    """The sentence for a package that wants a Python that is not here; hostile text."""
    here = ", ".join(python.release for python in sorted(pythons(), key=lambda python: python.version))
    return f"it wants Python {requirement[:60].strip()}, and here is {here or 'none'}"


@cache
def _find(version: tuple[int, int]) -> Python | None:
    for program in _programs(version):
        python = _ask(program)
        if python is not None and python.version == version:
            return python
    return None


def _programs(version: tuple[int, int]) -> Iterator[Path]:
    if sys.version_info[:2] == version:
        yield Path(sys.executable)
    name = f"python{version[0]}.{version[1]}"
    for folder in os.get_exec_path():
        # A shim is a shell script that picks a version by the folder it is started in.
        if "shims" not in folder and (program := shutil.which(name, path=folder)):
            yield Path(program)
    for place in (Path("~/.pyenv/versions").expanduser(), _managed()):
        folders = place.glob(f"*{version[0]}.{version[1]}.*/bin/{name}")
        yield from sorted(folders, key=_numbers, reverse=True)


@cache
def _managed() -> Path:
    """Where uv keeps the interpreters that it fetched for somebody."""
    command = [find_uv_bin(), "python", "dir", "--no-config", "--color", "never"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return Path(answer.stdout.strip() or "/nonexistent")


def _numbers(path: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(path))]


def _ask(program: Path) -> Python | None:
    question = (
        "import sys; print(*sys.version_info[:3], sys._base_executable, sys.base_prefix, "
        "sys.implementation.name, sep='\\n')"
    )
    try:
        answer = subprocess.run(
            [program, "-I", "-S", "-c", question], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    major, minor, micro, executable, home, name = answer.stdout.splitlines()
    if name != "cpython":
        return None
    return Python(
        (int(major), int(minor)),
        Path(executable).resolve(),
        Path(home).resolve(),
        f"{major}.{minor}.{micro}",
    )
