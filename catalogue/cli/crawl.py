"""The command that crawls: from the sources into the record."""

import os
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from catalogue.cli.opening import record, settings
from catalogue.cli.queueing import Queue, run_queued
from catalogue.cli.telling import tell
from crawler.servers import BadServerName, ServerName

if TYPE_CHECKING:
    from catalogue.crawling import Tally
    from catalogue.settings import Settings
    from catalogue.store import Store
    from crawler.introspect.ladder import Way
    from crawler.sources.leads import Lead


#: Exit code of whatever a person interrupts, by the shell's custom.
INTERRUPTED = 130


class SourceName(StrEnum):
    """Where servers are listed."""

    PYPI = "pypi"
    GITHUB = "github"
    REGISTRY = "registry"
    NPM = "npm"


class MethodName(StrEnum):
    """How tools are found."""

    AUTO = "auto"
    LIVE = "live"
    STATIC = "static"


Sources = Annotated[
    list[SourceName] | None,
    typer.Option(
        "--source", metavar="|".join(SourceName), help="Crawl what this source lists; may be repeated."
    ),
]
Packages = Annotated[
    list[str] | None,
    typer.Option(
        "--package", metavar="NAME", help="A package of PyPI, or npm:NAME; NAME==VERSION for one release."
    ),
]
Repositories = Annotated[
    list[str] | None, typer.Option("--repo", metavar="OWNER/NAME", help="A repository on GitHub.")
]
Starter = Annotated[bool, typer.Option("--starter", help="The ten servers of the starter list.")]
Limit = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Take at most so many candidates of each source.")
]
Methods = Annotated[
    MethodName, typer.Option("--method", help="How to find tools; live and static also redo what is done.")
]
Jobs = Annotated[int, typer.Option(min=1, max=64, metavar="N", help="Servers that are worked on at a time.")]
Json = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]


def register(app: typer.Typer) -> None:
    """Add this family of commands to *app*."""
    app.command()(crawl)


def crawl(
    source: Sources = None,
    package: Packages = None,
    repo: Repositories = None,
    starter: Starter = False,
    limit: Limit = None,
    method: Methods = MethodName.AUTO,
    jobs: Jobs = 4,
    queue: Queue = False,
    as_json: Json = False,
) -> None:
    """Find servers, ask each for its tools, and keep how each of them ended.

    Without a source, package or repository, everything that any source lists. What is done is not done again.
    """
    from catalogue.cli.progress import print_summary

    named = _named(package or (), repo or (), starter=starter)
    discover = [name.value for name in source or ([] if named else SourceName)]
    own = settings()
    with record() as store:
        if queue:
            tally = run_queued(own, store, discover=discover, named=named, limit=limit)
        else:
            tally = run_crawl(
                own, store, discover=discover, named=named, limit=limit, method=method.value, jobs=jobs
            )
        print_summary(tally, store, as_json=as_json)
    if tally.failed:
        raise typer.Exit(1)


def run_crawl(
    own: "Settings",
    store: "Store",
    *,
    discover: Sequence[str] = (),
    named: Sequence["Lead"] = (),
    limit: int | None = None,
    method: "Way" = "auto",
    jobs: int = 4,
) -> "Tally":
    """Crawl into the store with progress on stderr; blocks until all is done."""
    import stamina.instrumentation

    from catalogue.cli.progress import watch
    from catalogue.crawling import crawl_deps
    from crawler import loop
    from crawler.identity import merge
    from crawler.run import crawl as crawling

    # Retries are the client's own business; what counts is how a lead ends.
    stamina.instrumentation.set_on_retry_hooks([])

    async def run() -> "Tally":
        async with crawl_deps(own, store, method=method, jobs=jobs) as deps:
            return await watch(crawling(deps, discover=discover, named=named, limit=limit, jobs=jobs))

    try:
        tally = loop.run(run())
    except KeyboardInterrupt:
        tell("interrupted; what was not finished is left for the next crawl")
        # Threads that wait for a server would hold the exit back. Nothing is lost: each server is saved by itself.
        os._exit(INTERRUPTED)
    store.regroup(merge(store.listings()))
    return tally


def _named(packages: Sequence[str], repositories: Sequence[str], *, starter: bool) -> list["Lead"]:
    from crawler.sources.starter import read_list

    leads = [_package(text) for text in packages]
    leads += [_lead(f"github:{text}") for text in repositories]
    return leads + (list(read_list()) if starter else [])


def _package(text: str) -> "Lead":
    """`NAME`, `NAME==VERSION`, `pypi:NAME` or `npm:NAME`."""
    name, _, release = text.partition("==")
    return _lead(name if ":" in name else f"pypi:{name}", release or None)


def _lead(name: str, release: str | None = None) -> "Lead":
    from crawler.sources.leads import Lead

    try:
        return Lead(name=ServerName.parse(name), release=release, asked=True)
    except BadServerName as error:
        raise typer.BadParameter(str(error)) from error
