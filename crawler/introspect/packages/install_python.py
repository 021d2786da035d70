"""Installing one wheel with its dependencies into an environment of its own, without running any of it."""

import configparser
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from packaging.utils import canonicalize_name
from uv import find_uv_bin

from crawler.introspect.packages.folder import write_tree
from crawler.introspect.packages.install import INSTALLING, Installation, NotInstalled, blamed, finish
from crawler.introspect.packages.programs import module, write_starter
from crawler.introspect.packages.pythons import Python
from crawler.introspect.packages.release import Release
from crawler.introspect.packages.scripts import called, root_of, starting
from crawler.introspect.packages.wheels import index_hosts
from crawler.introspect.sandboxes.sandbox import Confinement, Limits
from crawler.introspect.workshop import Workshop
from crawler.snapshots import BEFORE, BUILT, LOCKED, SkipReason

#: More distributions than any tool server needs.
MOST_DISTRIBUTIONS = 400
COMPILER = Path(__file__).parent.with_name("hooks") / "compiler.py"
#: Worth knowing about a snapshot: the libraries whose versions decide how a server starts.
_TELLING = ("mcp", "fastmcp", "pydantic")

_ENTRY_POINTS = re.compile(r"[^/]+\.dist-info/entry_points\.txt")
_RECORD = re.compile(r"[^/]+\.dist-info/RECORD")
#: Where a wheel keeps what goes into the library beside it.
_LIBRARY = re.compile(r"^[^/]+\.data/(?:purelib|platlib)/")

#: How uv says that there is something, but no wheel of it.
_NO_WHEEL = (
    "no usable wheels",
    "has no wheels",
    "no wheels with a matching",
    "building source distributions is disabled",
)


def install_python(
    release: Release,
    python: Python,
    *,
    workshop: Workshop,
    bench: Path,
    constraints: Sequence[str] = (),
    built: Sequence[Release] = (),
) -> Installation:
    """Install exactly this wheel; raises NotInstalled.

    Its dependencies come from wheels, of which some may have been *built* here. *constraints* are requirements
    such as `mcp<2`, and `before DATE` for nothing that was uploaded later.
    """
    assert release.archive is not None  # noqa: S101 - the ladder looked
    folder = bench / "environment"
    wheels = [str(wheel.archive) for wheel in built]
    pinned = release.locked if LOCKED in constraints else ()
    asked = [constraint for constraint in constraints if constraint != LOCKED]
    environment([str(release.archive), *wheels, *asked, *pinned], python, workshop=workshop, folder=folder)
    _compile(workshop, python, folder)
    made = tuple(f"{wheel.name} {wheel.version}{BUILT}" for wheel in built)
    return _describe(release, folder, python, (*constraints, *made))


def environment(wanted: Sequence[str], python: Python, *, workshop: Workshop, folder: Path) -> Path:
    """A fresh virtual environment with these requirements, from wheels alone; raises NotInstalled."""
    _run(_uv(workshop, ["venv", "--quiet", "--python", str(python.program), str(folder)]), python, workshop)
    if wanted:
        _run(
            _uv(workshop, _installing(workshop, folder, wanted)),
            python,
            workshop,
            reach=index_hosts(workshop),
        )
    return folder


def _uv(workshop: Workshop, arguments: Sequence[str]) -> list[str]:
    uv = find_uv_bin()
    shared = ["--no-config", "--no-progress", "--color", "never", "--cache-dir", str(workshop.cache / "uv")]
    return [uv, *shared, *arguments]


def _installing(workshop: Workshop, folder: Path, wanted: Sequence[str]) -> list[str]:
    index = ["--default-index", workshop.index.url]
    for constraint in [word for word in wanted if word.startswith(BEFORE)]:
        index += ["--exclude-newer", constraint.removeprefix(BEFORE)]
    wanted = [word for word in wanted if not word.startswith(BEFORE)]
    return [
        "pip",
        "install",
        "--quiet",
        "--no-build",
        *index,
        "--python",
        str(folder / "bin/python"),
        *wanted,
    ]


