"""What the person set from outside; nothing else in the catalogue reads the environment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Self

import platformdirs
from msgspec import Struct

from catalogue.errors import CatalogueError

#: Every variable that is read, and what it sets.
VARIABLES = {
    "TOLLHOUSE_HOME": "One folder for everything kept: data, cache and state. Without it, the user's own folders.",
    "TOLLHOUSE_DATABASE_URL": "Where the record lives, such as postgresql://user@host/tollhouse.",
    "TOLLHOUSE_CONTACT": "How to reach whoever crawls here, a URL or mail address: sent along with every request.",
    "GITHUB_TOKEN": "Token for GitHub's API; without one GitHub answers fewer questions an hour.",
    "GH_TOKEN": "The same, where GITHUB_TOKEN is not set.",
    "NO_COLOR": "Set to anything: no colours.",
}


class NoHome(CatalogueError):
    """A user without a home folder, such as a container's that is only a number."""

    def __str__(self) -> str:
        return "this user has no home folder; set TOLLHOUSE_HOME to a folder for what is kept, and HOME to where the clients' files are"


class Secret(str):
    """A string that never shows itself in a representation."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(...)"


class Settings(Struct, frozen=True, kw_only=True):
    """Where things are kept and what may be asked for."""

    #: What must not be lost: the embedded database.
    data_folder: Path
    #: What can be fetched again: archives, environments of servers.
    cache_folder: Path
    #: What was last seen on this machine; a gate keeps its counters, approvals and audit there too.
    state_folder: Path
    #: A SQLAlchemy URL, of SQLite or PostgreSQL.
    database_url: str
    github_token: Secret | None = None
    #: A URL or mail address for those whose servers are crawled.
    contact: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read `os.environ` or what a test gives in its place; creates nothing. Raises NoHome."""
        home = environment.get("TOLLHOUSE_HOME")
        data, cache, state = _folders(Path(home) if home else None)
        token = environment.get("GITHUB_TOKEN") or environment.get("GH_TOKEN")
        return cls(
            data_folder=data,
            cache_folder=cache,
            state_folder=state,
            database_url=environment.get("TOLLHOUSE_DATABASE_URL") or f"sqlite:///{data / 'tollhouse.db'}",
            github_token=Secret(token) if token else None,
            contact=environment.get("TOLLHOUSE_CONTACT") or None,
        )


def _folders(home: Path | None) -> tuple[Path, Path, Path]:
    if home is not None:
        home = home.expanduser().absolute()
        return home, home / "cache", home / "state"
    try:
        return (
            platformdirs.user_data_path("tollhouse", appauthor=False),
            platformdirs.user_cache_path("tollhouse", appauthor=False),
            platformdirs.user_state_path("tollhouse", appauthor=False),
        )
    except RuntimeError as error:
        raise NoHome from error


def home_folder() -> Path:
    """The user's own; raises NoHome."""
    try:
        return Path.home()
    except RuntimeError as error:
        raise NoHome from error
