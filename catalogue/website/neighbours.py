"""Which tools of other servers are of the same kind: those whose names say the same, and that do not look tampered with."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec

from catalogue.website.lists import CATEGORY
from catalogue.website.pages import Link
from catalogue.website.register import Register

#: Neighbours that a tool's page names.
MOST = 6

_SHARED = """
SELECT key, server, name, path, category, poisoned FROM tool
WHERE key <> '' AND key IN ({keys})
ORDER BY key, gravity DESC, server, position
"""
#: Keys of which more than one server has a tool, and those of the tools of some servers.
_ALL = "SELECT key FROM tool GROUP BY key HAVING count(DISTINCT server) > 1"
_SOME = "SELECT key FROM tool WHERE server IN (SELECT value FROM json_each(?))"


class Neighbours:
    """The neighbours of the tools of all servers in a register, or of *servers* alone: a few for each kind."""

    def __init__(self, register: Register, servers: Collection[str] | None = None) -> None:
        self._register = register
        if servers is None:
            rows = register.rows(_SHARED.format(keys=_ALL))
        else:
            rows = register.rows(_SHARED.format(keys=_SOME), msgspec.json.encode(list(servers)).decode())
        self._kinds = dict(_kinds(rows))

    def of(self, server: str) -> dict[str, tuple[Link, ...]]:
        """For each tool of *server*, by the path of its page, up to `MOST` tools of its kind on other servers."""
        rows = self._register.rows("SELECT path, key FROM tool WHERE server = ?", server)
        return {
            path: tuple(link for link in self._kinds[key] if link.server != server)[:MOST]
            for path, key in rows
            if key in self._kinds
        }

    def digests(self) -> dict[str, bytes]:
        """For each server with neighbours a digest that changes when they do."""
        kinds = {
            key: hashlib.blake2b(repr(links).encode(), digest_size=16).digest()
            for key, links in self._kinds.items()
        }
        found: dict[str, bytes] = {}
        for server, rows in groupby(
            self._register.rows("SELECT server, key FROM tool ORDER BY server, position"), itemgetter(0)
        ):
            found[server] = hashlib.blake2b(
                b"".join(kinds.get(key, b"-") for _, key in rows), digest_size=16
            ).digest()
        return found


def _kinds(found: Iterable[tuple[Any, ...]]) -> Iterator[tuple[str, tuple[Link, ...]]]:
    for key, rows in groupby(found, itemgetter(0)):
        links: dict[str, Link] = {}
        for _, server, name, path, category, poisoned in rows:
            if server not in links and len(links) <= MOST and not poisoned:
                links[server] = Link(server=server, name=name, category=CATEGORY[category], path=path)
        yield key, tuple(links.values())
