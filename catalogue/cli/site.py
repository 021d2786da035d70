"""Commands that build and preview the site."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from catalogue.cli.files import CannotWrite
from catalogue.cli.opening import record
from catalogue.cli.telling import tell
from catalogue.errors import CatalogueError

if TYPE_CHECKING:
    from catalogue.website.render import Progress

#: Where a preview answers, and what a site is built for unless a person says otherwise.
PORT = 8000
HERE = f"http://127.0.0.1:{PORT}/"

#: Seconds between two drawings of how far a build is.
EVERY = 0.1


def _address(text: str | None) -> str | None:
    """Refuse what no page can link to."""
    if text is None or (text.startswith(("http://", "https://")) and urlsplit(text).hostname):
        return text
    raise typer.BadParameter(f"{text!r} is no address such as https://catalogue.example/")


Out = Annotated[Path, typer.Option(metavar="DIR", help="Folder of the site.")]
BaseUrl = Annotated[
    str, typer.Option(metavar="URL", callback=_address, help="Where the site will be published.")
]
IssuesUrl = Annotated[
    str | None,
    typer.Option(metavar="URL", callback=_address, help="Where people open an issue about a page."),
]


class CannotListen(CatalogueError):
    """A port that somebody else has."""

    def __init__(self, port: int, why: str) -> None:
        super().__init__(port, why)
        self.port = port
        self.why = why

    def __str__(self) -> str:
        return f"cannot listen on 127.0.0.1:{self.port}: {self.why}; name another one with --port"


def register(app: typer.Typer) -> None:
    """Add this family of commands to *app*."""
    app.command()(build)
    app.command()(serve)


def build(
    out: Out = Path("public"),
    base_url: BaseUrl = HERE,
    issues_url: IssuesUrl = None,
) -> None:
    """Build the static site over the whole catalogue; only what changed is written."""
    from catalogue.website import render

    with record() as store, _progress() as progress, written(out):
        report = render.build(
            store.entries, out, base_url=base_url, issues_url=issues_url, progress=progress,
            pick=store.entry, stamps=store.stamps,
        )  # fmt: skip
    print(
        f"{out}: {report.tools} tools of {report.servers} servers in {report.files} files; "
        f"{report.printed} servers printed anew, {report.written} files written, {report.removed} removed"
    )


def serve(
    out: Out = Path("public"),
    port: Annotated[
        int,
        typer.Option(min=0, max=65535, metavar="N", help="Port on this machine; 0 takes any that is free."),
    ] = PORT,
) -> None:
    """Preview the site on this machine until interrupted."""
    from catalogue.website.preview import server

    try:
        listening = server(out, port)
    except OSError as error:
        raise CannotListen(port, error.strerror or str(error)) from error
    with listening as running:
        tell(f"Serving {out} at http://127.0.0.1:{running.server_port}/ until interrupted")
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            return


@contextmanager
def written(out: Path) -> Iterator[None]:
    """Tell a full disk under the site from one under the record; raises CannotWrite."""
    try:
        yield
    except sqlite3.Error as error:
        # The record's own come wrapped; these are of the files beside the site that a build works with.
        raise CannotWrite(out, str(error)) from error
    except OSError as error:
        if error.filename is not None:
            raise
        raise CannotWrite(out, error.strerror or str(error)) from error


class _progress:  # noqa: N801  # reads as a verb where it is used
    """Shows a build on a terminal, and nothing elsewhere."""

    def __enter__(self) -> "Progress":
        from rich.console import Console
        from rich.progress import Progress as Bars

        console = Console(stderr=True)
        # The library would draw from a thread of its own, and a process with threads cannot be forked.
        self._bars = Bars(
            console=console, transient=True, disable=not console.is_terminal, auto_refresh=False
        )
        self._bars.start()
        self._task = self._bars.add_task("Building", total=None)
        self._drawn = 0.0
        return self._show

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def _show(self, what: str, done: int, total: int) -> None:
        self._bars.update(self._task, description=what, completed=done, total=total or None)
        if monotonic() - self._drawn > EVERY:
            self._bars.refresh()
            self._drawn = monotonic()