def _run(command: Sequence[str], python: Python, workshop: Workshop, *, reach: tuple[str, ...] = ()) -> None:
    """Run uv, which runs no code of what it installs from wheels, in a sandbox that holds nothing but the pool."""
    certificates = Path(workshop.index.certificates) if workshop.index.certificates else None
    confinement = Confinement(
        readable=(Path(command[0]), python.home, *([certificates] if certificates else [])),
        writable=(workshop.pool,),
        environment={
            # It finds no other program to run, such as git.
            "PATH": "/nonexistent",
            **({"SSL_CERT_FILE": str(certificates)} if certificates else {"SSL_CERT_DIR": "/etc/ssl/certs"}),
        },
        reach=reach,
        limits=INSTALLING,
    )
    status, _, errors = finish(workshop, command, confinement)
    if status != 0:
        raise _refused(errors)


def _refused(errors: str) -> NotInstalled:
    """What uv's words mean; it wraps lines, so white space is first made even."""
    text = " ".join(errors.replace("│", " ").split())
    reason = SkipReason.NOT_FOUND
    if any(words in text for words in _NO_WHEEL):
        reason = SkipReason.NO_WHEEL
    elif "hash mismatch" in text.lower():
        reason = SkipReason.HASH_MISMATCH
    return blamed(reason, text[-1000:], text)


def _compile(workshop: Workshop, python: Python, folder: Path) -> None:
    """Write byte code once, so that no launch has to."""
    cache = str(workshop.cache / "uv")
    command = [str(python.program), "-I", "-S", str(COMPILER), str(folder / "lib"), cache]
    limits = Limits(memory=2 << 30, scratch=64 << 20)
    confinement = Confinement(readable=(python.home, COMPILER), writable=(workshop.pool,), limits=limits)
    finish(workshop, command, confinement)


def _describe(release: Release, folder: Path, python: Python, repairs: tuple[str, ...]) -> Installation:
    """The installation, of which nothing is believed but what was read strictly: no metadata on the disk, where any of them may lie."""
    site = folder / "lib" / f"python{python.version[0]}.{python.version[1]}" / "site-packages"
    names = (path.name.removesuffix(".dist-info").partition("-") for path in site.glob("*.dist-info"))
    installed = {canonicalize_name(name): version for name, _, version in names}
    if len(installed) > MOST_DISTRIBUTIONS:
        raise NotInstalled(SkipReason.DEPS_TOO_MANY, f"it brings {len(installed)} distributions")
    info = next(path.partition("/")[0] for path in release.files if _RECORD.fullmatch(path))
    if not (site / info).is_dir():
        raise NotInstalled(SkipReason.NOT_FOUND, "the index gave another distribution than the one asked for")
    code, programs, scripts = site, folder / "bin", console_scripts(release.files)
    files = tuple(_LIBRARY.sub("", path) for path in release.files)
    source = folder / "source" if release.source else None
    if source is not None:
        source.mkdir(mode=0o755)
        write_tree(release.source, source)
    if source is not None and release.started:
        code, files = source, tuple(release.source)
        command, within = starting(release.started, release.source, code, folder / "bin")
        programs = folder / "programs"
        scripts = (write_starter(called(release.started), command, programs, within=within),)
    elif not scripts and (own := module(release.name, files)):
        programs = folder / "programs"
        scripts = (write_starter(own, [str(folder / "bin" / "python"), "-m", own], programs),)
    return Installation(
        name=release.name,
        version=info.removesuffix(".dist-info").partition("-")[2],
        folder=folder,
        programs=programs,
        code=code,
        scripts=scripts,
        readme=release.readme,
        readable=(folder, python.home),
        environment={"PATH": f"{folder}/bin:/usr/local/bin:/usr/bin:/bin", "VIRTUAL_ENV": str(folder)},
        resolved={key: installed[key] for key in map(canonicalize_name, _TELLING) if key in installed},
        repairs=repairs,
        runtime=f"Python {python.release}",
        files=files,
        source=source,
        modules=source / root_of(release.source, files) if source else None,
    )


def console_scripts(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """The programs that a wheel with these files names."""
    content = next((files[path] for path in files if _ENTRY_POINTS.fullmatch(path)), b"")
    parser = configparser.ConfigParser(
        delimiters=("=",), strict=False, interpolation=None, default_section=""
    )
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # names keep their case
    try:
        parser.read_string(content.decode("utf-8"))
    except (UnicodeDecodeError, configparser.Error):
        return ()
    return tuple(sorted(parser["console_scripts"])) if "console_scripts" in parser else ()
