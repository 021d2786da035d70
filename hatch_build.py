"""Builds the wheel. With TOLLHOUSE_COMPILE=1 what every message of the gate passes through is compiled, by mypyc.

The wheel then holds each compiled module beside its source, and runs on one version of Python on one kind of machine.
Without it the wheel is pure Python and runs anywhere; nothing that the gate does depends on which of them is installed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: What the compiled modules import of the project.
_PACKAGES = ("crawler", "classifier", "enforce")

#: Types are checked by `make check`, strictly and with everything installed; here they only have to be found.
_FLAGS = ["--explicit-package-bases", "--ignore-missing-imports", "--cache-dir", "cache"]

_SETUP = """
import sys
from mypyc.build import mypycify
from setuptools import setup
level, *modules = sys.argv[1:]
setup(
    name="compiled",
    packages=[],
    ext_modules=mypycify(modules, opt_level=level, debug_level="0"),
    script_args=["--quiet", "build_ext", "--build-lib", "out"],
)
"""


class Compiling(BuildHookInterface[Any]):
    """Adds the compiled modules to a wheel, where they are asked for."""

    _folder: str | None = None

    def dependencies(self) -> list[str]:
        """What the build needs beside hatchling."""
        return list(self.config["needs"]) if _is_wanted() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile. An editable install stays as it is: a compiled module would hide every later change of its source."""
        if version == "editable" or not _is_wanted():
            return
        self._folder = tempfile.mkdtemp()
        found = _compile(Path(self.root), Path(self._folder), self.config["modules"])
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        build_data["force_include"] |= {str(file): inside for inside, file in found.items()}

    def finalize(self, *_: Any) -> None:
        """Leave nothing behind."""
        if self._folder is not None:
            shutil.rmtree(self._folder)


def _is_wanted() -> bool:
    return os.environ.get("TOLLHOUSE_COMPILE") == "1"


def _compile(root: Path, folder: Path, modules: list[str]) -> dict[str, Path]:
    """The compiled modules, by where they belong; they are made of copies, so that nothing appears beside the sources."""
    for package in _PACKAGES:
        shutil.copytree(root / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    level = os.environ.get("TOLLHOUSE_COMPILE_LEVEL", "3")
    command = [sys.executable, "-c", _SETUP, level, *_FLAGS, *modules]
    subprocess.run(command, cwd=folder, check=True)
    out = folder / "out"
    return {file.relative_to(out).as_posix(): file for file in out.rglob("*") if file.is_file()}
