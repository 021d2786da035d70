"""An environment of its own in which the gate is compiled: `python tests/compiled.py FOLDER [LEVEL]`.

The wheel is built with TOLLHOUSE_COMPILE=1 and lies in FOLDER/site, the tests beside it, so that they find everything
where it is in the sources. What else they need is taken from the environment that runs this.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
_BUILD = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
_BESIDE = ("tests", "docs", "bench", "pyproject.toml", "README.md")


def compiler() -> str | None:
    """The C compiler with which this Python builds, where it and Python's own headers are here."""
    program = shutil.which((sysconfig.get_config_var("CC") or "cc").split()[0])
    return program if (Path(sysconfig.get_path("include")) / "Python.h").exists() else None


def build(folder: Path, level: str = "3") -> Path:
    """Make the environment anew, optimized up to *level*, and give its interpreter."""
    folder = folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    given = {**os.environ, "TOLLHOUSE_COMPILE": "1", "TOLLHOUSE_COMPILE_LEVEL": level}
    subprocess.run([sys.executable, "-c", _BUILD, str(folder)], cwd=ROOT, env=given, check=True)
    (wheel,) = folder.glob("*.whl")
    site = folder / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    for name in _BESIDE:
        _copy(ROOT / name, site / name)
    for name in (".servers", ".node"):
        (site / name).symlink_to((ROOT / name).resolve())
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    places = sysconfig.get_path("purelib", vars={"base": str(folder)})
    Path(places, "compiled.pth").write_text(f"{site}\n{sysconfig.get_path('purelib')}\n")
    return python


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


if __name__ == "__main__":
    build(Path(sys.argv[1]), *sys.argv[2:])
