"""Lines of JSON in which records travel: to another catalogue, to a machine without a network, into a test."""

import re
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from catalogue.codec import dump, load_definition
from catalogue.entries import Entry
from catalogue.errors import BadLine
from crawler.errors import CrawlerError
from crawler.servers import Repository, Server, ServerName
from crawler.snapshots import Method, Outcome, Skipped, SkipReason, Snapshot
from crawler.tools import Json, Tool

#: RFC 3339 in UTC: times are compared as text.
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
#: What travels of a Server besides its name.
_FIELDS = ("title", "description", "version", "repository", "homepage", "license", "author")


class _Listing(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    title: str | None = None
    description: str | None = None
    version: str | None = None
    repository: Repository | str | None = None
    homepage: str | None = None
    license: str | None = None
    author: str | None = None


class _Taken(Struct, frozen=True, kw_only=True, omit_defaults=True):
    method: Method = Method.IMPORTED
    release: str | None = None
    taken_at: str | None = None


class _Missed(Struct, frozen=True, kw_only=True):
    reason: SkipReason


class _Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    server: _Listing
    tools: list[Json] | UnsetType = UNSET
    snapshot: _Taken | None = None
    skipped: _Missed | None = None


def line_of(entry: Entry) -> str:
    """One server as a line without its line break: listing, newest tools, and the skip if the newest attempt was one."""
    said, outcome = entry.snapshot, entry.outcome
    listing = {name: getattr(entry.server, name) for name in _FIELDS}
    return dump(
        _Line(
            server=_Listing(name=str(entry.server.name), **listing),
            tools=[] if said is None else [tool.definition for tool in said.tools],
            snapshot=None
            if said is None
            else _Taken(method=said.method, release=said.release, taken_at=said.taken_at),
            skipped=_Missed(reason=outcome.reason) if isinstance(outcome, Skipped) else None,
        )
    )


def line_schema() -> dict[str, Any]:
    """JSON Schema of a line."""
    return msgspec.json.schema(_Line)


def read_line(text: bytes, number: int, now: str) -> tuple[Server, tuple[Outcome, ...]]:
    """The listing and its outcomes, the newest first; what has no time was taken *now*. Raises BadLine."""
    try:
        line = msgspec.convert(load_definition(text.decode()), _Line)
        server = _server(line.server)
        tools = tuple(Tool.read(entry, position=index) for index, entry in enumerate(line.tools or ()))
    except (ValueError, RecursionError, CrawlerError) as error:
        raise BadLine(number, str(error)) from error
    taken = line.snapshot or _Taken()
    taken_at = taken.taken_at or now
    if not _TIME.fullmatch(taken_at):
        raise BadLine(number, f"{taken_at!r} is no time such as {now}")
    said = Snapshot(
        server=server.name, release=taken.release, method=taken.method, tools=tools, taken_at=taken_at
    )
    if line.skipped is None and tools:
        return server, (said,)
    reason = SkipReason.NO_TOOLS if line.skipped is None else line.skipped.reason
    missed = Skipped(server=server.name, release=server.version, reason=reason, taken_at=taken_at)
    return server, (missed, said) if tools or line.snapshot else (missed,)


def _server(listing: _Listing) -> Server:
    values: dict[str, Any] = {name: getattr(listing, name) for name in _FIELDS}
    if isinstance(listing.repository, str):
        values["repository"] = Repository(url=listing.repository)
    return Server(name=ServerName.parse(listing.name), **values)
