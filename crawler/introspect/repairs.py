"""What can be changed about a release's dependencies so that it installs or starts; its own version never changes."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from crawler.introspect import diagnosis
from crawler.introspect.packages.archive import BadArchive
from crawler.introspect.packages.build import build_wheel
from crawler.introspect.packages.install import Installation, NotInstalled
from crawler.introspect.packages.install_node import install_node
from crawler.introspect.packages.install_python import install_python
from crawler.introspect.packages.release import Release, Unavailable
from crawler.introspect.packages.wheels import fetch_wheel
from crawler.introspect.workshop import Workshop
from crawler.snapshots import SkipReason

#: Dependencies that are built from source for one release.
_MOST_BUILDS = 3
_NO_WHEEL = re.compile(
    r"(?:because|and|,) (?:all versions of |only )?(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:==(?P<version>[A-Za-z0-9.+!]+))?"
    r"(?: ha(?:s|ve) no (?:usable )?wheels| requires building)",
    re.IGNORECASE,
)


def repairs(said: str, installation: Installation, released_at: str | None) -> Iterator[tuple[str, ...]]:
    """Constraints worth a second installation, given what the launches said on stderr."""
    if diagnosis.wants_old_sdk(said, installation.resolved):
        yield ("mcp<2",)
    day = _day_after(released_at)
    if day is not None and (diagnosis.drifted(said) or diagnosis.broken(said)):
        yield (f"before {day}",)


def install_release(
    release: Release, *, workshop: Workshop, bench: Path, constraints: Sequence[str] = ()
) -> Installation:
    """Install a release; a dependency that has no wheel is built from source in a sandbox. Raises NotInstalled."""
    bench.mkdir(mode=0o777)
    bench.chmod(0o777)
    if release.ecosystem == "npm":
        return install_node(release, workshop=workshop, bench=bench, constraints=constraints)
    built: tuple[Release, ...] = ()
    while True:
        attempt = bench / f"attempt-{len(built)}"
        attempt.mkdir(mode=0o777)
        attempt.chmod(0o777)
        try:
            return install_python(
                release, workshop=workshop, bench=attempt, constraints=constraints, built=built
            )
        except NotInstalled as refusal:
            missing = _without_wheel(refusal, release, built)
            if missing is None or len(built) >= _MOST_BUILDS:
                raise
            built += (_build(*missing, release, workshop, bench / f"build-{len(built)}"),)


def _without_wheel(
    refusal: NotInstalled, release: Release, built: Sequence[Release]
) -> tuple[str, str | None] | None:
    """Name and version of a dependency that only exists as source; `None` if that is not what is amiss."""
    if refusal.reason is not SkipReason.NO_WHEEL:
        return None
    known = {release.name, *(dependency.name for dependency in built)}
    for match in _NO_WHEEL.finditer(refusal.detail):
        if match["name"] not in known:
            return match["name"], match["version"]
    return None


def _build(name: str, version: str | None, release: Release, workshop: Workshop, bench: Path) -> Release:
    bench.mkdir(mode=0o777)
    bench.chmod(0o777)
    try:
        source = fetch_wheel(name, version, workshop=workshop, bench=bench)
        wheel = build_wheel(source.files, workshop=workshop, bench=bench, python=release.python)
    except (Unavailable, BadArchive) as refusal:
        raise NotInstalled(SkipReason.NO_WHEEL, f"its dependency {name}: {refusal}") from refusal
    if wheel.name.replace("_", "-").lower() != name.replace("_", "-").lower():
        raise NotInstalled(SkipReason.NO_WHEEL, f"the source of {name} builds something else")
    return wheel


def _day_after(released_at: str | None) -> str | None:
    if released_at is None:
        return None
    moment = datetime.fromisoformat(released_at) + timedelta(days=1)
    return moment.date().isoformat()
