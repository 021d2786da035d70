"""The steps by which a server is brought to list its tools, the least help first."""

from collections.abc import Callable
from dataclasses import replace as replace_release
from pathlib import Path
from typing import Literal

from msgspec.structs import replace

from crawler.introspect.attempts import Attempts
from crawler.introspect.launching import Launching
from crawler.introspect.packages.archive import BadArchive
from crawler.introspect.packages.build_node import build_package
from crawler.introspect.packages.build_project import build_project
from crawler.introspect.packages.install import Installation, NotInstalled, Unanswered
from crawler.introspect.packages.install_release import install_release
from crawler.introspect.packages.locks import locked
from crawler.introspect.packages.release import Release, Unavailable
from crawler.introspect.packages.repositories import Place, fetch_repository
from crawler.introspect.packages.tarballs import fetch_tarball
from crawler.introspect.packages.wheels import fetch_wheel
from crawler.introspect.readme import readme_tools
from crawler.introspect.repairs import repairs
from crawler.introspect.static import read_tree
from crawler.introspect.workshop import Workshop
from crawler.servers import Package, Server
from crawler.snapshots import Method, Outcome, SkipReason, Snapshot
from crawler.tools import Tool

Way = Literal["auto", "live", "static"]
#: Gets a release, given a folder to put it in; raises Unavailable, BadArchive or NotInstalled.
Fetch = Callable[[Path], Release]

_INDEXES = ("pypi", "npm")
#: Distributions that are read in place of one that only wraps them.
_MOST_WRAPPED = 2


def climb(
    server: Server, *, workshop: Workshop, method: Way = "auto", widest: bool = True, patient: bool = False
) -> tuple[Outcome, ...]:
    """Introspect one listed server; blocks, so a coroutine calls it in a thread.

    The first outcome is that of the default profile; a second, of the profile `widest`, follows only where
    flags or variables bring more tools. *method* `live` never reads statically, `static` never runs anything.
    Every expected failure is a Skipped. Who is *patient*, and will ask again, is not given what was read in place of a list that
    only an index that did not answer stands in the way of.
    """
    fetch = _fetch(server, workshop)
    if fetch is None:
        attempts = Attempts(server, workshop)
        return (attempts.skipped(SkipReason.NOT_FOUND, "the listing names no package of PyPI or npm"),)
    return climb_release(server, fetch, workshop=workshop, method=method, widest=widest, patient=patient)


def _fetch(server: Server, workshop: Workshop) -> Fetch | None:
    package = installable(server)
    if package is not None:
        name, version = package.identifier, package.version or server.version
        fetch = fetch_tarball if package.registry_type == "npm" else fetch_wheel
        return lambda bench: fetch(name, version, workshop=workshop, bench=bench)
    if server.name.ecosystem == "github":
        place = Place.of(server.name, server.version)
        return lambda bench: fetch_repository(place, workshop=workshop, bench=bench)
    return None


def climb_release(
    server: Server,
    fetch: Fetch,
    *,
    workshop: Workshop,
    method: Way = "auto",
    widest: bool = True,
    patient: bool = False,
) -> tuple[Outcome, ...]:
    """The same for a release from anywhere."""
    attempts = Attempts(server, workshop := workshop.climbing())
    with workshop.bench() as bench:
        try:
            release = fetch(bench)
        except (Unavailable, BadArchive, NotInstalled) as refusal:
            return (attempts.skipped(refusal.reason, str(refusal)),)
        if method != "static" and (listed := _live(release, bench, attempts)):
            snapshot, launching = listed
            wide = launching.widened(snapshot) if widest else None
            return (snapshot, wide) if wide else (snapshot,)
        if patient and attempts.owed:
            return (attempts.skipped(*attempts.owed),)
        if method == "live":
            return (attempts.skipped(),)
        read = _static(release, bench, attempts) or _readme(release, attempts) or (attempts.skipped(),)
        return read if widest else read[:1]


def installable(server: Server) -> Package | None:
    """The package to install: the one that the server is named for, else the first from an index that we know."""
    name = server.name
    if name.ecosystem in _INDEXES:
        named = Package(registry_type=name.ecosystem, identifier=name.name, version=server.version)
        return next(
            (package for package in server.packages if package.registry_type == name.ecosystem), named
        )
    return next((package for package in server.packages if package.registry_type in _INDEXES), None)


