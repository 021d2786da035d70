"""Prints the page that searches, and the index that it searches in."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from catalogue.website import legend, reference, words
from catalogue.website.documents import FOLDER
from catalogue.website.press import File, Press
from catalogue.website.register import Register
from catalogue.website.search import INDEX, index_files
from classifier.categories import Category
from classifier.signals import PROBES

#: Kinds of documents in the order of their rank.
KINDS = ("page", "server", *(category.value for category in reversed(Category)))


def files(press: Press, register: Register, folder: Path) -> Iterator[File]:
    """Every file of the index, and the page, which carries what a browser must know of it before it fetches any.

    What the next build can take over of the index is kept in *folder*.
    """
    for path, content in index_files(register, [*reference.searchable(), *words.searchable()], folder):
        yield path, content
        if path == INDEX:
            about = msgspec.json.decode(content)
    yield (
        FOLDER + "index.html",
        press.render(
            "search.html",
            path=FOLDER,
            twin="",
            title="Search",
            summary="Search every page, server and tool of the catalogue.",
            about=about,
            kinds=KINDS,
            categories=list(Category),
            probes=PROBES,
            ecosystems=legend.ECOSYSTEMS,
        ),
    )
