"""Builds the site: surveys what changed, prints its pages and the parts of the whole, and puts them in place at once."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from catalogue.entries import Entry
from catalogue.website import fingerprints, printing
from catalogue.website.crew import Crew
from catalogue.website.neighbours import Neighbours
from catalogue.website.parts import PARTS
from catalogue.website.press import made_by
from catalogue.website.register import Register
from catalogue.website.shelf import Shelf
from catalogue.website.source import FEW, Entries, Pick, Source, Stamps
from catalogue.website.staging import Staging
from catalogue.website.survey import storable

#: Called with what is being done, how many are done, and of how many (0 where that is not known).
Progress = Callable[[str, int, int], None]

#: Servers that are surveyed, and printed, by one process together: one kind of work for all of them after the other.
SURVEYED, PRINTED = 12, 6


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
    stamps: Stamps | None = None,
) -> BuildReport:
    """Bring the site in *out* up to date with *entries*; the same entries always give the same bytes.

    *base_url* is where the site will be published, *issues_url* where a person opens an issue about it. Two
    *processes* print unless the caller or a small machine says otherwise. With *pick* a build in which little changed
    does not read all entries a second time, with *stamps* as well not even a first time. Raises NotOurs where *out*
    holds something else.
    """
    staging = Staging(out)
    known = staging.open()
    workers = min(2, os.cpu_count() or 1) if processes is None else processes
    compiled = staging.compiled(fingerprints.of_program().hex())
    crew = Crew(
        workers,
        printing.prepare,
        *(base_url, issues_url, compiled, staging.files, staging.register),
        first=None if any(compiled.iterdir()) else printing.warm_up,
    )
    with closing(Register(staging.register)) as register, closing(Shelf(staging.shelf)) as shelf, crew:
        work = _Build(
            staging, register, shelf, crew, made_by(base_url, issues_url), progress or _silent, not known
        )
        report = work.run(Source(entries, pick, stamps))
        shelf.commit()
    return report


class _Build:
    def __init__(
        self,
        staging: Staging,
        register: Register,
        shelf: Shelf,
        crew: Crew,
        made_by: bytes,
        progress: Progress,
        fresh: bool,
    ) -> None:
        self._staging = staging
        self._register = register
        self._shelf = shelf
        self._crew = crew
        #: Stands for code, templates and settings.
        self._made_by = made_by
        self._progress = progress
        #: Nothing of the site that is there is known, so all of it is replaced.
        self._fresh = fresh
        self._neighbours: Neighbours | None = None
        #: Servers of which nothing changed but what lies around them.
        self._surrounded: set[str] = set()
        self._written = 0
        self._gone: list[str] = []

    def run(self, source: Source) -> BuildReport:
        self._survey(source)
        before = self._shelf.sources()
        servers = self._outdated(before)
        parts = {name: now for name, now in self._parts() if before.pop(name, None) != now}
        whole = self._crew.begin(
            printing.print_part, [(name, self._known(name)) for name in parts], beside=len(servers)
        )
        self._print(source, servers)
        if parts:
            self._progress("Printing the whole", 0, 0)
        for name, pages in whole:
            self._note(name, parts[name], pages)
        self._gone += self._shelf.drop(before)
        self._progress("Putting in place", 0, 0)
        if self._written or self._gone or self._fresh:
            self._staging.publish(self._gone, fresh=self._fresh)
        return self._report(len(servers))

    def _survey(self, source: Source) -> None:
        """Bring the register up to date with what there is."""
        register = self._register
        unseen = register.stamps()
        program = fingerprints.of_program().hex()
        changed = source.changed(unseen, every=register.about("program") != program)
        told = self._told(changed)
        for facts, stamp, member in self._crew.run(printing.survey_entries, told, together=SURVEYED):
            register.put(facts, stamp, member)
        for name in unseen:
            register.drop(name)
        if "tools" in register.moved:
            self._neighbours = Neighbours(register)
            register.surround(self._neighbours.digests())
        register.remark("program", program)
        register.commit()

    def _told(self, changed: Iterable[tuple[Entry, bytes] | None]) -> Iterator[tuple[Entry, bytes]]:
        for number, one in enumerate(changed, 1):
            if one is not None:
                yield one
            self._progress("Surveying", number, 0)

    def _outdated(self, before: dict[str, bytes]) -> dict[str, bytes]:
        """The servers that are to be printed, each with what its pages are made from; whoever is left in *before* is gone."""
        servers: dict[str, bytes] = {}
        for name, stamp, around in self._register.rows("SELECT name, stamp, around FROM server"):
            entry = self._made_by + stamp
            was = before.pop(name, b"")
            if was != entry + around:
                servers[name] = entry + around
                if was.startswith(entry):
                    self._surrounded.add(name)
        return servers

    def _parts(self) -> Iterator[tuple[str, bytes]]:
        """Each part of the whole with what its pages are made from."""
        for name, part in PARTS.items():
            yield name, self._made_by + self._register.editions(part.kinds).encode()

    def _print(self, source: Source, wanted: Mapping[str, bytes]) -> None:
        """Print the pages of the wanted servers."""
        if not wanted:
            return
        if self._neighbours is None:
            self._neighbours = Neighbours(self._register, wanted if len(wanted) <= FEW else None)
        tasks = self._tasks(source, wanted, self._neighbours)
        printed = self._crew.run(printing.print_entries, tasks, together=PRINTED)
        for number, (name, pages) in enumerate(printed, 1):
            self._note(name, wanted[name], pages)
            self._progress("Printing", number, len(wanted))

    def _tasks(
        self, source: Source, wanted: Mapping[str, bytes], neighbours: Neighbours
    ) -> Iterator[printing.Task]:
        for entry in source.chosen(wanted):
            name = storable(str(entry.server.name))
            if name in wanted:
                yield printing.Task(
                    entry=entry,
                    name=name,
                    similar=neighbours.of(name),
                    graded=self._register.graded(name),
                    known=self._known(name),
                    own=name not in self._surrounded,
                )

    def _known(self, owner: str) -> Mapping[str, bytes]:
        """The digests of the pages of *owner* that are there, by path."""
        return {} if self._fresh else self._shelf.pages(owner)

    def _note(self, owner: str, source: bytes, pages: printing.Pages) -> None:
        """Take note of the pages that *owner* has now, and of those that it no longer has."""
        self._written += pages.written
        self._gone += self._known(owner).keys() - pages.digests.keys()
        self._shelf.keep(owner, source, pages.digests)

    def _report(self, printed: int) -> BuildReport:
        one = self._register.one
        return BuildReport(
            servers=one("SELECT count(*) FROM server"),
            tools=one("SELECT count(*) FROM tool"),
            printed=printed,
            written=self._written,
            removed=len(self._gone),
            files=self._shelf.count(),
        )


def _silent(_: str, __: int, ___: int) -> None:
    """Progress for nobody."""
