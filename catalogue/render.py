"""Builds the site: surveys every entry, prints the pages of what changed, and puts them in place at once."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from catalogue import assets, fingerprints
from catalogue.entries import Entry
from catalogue.neighbours import Neighbours
from catalogue.overview import Overview
from catalogue.press import File, Press
from catalogue.register import Register
from catalogue.staging import Staging
from catalogue.survey import storable, survey

#: Gives all entries in name order, as often as it is called.
Entries = Callable[[], Iterator[Entry]]
#: Called with what is being done, how many are done, and of how many (0 where that is not known).
Progress = Callable[[str, int, int], None]

#: Owner of the pages that belong to no single server; no server has a name without a colon.
SITE = "site"


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


def build(entries: Entries, out: Path, *, base_url: str, progress: Progress | None = None) -> BuildReport:
    """Bring the site in *out* up to date with *entries*; the same entries always give the same bytes.

    *base_url* is where the site will be published. Raises NotOurs where *out* holds something else.
    """
    staging = Staging(out)
    known = staging.open()
    with closing(Register(staging.register)) as register:
        report = _Build(staging, register, base_url, progress or _silent, fresh=not known).run(entries)
        register.commit()
    return report


class _Build:
    def __init__(
        self, staging: Staging, register: Register, base_url: str, progress: Progress, *, fresh: bool
    ) -> None:
        self._progress = progress
        self._staging = staging
        self._register = register
        #: Nothing of the site that is there is known, so all of it is replaced.
        self._fresh = fresh
        program = f"{base_url} {fingerprints.of_program().hex()}"
        #: Code or templates are not those that printed what is there.
        self._stale = self._register.about("program") != program
        self._register.remark("program", program)
        self._press = Press(base_url)
        self._written = 0
        self._gone: list[str] = []

    def run(self, entries: Entries) -> BuildReport:
        self._survey(entries())
        printed = self._print(entries)
        self._progress("Printing the whole", 0, 0)
        self._keep(SITE, [*Overview(self._press, self._register).files(), *assets.contents()])
        self._gone += self._register.drop_orphans()
        report = self._report(printed)
        self._progress("Putting in place", 0, 0)
        self._staging.publish(self._gone, fresh=self._fresh)
        return report

    def _survey(self, entries: Iterator[Entry]) -> None:
        """Bring the register up to date with what there is."""
        unseen = self._register.stamps()
        for number, entry in enumerate(entries, 1):
            name, stamp = storable(str(entry.server.name)), fingerprints.of_entry(entry)
            if unseen.pop(name, None) != stamp or self._stale:
                self._register.put(survey(entry), stamp)
            self._progress("Surveying", number, 0)
        for name in unseen:
            self._register.drop(name)

    def _print(self, entries: Entries) -> int:
        """Print the pages of every server whose entry or neighbours changed; how many servers those were."""
        neighbours = Neighbours(self._register)
        wanted = dict(self._wanted(neighbours))
        printed = 0
        for entry in entries() if wanted else ():
            name = storable(str(entry.server.name))
            if name in wanted:
                self._keep(name, self._press.files(entry, neighbours.of(name)))
                self._register.mark_printed(name, wanted[name])
                printed += 1
                self._progress("Printing", printed, len(wanted))
        return printed

    def _wanted(self, neighbours: Neighbours) -> Iterator[tuple[str, bytes]]:
        around = neighbours.digests()
        for name, stamp, printed in self._register.rows("SELECT name, stamp, printed FROM server"):
            now = fingerprints.of_bytes(stamp + around.get(name, b""))
            if now != printed or self._stale:
                yield name, now

    def _keep(self, owner: str, files: Iterable[File]) -> None:
        """Stage the files that are new or changed, and note those that *owner* no longer has."""
        before = {} if self._fresh else self._register.pages(owner)
        now = {}
        for path, content in files:
            now[path] = fingerprints.of_bytes(content)
            if before.pop(path, None) != now[path]:
                self._staging.put(path, content)
                self._written += 1
        self._gone += before
        self._register.keep_pages(owner, now, before)

    def _report(self, printed: int) -> BuildReport:
        one = self._register.one
        return BuildReport(
            servers=one("SELECT count(*) FROM server"),
            tools=one("SELECT count(*) FROM tool"),
            printed=printed,
            written=self._written,
            removed=len(self._gone),
            files=one("SELECT count(*) FROM page"),
        )


def _silent(_: str, __: int, ___: int) -> None:
    """Progress for nobody."""
