"""Commands that run unattended: nightly, worker, doctor."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from catalogue.cli.crawl import Jobs, MethodName, Methods, SourceName, Starter, run_crawl
from catalogue.cli.opening import record, settings
from catalogue.cli.queueing import Queue, run_queued, run_worker
from catalogue.cli.site import HERE, BaseUrl, IssuesUrl, Out, written

if TYPE_CHECKING:
    from catalogue.crawling import Tally
    from catalogue.nightly import Night
    from catalogue.settings import Settings
    from catalogue.store import Store
    from catalogue.website.render import BuildReport

_FOUND = 1


class _Site(NamedTuple):
    """What a site is built into, and for which addresses."""

    out: Path
    base_url: str
    issues_url: str | None


def register(app: typer.Typer) -> None:
    """Add this family of commands to *app*."""
    app.command()(nightly)
    app.command()(worker)
    app.command()(doctor)


def nightly(
    out: Out = Path("public"),
    base_url: BaseUrl = HERE,
    issues_url: IssuesUrl = None,
    starter: Starter = False,
    method: Methods = MethodName.AUTO,
    jobs: Jobs = 4,
    queue: Queue = False,
) -> None:
    """Crawl what changed, judge it, build the site and write a report of the changes; safe to kill and run again.

    Exits with 0 though servers were skipped, with 1 if a source failed, with 3 if it could not run.
    """
    from catalogue.cli.progress import print_summary
    from crawler.sources.starter import read_list

    own = settings()
    named = read_list() if starter else ()
    discover = () if starter else [source.value for source in SourceName]
    with record() as store:

        def crawl() -> "Tally":
            if queue:
                return run_queued(own, store, discover=discover, named=named, wait=True)
            return run_crawl(own, store, discover=discover, named=named, method=method.value, jobs=jobs)

        night = _night(own, store, crawl, _Site(out, base_url, issues_url))
        print_summary(night.tally, store)
        _tell(night, out)
        _next_steps(store, night, out)
    if night.tally.failed:
        raise typer.Exit(_FOUND)


def worker(
    method: Methods = MethodName.AUTO,
    jobs: Jobs = 4,
    nightly: Annotated[
        str | None,
        typer.Option(metavar="CRON", help='Also see to the nightly run, such as at "30 2 * * *", UTC.'),
    ] = None,
    out: Out = Path("public"),
    base_url: BaseUrl = HERE,
    issues_url: IssuesUrl = None,
) -> None:
    """Take crawl tasks from PostgreSQL until interrupted; start as many workers, on as many machines, as you like."""
    own = settings()
    with record() as store:

        def crawl() -> "Tally":
            return run_queued(own, store, discover=[source.value for source in SourceName], wait=True)

        def run() -> None:
            _tell(_night(own, store, crawl, _Site(out, base_url, issues_url)), out)

        run_worker(
            own, store, method=method.value, jobs=jobs, nightly=None if nightly is None else (nightly, run)
        )


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
) -> None:
    """Look at what this installation has to work with; exits with 1 if something that it needs is missing."""
    from catalogue.checkup import checkup

    checks = list(checkup(settings()))
    for check in checks:
        print(check.as_json() if as_json else check)
    if not all(check.well for check in checks):
        raise typer.Exit(_FOUND)


def _night(own: "Settings", store: "Store", crawl: Callable[[], "Tally"], site: _Site) -> "Night":
    from catalogue.nightly import run_night
    from catalogue.website.render import build

    def print_site() -> "BuildReport":
        with written(site.out):
            return build(
                store.entries, site.out, base_url=site.base_url, issues_url=site.issues_url,
                pick=store.entry, stamps=store.stamps,
            )  # fmt: skip

    return run_night(store, crawl, print_site, own.data_folder / "reports")


def _tell(night: "Night", out: Path) -> None:
    built = night.built
    if night.outdated:
        print(f"\n{night.outdated} reviews are of tools that changed since: tollhouse review list --outdated")
    print(f"\n{night.judged} definitions judged; {night.changes} changes, told in {night.report}")
    print(f"The site is in {out}: {built.tools} tools of {built.servers} servers, {built.files} files")


def _next_steps(store: "Store", night: "Night", out: Path) -> None:
    from catalogue.nextsteps import browse, guard

    called = Path(sys.argv[0])
    entries = [entry for result in night.tally.results if (entry := store.entry(result.server)) is not None]
    print(f"\nBrowse it:\n  {browse(called, out)}")
    if (command := guard(called, entries)) is not None:
        print(f"Put the gate before one of the servers:\n  {command}")
