"""Names of tools that a person could take for others; the gate itself takes every name exactly as it is."""

import re
from collections.abc import Iterable
from functools import cached_property

from crawler.mcp.jsonrpc import fold, is_beyond_telling
from enforce.policy import Policy
from enforce.selectors import LONGEST_NAME, is_glob, matches

#: Names come from the server, so what is remembered of them is bounded.
REMEMBERED = 10_000


_SIGNS = re.compile(r"[^0-9a-z]+")


class Names:
    """The names of one connection. *known* are those of which a policy speaks."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._by_looks = {looks(name): name for name in known}
        self._told: set[str] = set()

    def doubt(self, name: str) -> str | None:
        """What is doubtful about a name that a server lists, told once; `None` for nothing."""
        seen = looks(name)
        if len(self._by_looks) < REMEMBERED:
            self._by_looks.setdefault(seen, name)
        other = self._by_looks.get(seen, name)
        if (other == name and name.isascii()) or name in self._told or len(self._told) >= REMEMBERED:
            return None
        self._told.add(name)
        if other != name:
            return f"look-alike tool: {name} beside {other}"
        return f"tool with letters that may look like others: {name!a}"


class Spellings:
    """The names and globs of a policy as somebody sees them who minds neither case nor separators: a tool that calls tools, perhaps."""

    def __init__(self, policy: Policy) -> None:
        keys = dict.fromkeys((*policy.tools, *policy.hide))
        self._exact = {name for key in keys if not is_glob(key) for name in policy.selectors.get(key, (key,))}
        self._globs = [key for key in keys if is_glob(key)]

    @cached_property
    def _by_looks(self) -> dict[str, str]:
        """Worked out for the first name that the policy does not speak of; many a policy never meets one."""
        return {looks(name): name for name in self._exact}

    def taken_for(self, name: str) -> str | None:
        """What the policy speaks of, and *name* is not, but could be taken for; `None` for nothing."""
        if name in self._exact:
            return None
        if is_beyond_telling(name):
            return "another"
        small = name.lower()
        return self._by_looks.get(looks(name)) or next(
            (
                key
                for key in self._globs
                if len(name) <= LONGEST_NAME and matches(key.lower(), small) and not matches(key, name)
            ),
            None,
        )


def looks(name: str) -> str:
    """The name without case, separators and widths of letters."""
    if name.isascii():
        return _SIGNS.sub("", name.lower()) or name
    return "".join(filter(str.isalnum, fold(name))) or name
