"""The parts of the site that belong to no single server, and the kinds of facts that each is made from."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from catalogue.website import assets, downloads, feeds, overview, reference, search_page, statistics, words
from catalogue.website.press import File, Press
from catalogue.website.register import ROWS, Register


class Part(Struct, frozen=True, kw_only=True):
    """Files that are printed together."""

    #: Kinds of facts; as long as these did not move, the files stay as they are.
    kinds: tuple[str, ...] = ()
    #: The files, out of the register; what must lie somewhere while it is made lies in the folder.
    files: Callable[[Press, Register, Path], Iterable[File]]


#: Each part by its name, those first that take longest.
PARTS: Mapping[str, Part] = {
    "search": Part(kinds=("servers", "tools"), files=search_page.files),
    "reference": Part(kinds=("tools",), files=lambda press, register, _: reference.files(press, register)),
    "database": Part(kinds=ROWS, files=lambda _, register, folder: [downloads.database(register, folder)]),
    "overview": Part(kinds=ROWS, files=lambda press, register, _: overview.files(press, register)),
    "words": Part(files=lambda press, register, _: words.files(press, register)),
    "statistics": Part(kinds=("servers", "tools"), files=lambda press, register, _: statistics.files(press, register)),
    "feeds": Part(kinds=ROWS, files=lambda press, register, _: feeds.files(press, register)),
    "lines": Part(kinds=("lines",), files=lambda _, register, __: [(downloads.LINES, register.members())]),
    "data": Part(files=lambda press, register, _: downloads.files(press, register)),
    "assets": Part(files=lambda *_: assets.contents()),
}  # fmt: skip
