"""Commands that read and move records: show, search, changes, import, export."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from catalogue.cli.files import output, take_lines
from catalogue.cli.opening import EMPTY, ServerArgument, entry_named, record
from catalogue.cli.telling import complain, tell
from catalogue.errors import CatalogueError
from catalogue.plural import plural
from crawler.servers import ServerName

if TYPE_CHECKING:
    from catalogue.entries import Change
    from catalogue.store import Store
    from crawler.snapshots import Snapshot

_FOUND = 1

Json = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]

#: A day, or a time of it, as far as one cares to write it. As text the beginning of a time comes before all that
#: begin so; a Z after it would come after them.
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(T([01]\d|2[0-3])(:[0-5]\d(:[0-5]\d(\.\d+)?)?)?Z?)?", flags=re.ASCII)


class NoSuchRelease(CatalogueError):
    """A release of which the record has no tools."""

    def __init__(self, server: ServerName, release: str, known: tuple[str, ...]) -> None:
        super().__init__(server, release, known)
        self.server = server
        self.release = release
        self.known = known

    def __str__(self) -> str:
        return f"of {self.server} {self.release} no tools are known, but of {', '.join(self.known) or 'no release'}"


def register(app: typer.Typer) -> None:
    """Add this family of commands to *app*."""
    app.command()(show)
    app.command()(search)
    app.command()(changes)
    app.command("import")(import_)
    app.command()(export)


def show(
    server: ServerArgument,
    tool: Annotated[str | None, typer.Argument(metavar="TOOL", help="One of its tools.")] = None,
    as_json: Json = False,
) -> None:
    """Show a server with the worst that each tool can do, or one tool with the words that prove it."""
    from catalogue import showing

    with record() as store:
        entry = entry_named(store, server)
    if tool is None:
        print(showing.server_json(entry) if as_json else showing.server_text(entry))
    else:
        print(showing.tool_json(entry, tool) if as_json else showing.tool_text(entry, tool))


def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="All of them must appear.")],
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="Show at most so many.")] = 50,
    as_json: Json = False,
) -> None:
    """Find servers by words of their name, title, description and tools; exits with 1 if there is none."""
    from catalogue import showing

    if not any(map(str.strip, words)):
        raise typer.BadParameter("name at least one word", param_hint="WORDS")
    found = False
    with record() as store:
        for entry in store.found(store.search(" ".join(words), limit)):
            found = True
            print(showing.row_json(entry) if as_json else showing.row_text(entry))
        nothing = EMPTY if not found and store.is_empty() else "nothing found"
    if not found:
        complain(nothing)
        raise typer.Exit(_FOUND)


def changes(
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="A day such as 2026-11-01, or a time in UTC.")
    ] = None,
    server: Annotated[str | None, typer.Option(metavar="SERVER", help="Only of this server.")] = None,
    between: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="WHEN WHEN",
            help="Of the server: what differs between two of its snapshots, each named by its release or a day.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell what changed: servers, releases, tools, wordings, schemas, annotations, verdicts."""
    from catalogue import showing

    if between is not None and server is None:
        raise typer.BadParameter("say of which --server", param_hint="--between")
    if since is not None and not _is_moment(since):
        raise typer.BadParameter(f"{since!r} is no day such as 2026-11-01", param_hint="--since")
    with record() as store:
        name = None if server is None else entry_named(store, server).server.name
        told = (
            store.changes(since and since.rstrip("Z"), name)
            if name is None or between is None
            else _between(store, name, between)
        )
        for change in told:
            print(showing.change_json(change) if as_json else showing.change_text(change))


def _is_moment(text: str) -> bool:
    found = _MOMENT.fullmatch(text)
    try:
        return found is not None and bool(date.fromisoformat(found[1]))
    except ValueError:
        return False


def _between(store: "Store", server: ServerName, moments: tuple[str, str]) -> tuple["Change", ...]:
    from catalogue.changes import differences

    history = list(store.history(server))
    before, after = (_said(server, history, moment) for moment in moments)
    return differences(before, after)


def _said(server: ServerName, history: Sequence["Snapshot"], moment: str) -> "Snapshot":
    """The newest snapshot of a release, or what the server said on a day; raises NoSuchRelease."""
    if _is_moment(moment):
        found = [one for one in history if one.taken_at >= moment.rstrip("Z")] or history[-1:]
    else:
        found = [snapshot for snapshot in reversed(history) if snapshot.release == moment]
    if not found:
        known = dict.fromkeys(snapshot.release for snapshot in history)
        raise NoSuchRelease(server, moment, tuple(release for release in known if release is not None))
    return found[0]


def import_(
    file: Annotated[
        str,
        typer.Argument(metavar="FILE|-", help="JSON Lines, one server a line; a file may be packed by gzip."),
    ],
) -> None:
    """Read servers that another catalogue exported; a bad line is told and the rest is read."""
    from catalogue.exchange import read_line

    with record() as store:

        def admit(line: bytes, number: int) -> int:
            store.admit(*read_line(line, number, store.now()))
            return 1

        read, bad = take_lines(file, admit)
    tell(f"{plural(read, 'server')} read, {plural(bad, 'bad line')}")
    if bad:
        raise typer.Exit(_FOUND)


def export(
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write here instead of to stdout.")
    ] = None,
) -> None:
    """Write every server as a line of JSON, in the order of their names."""
    from catalogue.exchange import line_of

    with record() as store, output(out) as file:
        for entry in store.entries():
            file.write(line_of(entry) + "\n")
