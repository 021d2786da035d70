"""What a person does after a crawl, as commands that can be pasted."""

import shlex
import shutil
from collections.abc import Iterable
from pathlib import Path

from catalogue.entries import Entry
from catalogue.uvx import options
from catalogue.website.visible import plain
from crawler.snapshots import Method, Snapshot


def program(name: str, called: Path) -> str:
    """How to call our program *name*, given the path by which this process was called."""
    beside = called.parent / name
    if shutil.which(name) == str(beside.absolute()):
        return name
    near = beside.absolute().is_relative_to(Path.cwd())
    return shlex.quote(str(beside.absolute().relative_to(Path.cwd()) if near else beside))


def browse(called: Path, out: Path) -> str:
    """The command that shows the site."""
    return f"{program('tollhouse', called)} serve --out {shlex.quote(str(out))}"


def guard(called: Path, entries: Iterable[Entry]) -> str | None:
    """The command that puts the gate before one of the servers: the one that needs the least to start.

    `None` where no server that Python's own tools can launch was listed.
    """
    startable = [said for entry in entries if (said := entry.snapshot) is not None and _startable(said)]
    if not startable:
        return None
    said = min(startable, key=_help_needed)
    policy = f"{said.server.name}.policy.json"
    suggest = f"{program('tollhouse', called)} policy suggest {shlex.quote(str(said.server))} -o {shlex.quote(policy)}"
    gate = f"{program('tollhouse-proxy', called)} stdio --policy {shlex.quote(policy)}"
    return plain(f"{suggest} && {_environment(said)}{gate} -- {program('uvx', called)} {_launch(said)}")


def _startable(said: Snapshot) -> bool:
    return said.method is Method.LIVE and said.server.ecosystem == "pypi" and bool(said.profile.command)


def _help_needed(said: Snapshot) -> tuple[int, int, int, str]:
    profile = said.profile
    return len(profile.environment), len(profile.repairs), len(profile.command), said.server.name


def _launch(said: Snapshot) -> str:
    release = said.server.name if said.release is None else f"{said.server.name}=={said.release}"
    return shlex.join(["--from", release, *options(said.profile), *said.profile.command])


def _environment(said: Snapshot) -> str:
    return "".join(f"{name}={shlex.quote(value)} " for name, value in said.profile.environment.items())
