"""Tools, servers and changes as lists over the whole catalogue name them, read from the register."""

from typing import Any

from msgspec import Struct

from catalogue.website.paging import weight
from catalogue.website.register import Register
from classifier.categories import Category

_TOOL = "tool.server, tool.name, tool.path, tool.category, tool.says, tool.poisoned"
_SERVER = "name, path, says, grade, gravest, suspected, tools, skipped"
_CHANGE = "change.server, server.path, change.seen_at, change.kind, change.tool, change.release, change.before, change.after"

#: Each category by its name; to call the class takes several times as long.
CATEGORY = {category.value: category for category in Category}


class Listed(Struct, frozen=True, kw_only=True):
    """A tool in a list."""

    server: str
    name: str
    path: str
    category: Category
    says: str
    poisoned: bool


class ListedServer(Struct, frozen=True, kw_only=True):
    """A server in a list."""

    name: str
    path: str
    says: str
    #: Empty where it has none.
    grade: str
    #: The gravest category of its tools, empty where none is known.
    gravest: str
    #: Whether a definition or its instructions look tampered with.
    suspected: bool
    tools: int
    #: Why the newest attempt brought nothing, empty where it did.
    skipped: str


class ListedChange(Struct, frozen=True, kw_only=True):
    """A change in a list."""

    server: str
    #: Of the server's page.
    path: str
    seen_at: str
    kind: str
    tool: str | None
    release: str | None
    before: str | None
    after: str | None


def tools(register: Register, rest: str, *values: Any) -> list[Listed]:
    """The tools that *rest*, the end of a query that we wrote, selects."""
    rows = register.rows(f"SELECT {_TOOL} FROM tool {rest}", *values)  # noqa: S608  # no text of others in it
    return [
        Listed(
            server=server,
            name=name,
            path=path,
            category=CATEGORY[category],
            says=says,
            poisoned=bool(poisoned),
        )
        for server, name, path, category, says, poisoned in rows
    ]


def servers(register: Register, rest: str) -> list[ListedServer]:
    """The servers that *rest*, the end of a query that we wrote, selects."""
    rows = register.rows(f"SELECT {_SERVER} FROM server {rest}")  # noqa: S608  # as above
    return [
        ListedServer(
            name=name,
            path=path,
            says=says,
            grade=grade,
            gravest=gravest,
            suspected=bool(suspected),
            tools=tools,
            skipped=skipped,
        )
        for name, path, says, grade, gravest, suspected, tools, skipped in rows
    ]


def changes(register: Register, rest: str) -> list[ListedChange]:
    """The changes that *rest*, the end of a query that we wrote, selects."""
    question = f"SELECT {_CHANGE} FROM change JOIN server ON server.name = change.server {rest}"  # noqa: S608  # as above
    return [
        ListedChange(server=s, path=p, seen_at=t, kind=k, tool=tool, release=r, before=b, after=a)
        for s, p, t, k, tool, r, b, a in register.rows(question)
    ]


def weighed(tool: Listed) -> int:
    """About how many bytes the tool takes in a list."""
    return weight(tool.server[:90], tool.path, tool.name[:90], tool.says)


def counts(register: Register) -> dict[str, int]:
    """How many tools there are of each category, lightest first."""
    found = dict(register.rows("SELECT category, count(*) FROM tool GROUP BY category"))
    return {category.value: found.get(category.value, 0) for category in Category}