def _live(release: Release, bench: Path, attempts: Attempts) -> tuple[Snapshot, Launching] | None:
    """Install and launch, with repairs where those are what is missing."""
    sandbox = attempts.workshop.sandbox
    if sandbox is None:
        attempts.fail(
            "bare", SkipReason.NO_SANDBOX, "this machine offers no sandbox, and nothing runs without one"
        )
        return None
    if release.buildable:
        try:
            release = _built(release, bench / "built", attempts.workshop)
        except (NotInstalled, BadArchive) as refusal:
            _owe(attempts, refusal)
            attempts.fail("bare", refusal.reason, str(refusal))
            return None
    if release.archive is None:
        unfit = release.unfit or "it has no form that may be installed here"
        attempts.fail("bare", SkipReason.NO_WHEEL, unfit)
        return None
    installation = _install(release, bench / "first", attempts)
    while installation is not None:
        launching = Launching(attempts, sandbox, installation)
        outcome = launching.launched()
        if outcome is not None:
            return outcome, launching
        installation = _repaired(release, launching, bench)
    return None


def _built(release: Release, bench: Path, workshop: Workshop) -> Release:
    """What may be installed, made of the source; raises NotInstalled or BadArchive."""
    if release.ecosystem == "npm":
        return build_package(release, workshop=workshop, bench=bench)
    return replace_release(
        build_project(release, workshop=workshop, bench=bench), locked=locked(release.files)
    )


def _repaired(release: Release, launching: Launching, bench: Path) -> Installation | None:
    """The first installation with what the launches of this one ask for that can be had; each brings one thing more."""
    attempts, said = launching.attempts, launching.said
    released_at = attempts.server.released_at or release.released_at
    for constraints in repairs(said, launching.installation, released_at, locked=bool(release.locked)):
        folder = bench / f"repaired-{len(attempts.rungs)}"
        repaired = _install(release, folder, attempts, constraints)
        if repaired is not None:
            return repaired
    return None


def _install(
    release: Release, bench: Path, attempts: Attempts, constraints: tuple[str, ...] = ()
) -> Installation | None:
    try:
        return install_release(release, workshop=attempts.workshop, bench=bench, constraints=constraints)
    except NotInstalled as refusal:
        _owe(attempts, refusal)
        attempts.fail(
            "repair" if constraints else "bare", refusal.reason, refusal.detail, final=not constraints
        )
        return None


def _owe(attempts: Attempts, refusal: NotInstalled | BadArchive) -> None:
    if isinstance(refusal, Unanswered):
        attempts.owed = refusal.reason, refusal.detail


def _static(release: Release, bench: Path, attempts: Attempts) -> tuple[Snapshot, ...]:
    """Read the tools from the source, which shows those that it registers and no more than that.

    A second snapshot, of the profile `widest`, follows where the source has tools that only a setting brings.
    """
    try:
        reading = read_tree(release.files)
        tools = reading.tools or _read_elsewhere(reading.dependencies, release, bench, attempts.workshop)
    except BadArchive as refusal:
        attempts.fail("static", refusal.reason, str(refusal))
        return ()
    if not tools:
        attempts.fail("static", SkipReason.NO_TOOLS, "; ".join(reading.doubts), final=False)
        return ()
    default = attempts.read("static", Method.STATIC, release.version, tools)
    if not reading.optional:
        return (default,)
    wide = replace(default.profile, name="widest")
    return default, replace(default, profile=wide, tools=(*tools, *reading.optional))


def _read_elsewhere(
    names: tuple[str, ...], release: Release, bench: Path, workshop: Workshop
) -> tuple[Tool, ...]:
    """The tools of the first of these distributions that has any: a package may only wrap the real server."""
    fetch = fetch_tarball if release.ecosystem == "npm" else fetch_wheel
    for name in names[:_MOST_WRAPPED]:
        try:
            tools = read_tree(fetch(name, None, workshop=workshop, bench=bench).files).tools
        except Unavailable:
            continue
        if tools:
            return tools
    return ()


def _readme(release: Release, attempts: Attempts) -> tuple[Snapshot, ...]:
    tools = readme_tools(attempts.server.readme or release.readme)
    if not tools:
        attempts.fail("readme", SkipReason.NO_TOOLS, "", final=False)
        return ()
    return (attempts.read("readme", Method.README, release.version, tools),)
