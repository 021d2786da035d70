"""What this installation has to work with, checked one by one."""

import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from catalogue.database import connect, current_revision, driver_faults, is_only_read, shown, told
from catalogue.errors import CatalogueError
from catalogue.settings import Settings
from crawler.introspect.sandboxes.sandbox import find_sandbox


class Check(Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    what: str
    #: False where something that every crawl needs is missing; what is merely better to have is well without.
    well: bool
    #: What was found, and what to do about it.
    found: str

    def __str__(self) -> str:
        return f"{'ok ' if self.well else 'BAD'}  {self.what:<12}  {self.found}"

    def as_json(self) -> str:
        """The check as one line of JSON."""
        return msgspec.json.encode(self).decode()


def checkup(settings: Settings) -> Iterator[Check]:
    """Look at everything; reads only, but for the database, which is made and migrated as by any command."""
    yield Check(what="tollhouse", well=True, found=f"{version('tollhouse')}, Python {sys.version.split()[0]}")
    yield _database(settings)
    yield Check(what="folders", well=True, found=f"{settings.data_folder}, {settings.cache_folder}")
    yield _sandbox()
    yield _program("uv", "installs the packages that are introspected; it comes with Tollhouse", needed=True)
    yield _program("npm", "without it npm's servers are read, not run")
    yield _token(settings)
    for extra, module, use in _EXTRAS:
        yield Check(what=extra, well=True, found=_installed(extra, module, use))


_EXTRAS = (
    ("queue", "procrastinate", "crawling on many machines"),
    ("redis", "redis", "counters that many gates share"),
    ("train", "sklearn", "training the classifier"),
)


def _database(settings: Settings) -> Check:
    try:
        engine = connect(settings.database_url)
    except CatalogueError as error:
        return Check(what="database", well=False, found=str(error))
    with engine.execution_options(reads=True).connect() as connection:
        revision, damage = current_revision(connection), _damage(connection)
    engine.dispose()
    if damage is not None:
        advice = (
            f"{shown(engine.url)} is damaged: {damage}; put the last backup back, or import the last export"
        )
        return Check(what="database", well=False, found=advice)
    limit = "; it may only be read here" if is_only_read(engine.url) else ""
    return Check(what="database", well=True, found=f"{shown(engine.url)}, revision {revision}{limit}")


def _damage(connection: Connection) -> str | None:
    """What is wrong with the file of an embedded database, on one line; a server looks after its own."""
    if connection.dialect.name != "sqlite":
        return None
    try:
        found = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
    except driver_faults() as error:
        found = told(error)
    return None if found == "ok" else " ".join(found.split())


def _sandbox() -> Check:
    sandbox = find_sandbox()
    if sandbox is None:
        advice = (
            "none works here, so servers are only read; install bubblewrap, or tollhouse[sandbox] on Linux"
        )
        return Check(what="sandbox", well=False, found=advice)
    return Check(
        what="sandbox", well=True, found="; ".join(filter(None, (f"{sandbox.name} works", sandbox.lacks)))
    )


def _program(name: str, use: str, *, needed: bool = False) -> Check:
    place = shutil.which(name) or _beside(name)
    return Check(what=name, well=place is not None or not needed, found=place or f"not found; {use}")


def _beside(name: str) -> str | None:
    """A program that came into the environment of this one, whether or not that is on PATH."""
    place = Path(sys.executable).parent / name
    return str(place) if place.exists() else None


def _token(settings: Settings) -> Check:
    told = (
        "set"
        if settings.github_token
        else "not set; GITHUB_TOKEN lets GitHub answer far more questions an hour"
    )
    return Check(what="github token", well=True, found=told)


def _installed(extra: str, module: str, use: str) -> str:
    return "installed" if find_spec(module) else f"not installed; for {use}: pip install 'tollhouse[{extra}]'"
