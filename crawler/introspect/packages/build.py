"""Building a wheel from source: in a sandbox without a network, by a backend that was installed beforehand."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from uv import find_uv_bin

from crawler.introspect.packages.archive import Bounds
from crawler.introspect.packages.folder import write_tree
from crawler.introspect.packages.install import INSTALLING, NotInstalled, finish
from crawler.introspect.packages.install_python import environment
from crawler.introspect.packages.pythons import Python, none_satisfies, pythons
from crawler.introspect.packages.record import read_wheel
from crawler.introspect.packages.release import Release
from crawler.introspect.sandboxes.sandbox import Confinement
from crawler.introspect.workshop import Workshop
from crawler.snapshots import SkipReason
from crawler.tools import Json

#: What a project without a `[build-system]` means.
_DEFAULT_BACKEND = ("setuptools>=68", "wheel")
_MOST_REQUIREMENTS = 20
#: The tree has no history from which a version could be told, and what configures this machine's git is none of its business.
_HISTORY = {
    "SETUPTOOLS_SCM_PRETEND_VERSION": "0.0.0",
    "PBR_VERSION": "0.0.0",
    "UV_DYNAMIC_VERSIONING_BYPASS": "0.0.0",
    "POETRY_DYNAMIC_VERSIONING_BYPASS": "0.0.0",
    "GIT_CONFIG_NOSYSTEM": "1",
}
#: Where hatchling is told the file with the version, and what a path is that leads nowhere else.
_VERSION_FILE = ("tool", "hatch", "version", "path")
_INSIDE = re.compile(r"(?!\.)[\w-][\w.-]*(?:/[\w-][\w.-]*){0,20}\.py")
#: Builds a copy, and tells the name of the only wheel and what it holds. Nothing that the build prints goes the same way.
_TELLING = """
cp -R -- "$1" source && shift && {prepare} "$@" >&2 && cd out && set -- *.whl && [ $# = 1 ] && [ -f "$1" ] && [ ! -L "$1" ] &&
printf '%s\\n' "$1" && cat -- "$1"
"""
#: Plugins that take into the wheel what is kept in the repository, so that they make half of one where there is none.
_HISTORIANS = ("setuptools-scm", "setuptools-git", "hatch-vcs", "pbr")
_REPOSITORY = """
( cd source && git init -q && git add -fA . && git -c user.name=u -c user.email=u@localhost commit -qm source ) >&2 || true;
"""


def build_wheel(
    files: Mapping[str, bytes], *, workshop: Workshop, bench: Path, python: Python | None = None
) -> Release:
    """Build the project whose source tree this is; raises NotInstalled or BadArchive.

    The build is code of the project, so it sees the tree, the backend and nothing else. It works on a copy in its home,
    which ends with it: what we take of it is what it says.
    """
    project = _project(files)
    python = python or _suitable(project)
    for folder in (bench, source := bench / "source"):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o777)
    write_tree({**files, **_version_file(project, files)}, source)
    wanted = _requirements(project)
    backend = environment(wanted, python, workshop=workshop, folder=bench / "backend")
    command = [
        find_uv_bin(),
        "build",
        "--wheel",
        "--no-build-isolation",
        "--offline",
        "--no-config",
        "--quiet",
    ]
    command += ["--no-cache", "--python", str(backend / "bin/python"), "--out-dir", "out", "source"]
    confinement = Confinement(
        readable=(Path(command[0]), python.home, backend, source),
        environment={**_HISTORY, "PATH": f"{backend}/bin:/usr/bin:/bin"},
        limits=INSTALLING,
    )
    historian = any(canonicalize_name(Requirement(text).name) in _HISTORIANS for text in wanted)
    script = _TELLING.format(prepare=_REPOSITORY.strip() if historian else "")
    telling = ["/bin/sh", "-c", script, "sh", str(source), *command]
    status, said, errors = finish(workshop, telling, confinement, most_output=Bounds().archive)
    if status != 0:
        raise NotInstalled(
            SkipReason.NO_WHEEL, f"no wheel could be built of its source: {errors.strip()[-800:]}"
        )
    return _built(said, bench, python)


def _version_file(project: dict[str, Json], files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The file out of which a backend would read the version, where only what releases the project writes it."""
    place: Json = project
    for key in _VERSION_FILE:
        place = place.get(key) if isinstance(place, dict) else None
    if not isinstance(place, str) or place in files or not _INSIDE.fullmatch(place):
        return {}
    return {place: b'__version__ = "0.0.0"\n'}


def _built(said: bytes, bench: Path, python: Python) -> Release:
    filename, _, data = said.partition(b"\n")
    try:
        name, version, _, _ = parse_wheel_filename(called := filename.decode("ascii"))
    except (UnicodeDecodeError, InvalidWheelFilename):
        raise NotInstalled(SkipReason.ARCHIVE_REFUSED, "the build left something else than a wheel") from None
    files = read_wheel(data)
    wheel = bench / called
    wheel.write_bytes(data)
    wheel.chmod(0o644)
    return Release(name=name, version=str(version), files=files, archive=wheel, pythons=(python,))


def _project(files: Mapping[str, bytes]) -> dict[str, Json]:
    if "pyproject.toml" not in files and "setup.py" not in files:
        raise NotInstalled(SkipReason.NO_WHEEL, "the source has neither pyproject.toml nor setup.py")
    try:
        return tomllib.loads(files.get("pyproject.toml", b"").decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise NotInstalled(SkipReason.NO_WHEEL, f"pyproject.toml cannot be read: {error}") from error


def _suitable(project: dict[str, Json]) -> Python:
    section = project.get("project")
    wanted = section.get("requires-python") if isinstance(section, dict) else None
    requirement = wanted if isinstance(wanted, str) else ""
    python = next((python for python in pythons() if python.satisfies(requirement)), None)
    if python is None:
        raise NotInstalled(SkipReason.NO_WHEEL, none_satisfies(requirement))
    return python


def _requirements(project: dict[str, Json]) -> Sequence[str]:
    """What the build asks for, but nothing that names a URL or a file."""
    section = project.get("build-system")
    wanted = section.get("requires") if isinstance(section, dict) else None
    if not isinstance(wanted, list):
        return _DEFAULT_BACKEND
    try:
        parsed = [Requirement(str(text)) for text in wanted[:_MOST_REQUIREMENTS]]
    except InvalidRequirement as error:
        raise NotInstalled(SkipReason.NO_WHEEL, f"its build asks for {error}") from error
    if any(requirement.url for requirement in parsed):
        raise NotInstalled(SkipReason.NO_WHEEL, "its build asks for something that is not on the index")
    names = [str(requirement) for requirement in parsed]
    return [*names, "wheel"] if any(requirement.name == "setuptools" for requirement in parsed) else names
