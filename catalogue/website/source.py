"""Where a build has its entries from, read as seldom as can be."""

from collections.abc import Callable, Collection, Iterable, Iterator

from catalogue.entries import Entry
from catalogue.website import fingerprints
from catalogue.website.survey import storable
from crawler.servers import ServerName

#: Gives all entries in name order, as often as it is called.
Entries = Callable[[], Iterator[Entry]]
#: Gives one entry by its server's name.
Pick = Callable[[ServerName], Entry | None]
#: Gives the name of each server that has an entry, with what is another whenever the entry is.
Stamps = Callable[[], Iterable[tuple[str, bytes]]]

#: Entries up to which reading one by one is quicker than reading all.
FEW = 1000


class Source:
    """The entries, read one by one with *pick* where few are wanted; *stamps* say which changed without reading any."""

    def __init__(self, entries: Entries, pick: Pick | None = None, stamps: Stamps | None = None) -> None:
        self._entries = entries
        self._pick = pick
        self._stamps = stamps

    def changed(self, known: dict[str, bytes], *, every: bool) -> Iterator[tuple[Entry, bytes] | None]:
        """The entries whose stamps are not those that are *known* by name, or *every* one, each with its stamp.

        `None` stands for one that is as it was. What is left in *known* at the end is gone.
        """
        if self._stamps is None:
            for entry in self._entries():
                stamp = fingerprints.of_entry(entry)
                same = known.pop(storable(str(entry.server.name)), None) == stamp
                yield None if same and not every else (entry, stamp)
            return
        stamps = dict(self._stamps())
        wanted = {name: stamp for name, stamp in stamps.items() if known.get(name) != stamp or every}
        for name in stamps.keys() - wanted.keys():
            del known[name]
        for entry in self.chosen(wanted):
            name = storable(str(entry.server.name))
            if name in wanted:
                known.pop(name, None)
                yield entry, wanted[name]

    def chosen(self, wanted: Collection[str]) -> Iterator[Entry]:
        """The entries of the *wanted* servers, and perhaps others, in name order."""
        if self._pick is None or len(wanted) > FEW:
            yield from self._entries() if wanted else ()
            return
        for name in sorted(wanted):
            entry = self._pick(ServerName(*name.split(":", 1)))  # type: ignore[arg-type]  # the names are servers' names
            if entry is not None:
                yield entry
