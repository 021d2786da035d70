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

#: Best first: versions that most packages of today are tried with.
PREFERRED = ((3, 12), (3, 13), (3, 11), (3, 14), (3, 10))


@dataclass(frozen=True)
class Python:
    """One interpreter."""

    version: tuple[int, int]
    program: Path
    #: The folder that holds its standard library; bound into sandboxes.
    home: Path


def pythons() -> Iterator[Python]:
    """The interpreters found in the usual places, one a minor version, best first."""
    for version in PREFERRED:
        python = _find(version)
        if python is not None:
            yield python


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
    for places in ("~/.pyenv/versions", "~/.local/share/uv/python"):
        folders = Path(places).expanduser().glob(f"*{version[0]}.{version[1]}.*/bin/{name}")
        yield from sorted(folders, key=_numbers, reverse=True)


def _numbers(path: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(path))]


def _ask(program: Path) -> Python | None:
    question = (
        "import sys; print(*sys.version_info[:2], sys._base_executable, sys.base_prefix, "
        "sys.implementation.name, sep='\\n')"
    )
    try:
        answer = subprocess.run(
            [program, "-I", "-S", "-c", question], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    major, minor, executable, home, name = answer.stdout.splitlines()
    if name != "cpython":
        return None
    return Python((int(major), int(minor)), Path(executable).resolve(), Path(home).resolve())
