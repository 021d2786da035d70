"""Which Node.js a package runs on: the machine's own, or a newer one that the registry has as a package."""

import json
import platform
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crawler.introspect.packages.install import NotInstalled
from crawler.introspect.packages.npm import Npm
from crawler.introspect.workshop import Workshop
from crawler.snapshots import SkipReason
from crawler.tools import Json

#: Whatever is the newest one, for who does not know which one would do.
LATEST = "latest"
#: How the registry's packages of nothing but the program spell a kind of processor.
_PROCESSORS = {"x86_64": "x64", "aarch64": "arm64"}


@dataclass(frozen=True)
class Node:
    """One Node.js."""

    #: As it calls itself, such as `20.11.1`; empty if it does not say.
    release: str
    #: The folder that holds the program `node`.
    folder: Path


@cache
def machine_node(program: Path) -> Node:
    """The machine's own."""
    try:
        said = subprocess.run([str(program), "--version"], capture_output=True, text=True, timeout=10, check=False)  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return Node("", program.parent)
    return Node(said.stdout.strip().removeprefix("v")[:40], program.parent)


def newer_node(
    wanted: str, have: Node, *, npm: Npm, workshop: Workshop, bench: Path, hosts: Iterable[str] = ()
) -> Node:
    """One that fits a range of npm's or is the latest, fetched unless it is in the cache; raises NotInstalled.

    It comes as a package like any other: pinned to one release, checked by npm against the registry's digest, and first
    run in the sandbox of the server that wants it.
    """
    package = f"node-linux-{_PROCESSORS.get(platform.machine(), platform.machine())}"
    fetched = bench / "node"
    fetched.mkdir(mode=0o777)
    fetched.chmod(0o777)
    said = npm.run(
        ["view", f"{package}@{wanted}", "version", "--json"], workshop=workshop, folder=fetched, hosts=hosts
    )
    release = _chosen(said, have)
    kept = workshop.cache / f"node-{release}"
    if not kept.is_dir():
        npm.run(["install", f"{package}@{release}"], workshop=workshop, folder=fetched, hosts=hosts)
        _keep(fetched / "node_modules" / package / "bin", kept)
    return Node(release, kept)


def _chosen(said: str, have: Node) -> str:
    """The newest release of the oldest line of those that npm names that is supported for long, else of the oldest line."""
    try:
        named: Json = json.loads(said or "[]")
    except (ValueError, RecursionError):
        named = []
    texts = named if isinstance(named, list) else [named]
    newer = [version for text in texts if (version := _numbers(str(text))) > _numbers(have.release)]
    if not newer:
        raise NotInstalled(SkipReason.NOT_FOUND, "the registry has no Node.js that would do")
    # Even ones are maintained for years, odd ones for months.
    line = min({version[0] for version in newer}, key=lambda line: (line % 2, line))
    return ".".join(map(str, max(version for version in newer if version[0] == line)))


def _numbers(release: str) -> list[int]:
    """Its three numbers; none for one that has other parts, as those have that are not finished."""
    parts = release.split(".")
    return [int(part) for part in parts] if len(parts) == 3 and all(map(str.isdecimal, parts)) else []


def _keep(programs: Path, kept: Path) -> None:
    """Move what was fetched into the cache, unless somebody did so just now."""
    if programs.is_symlink() or (programs / "node").is_symlink() or not (programs / "node").is_file():
        raise NotInstalled(SkipReason.ARCHIVE_REFUSED, "the registry's package of Node.js holds no program")
    try:
        programs.rename(kept)
    except OSError:
        if not kept.is_dir():
            raise
