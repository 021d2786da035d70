"""Tools that other catalogues name and that the server itself does not register."""

import tomllib
from collections.abc import Collection
from functools import cache

from catalogue.website import assets
from crawler.snapshots import Method, Snapshot

#: Only a list that the server itself gave can say that a tool does not exist.
_CERTAIN = frozenset({Method.LIVE, Method.REMOTE})


def phantoms(server: str, snapshot: Snapshot | None) -> tuple[str, ...]:
    """Names that others list for *server* and that its own list lacks."""
    if snapshot is None or snapshot.method not in _CERTAIN:
        return ()
    registered = {tool.name for tool in snapshot.tools}
    return tuple(name for name in _named().get(server, ()) if name not in registered)


@cache
def _named() -> dict[str, Collection[str]]:
    found: dict[str, list[str]] = {}
    for phantom in tomllib.loads((assets.folder() / "phantoms.toml").read_text("utf-8"))["phantom"]:
        found.setdefault(phantom["server"], []).append(phantom["name"])
    return dict(found)
