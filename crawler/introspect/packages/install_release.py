"""Installing a release with whatever its dependencies take: another interpreter, or one of them built from source."""

import re
from collections.abc import Sequence
from pathlib import Path

from packaging.specifiers import InvalidSpecifier
from packaging.utils import canonicalize_name

from crawler.introspect.packages.archive import BadArchive
from crawler.introspect.packages.build import build_wheel
from crawler.introspect.packages.install import Installation, NotInstalled
from crawler.introspect.packages.install_node import install_node
from crawler.introspect.packages.install_python import install_python
from crawler.introspect.packages.pythons import Python
from crawler.introspect.packages.release import Release, Unavailable
from crawler.introspect.packages.wheels import fetch_source
from crawler.introspect.workshop import Workshop
from crawler.snapshots import BEFORE, SkipReason

#: The resolver's words for a dependency that only another interpreter has.
_OTHER_PYTHON = re.compile(
    r"does not satisfy Python|no wheels with a matching Python|Python (?:ABI|version|implementation) tag"
)
#: Dependencies that are built from source for one release.
_MOST_BUILDS = 3
_NO_WHEEL = re.compile(
    r"(?:because|and|,) (?:all versions of |only )?(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?P<wanted>[<>=!~][^\s]{1,80})?"
    r"(?: ha(?:s|ve) no (?:usable )?wheels| requires building)",
    re.IGNORECASE,
)


def install_release(
    release: Release, *, workshop: Workshop, bench: Path, constraints: Sequence[str] = ()
) -> Installation:
    """Install a release on the first interpreter that its dependencies fit; one of them that has no wheel is built from
    source in a sandbox. Raises NotInstalled.
    """
    _make(bench)
    if release.ecosystem == "npm":
        return install_node(release, workshop=workshop, bench=bench, constraints=constraints)
    first: tuple[Python, NotInstalled] | None = None
    for python in release.pythons:
        try:
            return install_python(
                release,
                python,
                workshop=workshop,
                bench=_make(bench / python.release),
                constraints=constraints,
            )
        except NotInstalled as refusal:
            if not _OTHER_PYTHON.search(refusal.detail):
                first = python, refusal
                break
            first = first or (python, refusal)
    assert first is not None  # noqa: S101 - what may be installed fits one of them
    return _with_built(release, *first, workshop, bench, constraints)


def _with_built(
    release: Release,
    python: Python,
    refusal: NotInstalled,
    workshop: Workshop,
    bench: Path,
    constraints: Sequence[str],
) -> Installation:
    """The same with wheels of dependencies that are made here, as long as those are what is missing; raises NotInstalled."""
    built: tuple[Release, ...] = ()
    while len(built) < _MOST_BUILDS and (missing := _without_wheel(refusal, release, built)):
        source = _source(*missing, constraints, workshop)
        built += (_build(source, python, workshop, bench / f"build-{len(built)}"),)
        attempt = _make(bench / f"attempt-{len(built)}")
        try:
            return install_python(
                release, python, workshop=workshop, bench=attempt, constraints=constraints, built=built
            )
        except NotInstalled as failure:
            refusal = failure
    raise refusal


def _make(folder: Path) -> Path:
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    return folder


def _without_wheel(
    refusal: NotInstalled, release: Release, built: Sequence[Release]
) -> tuple[str, str] | None:
    """Name and specifier of a dependency that only exists as source; `None` if that is not what is amiss."""
    if refusal.reason is not SkipReason.NO_WHEEL:
        return None
    known = {release.name, *(dependency.name for dependency in built)}
    for match in _NO_WHEEL.finditer(refusal.detail):
        if match["name"] not in known:
            return match["name"], (match["wanted"] or "").rstrip(",")
    return None


def _source(name: str, wanted: str, constraints: Sequence[str], workshop: Workshop) -> Release:
    """The source of a dependency, of the day that the constraints name if they name one; raises NotInstalled."""
    day = next((word.removeprefix(BEFORE) for word in constraints if word.startswith(BEFORE)), None)
    try:
        return fetch_source(name, wanted, before=day, workshop=workshop)
    except (Unavailable, BadArchive, InvalidSpecifier) as refusal:
        raise NotInstalled(SkipReason.NO_WHEEL, f"its dependency {name}: {refusal}") from refusal


def _build(source: Release, python: Python, workshop: Workshop, bench: Path) -> Release:
    _make(bench)
    try:
        wheel = build_wheel(source.files, workshop=workshop, bench=bench, python=python)
    except BadArchive as refusal:
        raise NotInstalled(SkipReason.NO_WHEEL, f"its dependency {source.name}: {refusal}") from refusal
    if canonicalize_name(wheel.name) != canonicalize_name(source.name):
        raise NotInstalled(SkipReason.NO_WHEEL, f"the source of {source.name} builds something else")
    return wheel
