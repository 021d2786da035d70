"""Names of tools that a person could take for others; the gate itself takes every name exactly as it is."""

from collections.abc import Iterable

from crawler.mcp.jsonrpc import fold

#: Names come from the server, so what is remembered of them is bounded.
REMEMBERED = 10_000


class Names:
    """The names of one connection. *known* are those of which a policy speaks."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._by_looks = {_looks(name): name for name in known}
        self._told: set[str] = set()

    def doubt(self, name: str) -> str | None:
        """What is doubtful about a name that a server lists, told once; `None` for nothing."""
        looks = _looks(name)
        if len(self._by_looks) < REMEMBERED:
            self._by_looks.setdefault(looks, name)
        other = self._by_looks.get(looks, name)
        if (other == name and name.isascii()) or name in self._told or len(self._told) >= REMEMBERED:
            return None
        self._told.add(name)
        if other != name:
            return f"look-alike tool: {name} beside {other}"
        return f"tool with letters that may look like others: {name!a}"


def _looks(name: str) -> str:
    """The name without case, separators and widths of letters."""
    folded = name.lower() if name.isascii() else fold(name)
    return "".join(filter(str.isalnum, folded)) or name
