"""Builds the site: surveys every entry, prints the pages of what changed, and puts them in place at once."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from catalogue.entries import Entry
from catalogue.website import (
    assets,
    downloads,
    feeds,
    fingerprints,
    overview,
    printing,
    reference,
    search_page,
    statistics,
    words,
)
from catalogue.website.crew import Crew
from catalogue.website.neighbours import Neighbours
from catalogue.website.press import File, Press
from catalogue.website.register import ROWS, Register
from catalogue.website.staging import Staging
from catalogue.website.survey import storable
from crawler.servers import ServerName

#: Gives all entries in name order, as often as it is called.
Entries = Callable[[], Iterator[Entry]]
#: Gives one entry by its server's name.
Pick = Callable[[ServerName], Entry | None]
#: Called with what is being done, how many are done, and of how many (0 where that is not known).
Progress = Callable[[str, int, int], None]

#: Entries up to which reading one by one is quicker than reading all.
FEW = 1000


class BuildReport(Struct, frozen=True, kw_only=True):
    """What a build did."""

    servers: int
    tools: int
    #: Servers whose pages were printed anew.
    printed: int
    #: Files written because they are new or changed, and files removed.
    written: int
    removed: int
    #: Files of the whole site.
    files: int


def build(
    entries: Entries,
    out: Path,
    *,
    base_url: str,
    issues_url: str | None = None,
    progress: Progress | None = None,
    processes: int | None = None,
    pick: Pick | None = None,
) -> BuildReport:
    """Bring the site in *out* up to date with *entries*; the same entries always give the same bytes.

    *base_url* is where the site will be published, *issues_url* where a person opens an issue about it. Two
    *processes* print unless the caller or a small machine says otherwise. With *pick* a build in which little changed
    does not read all entries a second time. Raises NotOurs where *out* holds something else.
    """
    staging = Staging(out)
    known = staging.open()
    workers = min(2, os.cpu_count() or 1) if processes is None else processes
    compiled = staging.compiled(fingerprints.of_program().hex())
    press = Press(base_url, issues_url, compiled)
    crew = Crew(workers, printing.prepare, base_url, issues_url, staging.files, compiled)
    with closing(Register(staging.register)) as register, crew:
        work = _Build(staging, register, crew, press, progress or _silent, fresh=not known)
        report = work.run(entries, pick)
        register.commit()
    return report


class _Build:
    def __init__(
        self,
        staging: Staging,
        register: Register,
        crew: Crew,
        press: Press,
        progress: Progress,
        *,
        fresh: bool,
    ) -> None:
        self._staging = staging
        self._register = register
        self._crew = crew
        self._press = press
        self._progress = progress
        #: Nothing of the site that is there is known, so all of it is replaced.
        self._fresh = fresh
        program = f"{press.addresses.base} {press.wrong('', '')} {fingerprints.of_program().hex()}"
        #: Code or templates are not those that printed what is there.
        self._stale = register.about("program") != program
        register.remark("program", program)
        self._moved = self._stale
        self._written = 0
        self._gone: list[str] = []

    def run(self, entries: Entries, pick: Pick | None) -> BuildReport:
        self._survey(entries())
        whole = self._whole()
        printed = self._print(entries, pick, whole)
        if self._moved:
            self._progress("Printing the whole", 0, 0)
            for _ in whole:  # what was not done while others printed
                pass
        self._gone += self._register.drop_orphans()
        report = self._report(printed)
        self._progress("Putting in place", 0, 0)
        if self._written or self._gone or self._fresh:
            self._staging.publish(self._gone, fresh=self._fresh)
        return report

    def _survey(self, entries: Iterator[Entry]) -> None:
        """Bring the register up to date with what there is."""
        unseen = self._register.stamps()
        for facts, stamp, member in self._crew.run(printing.survey_entry, self._changed(entries, unseen)):
            self._register.put(facts, stamp, member)
            self._moved = True
        for name in unseen:
            self._register.drop(name)
            self._moved = True

    def _changed(self, entries: Iterator[Entry], unseen: dict[str, bytes]) -> Iterator[tuple[Entry, bytes]]:
        """The entries that are not as they were, each with its stamp; what is left in *unseen* is gone."""
        for number, entry in enumerate(entries, 1):
            stamp = fingerprints.of_entry(entry)
            if unseen.pop(storable(str(entry.server.name)), None) != stamp or self._stale:
                yield entry, stamp
            self._progress("Surveying", number, 0)

    def _print(self, entries: Entries, pick: Pick | None, meanwhile: Iterator[None]) -> int:
        """Print the pages of every server whose entry or neighbours changed; how many servers those were."""
        if not self._moved:
            return 0
        neighbours = Neighbours(self._register)
        wanted = dict(self._wanted(neighbours))
        printed = 0
        tasks = self._tasks(_chosen(entries, pick, wanted), wanted, neighbours)
        for name, pages in self._crew.run(printing.print_entry, tasks, meanwhile):
            self._note(name, pages)
            self._register.mark_printed(name, wanted[name])
            printed += 1
            self._progress("Printing", printed, len(wanted))
        return printed

    def _tasks(
        self, entries: Iterator[Entry], wanted: dict[str, bytes], neighbours: Neighbours
    ) -> Iterator[printing.Task]:
        for entry in entries:
            name = storable(str(entry.server.name))
            if name in wanted:
                known = {} if self._fresh else self._register.pages(name)
                yield printing.Task(entry=entry, name=name, similar=neighbours.of(name), known=known)

    def _wanted(self, neighbours: Neighbours) -> Iterator[tuple[str, bytes]]:
        around = neighbours.digests()
        for name, stamp, printed in self._register.rows("SELECT name, stamp, printed FROM server"):
            now = fingerprints.of_bytes(stamp + around.get(name, b""))
            if now != printed or self._stale:
                yield name, now

    def _whole(self) -> Iterator[None]:
        """Print the parts of the site that belong to no single server, where the facts that they are made from moved."""
        for owner, kinds, files in self._parts():
            if self._stale or not self._register.moved.isdisjoint(kinds):
                yield from self._keep(owner, files)

    def _parts(self) -> Iterator[tuple[str, Collection[str], Iterable[File]]]:
        """Each part: what it is called, the kinds of facts that it is made from, its files."""
        press, register = self._press, self._register
        yield "assets", (), assets.contents()
        yield "words", (), words.files(press, register)
        yield "overview", ROWS, overview.files(press, register)
        yield "reference", ("tools",), reference.files(press, register)
        yield "statistics", ("servers", "tools"), statistics.files(press, register)
        yield "feeds", ROWS, feeds.files(press, register)
        yield "search", ("servers", "tools"), search_page.files(press, register)
        yield "data", (), downloads.files(press, register)
        yield "lines", ("lines",), [(downloads.LINES, register.members())]
        scratch = self._staging.home / downloads.DATABASE
        yield "database", ROWS, [(downloads.DATABASE, downloads.database(register, scratch))]

    def _keep(self, owner: str, files: Iterable[File]) -> Iterator[None]:
        """Print the files of *owner*, one at each step; nothing of it counts before the last."""
        known = self._register.pages(owner)
        digests: dict[str, bytes] = {}
        written = 0
        for file in files:
            one = printing.put(self._staging.files, [file], known)
            digests |= one.digests
            written += one.written
            yield
        self._note(owner, printing.Pages(digests, written))

    def _note(self, owner: str, pages: printing.Pages) -> None:
        """Take note of the pages that *owner* has now, and of those that it no longer has."""
        before = {} if self._fresh else self._register.pages(owner)
        gone = before.keys() - pages.digests.keys()
        self._written += pages.written
        self._gone += gone
        self._register.keep_pages(owner, pages.digests)

    def _report(self, printed: int) -> BuildReport:
        one = self._register.one
        return BuildReport(
            servers=one("SELECT count(*) FROM server"),
            tools=one("SELECT count(*) FROM tool"),
            printed=printed,
            written=self._written,
            removed=len(self._gone),
            files=one("SELECT coalesce(sum(count), 0) FROM pages"),
        )


def _chosen(entries: Entries, pick: Pick | None, wanted: Collection[str]) -> Iterator[Entry]:
    """The wanted entries, and perhaps others: one by one where they are few and there is a way."""
    if pick is None or len(wanted) > FEW:
        yield from entries() if wanted else ()
        return
    for name in sorted(wanted):
        entry = pick(ServerName(*name.split(":", 1)))  # type: ignore[arg-type]  # the register's names are servers' names
        if entry is not None:
            yield entry


def _silent(_: str, __: int, ___: int) -> None:
    """Progress for nobody."""
