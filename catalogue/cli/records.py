"""Commands that read and move records: show, search, changes, import, export."""

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, TextIO

import typer

from catalogue.cli.opening import entry_named, record
from catalogue.errors import CatalogueError
from crawler.servers import ServerName

if TYPE_CHECKING:
    from catalogue.entries import Change
    from catalogue.store import Store
    from crawler.snapshots import Snapshot

_FOUND, _USAGE = 1, 2

Json = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]
ServerArgument = Annotated[
    str, typer.Argument(metavar="SERVER", help="Such as pypi:mcp-sora, or just mcp-sora.")
]


#: A day, or a time of it, as far as one cares to write it.
_DAY = re.compile(r"\d{4}-\d\d-\d\d(T\d\d(:\d\d(:\d\d(\.\d+)?)?)?Z?)?")


class CannotWrite(CatalogueError):
    """A file that an export cannot be written to."""

    def __init__(self, file: Path, why: str) -> None:
        super().__init__(file, why)
        self.file = file
        self.why = why

    def __str__(self) -> str:
        return f"cannot write {self.file}: {self.why}"


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
    tool: Annotated[str | None, typer.Argument(metavar="[TOOL]", help="One of its tools.")] = None,
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
    limit: Annotated[int, typer.Option(min=1, help="Show at most so many.")] = 50,
    as_json: Json = False,
) -> None:
    """Find servers by words of their name, title, description and tools; exits with 1 if there is none."""
    from catalogue import showing

    found = False
    with record() as store:
        for name in store.search(" ".join(words), limit):
            entry = store.entry(name)
            if entry is not None:
                found = True
                print(showing.row_json(entry) if as_json else showing.row_text(entry))
    if not found:
        print("tollhouse: nothing found", file=sys.stderr)
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
    if since is not None and not _DAY.fullmatch(since):
        raise typer.BadParameter(f"{since!r} is no day such as 2026-11-01", param_hint="--since")
    with record() as store:
        name = None if server is None else entry_named(store, server).server.name
        told = (
            store.changes(since, name) if name is None or between is None else _between(store, name, between)
        )
        for change in told:
            print(showing.change_json(change) if as_json else showing.change_text(change))


def _between(store: "Store", server: ServerName, moments: tuple[str, str]) -> tuple["Change", ...]:
    from catalogue.changes import differences

    history = list(store.history(server))
    before, after = (_said(server, history, moment) for moment in moments)
    return differences(before, after)


def _said(server: ServerName, history: Sequence["Snapshot"], moment: str) -> "Snapshot":
    """The newest snapshot of a release, or what the server said on a day; raises NoSuchRelease."""
    if _DAY.fullmatch(moment):
        found = [snapshot for snapshot in history if snapshot.taken_at >= moment] or history[-1:]
    else:
        found = [snapshot for snapshot in reversed(history) if snapshot.release == moment]
    if not found:
        known = dict.fromkeys(snapshot.release for snapshot in history)
        raise NoSuchRelease(server, moment, tuple(release for release in known if release is not None))
    return found[0]


def import_(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="JSON Lines, one server a line.")],
) -> None:
    """Read servers that another catalogue exported; a bad line is told and the rest is read."""
    from catalogue.exchange import BadLine, read_line

    read, bad = 0, 0
    with record() as store, opened(file) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                server, outcomes = read_line(line, number, store.now())
            except BadLine as error:
                print(f"tollhouse: {error}", file=sys.stderr)
                bad += 1
            else:
                store.admit(server, outcomes)
                read += 1
    print(f"{read} servers read, {bad} bad lines", file=sys.stderr)
    if bad:
        raise typer.Exit(_FOUND)


def export(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write here instead of to stdout.")
    ] = None,
) -> None:
    """Write every server as a line of JSON, in the order of their names."""
    from catalogue.exchange import line_of

    with record() as store, _output(out) as file:
        for entry in store.entries():
            file.write(line_of(entry) + "\n")


def opened(file: str) -> AbstractContextManager[BinaryIO]:
    """The lines of a file, or of stdin for `-`; a file that cannot be read is a fault of usage."""
    if file == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise typer.BadParameter(f"cannot read {file}: {error.strerror}") from error


@contextmanager
def _output(file: Path | None) -> Iterator[TextIO]:
    """Stdout, or a file that appears only once it is whole."""
    if file is None:
        yield sys.stdout
        return
    unfinished = file.with_name(file.name + ".unfinished")
    try:
        with unfinished.open("w", encoding="utf-8") as stream:
            yield stream
        unfinished.replace(file)
    except OSError as error:
        raise CannotWrite(file, error.strerror or type(error).__name__) from error
