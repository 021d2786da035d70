"""Reviews in files, and reviews that a changed definition has outdated."""

from collections.abc import Iterator
from itertools import groupby

import msgspec
from msgspec import Struct

from catalogue.codec import dump, load_definition
from catalogue.entries import Review
from catalogue.errors import BadLine, CatalogueError
from catalogue.showing import tool_named, tools_of
from catalogue.store import Store
from catalogue.website.visible import one_line
from classifier.categories import Category
from crawler.errors import CrawlerError
from crawler.servers import ServerName
from crawler.tools import Tool


class _Line(Struct, frozen=True, kw_only=True):
    server: str
    tool: str
    category: Category
    reason: str
    author: str
    #: Without one, the definition that the catalogue has now is meant.
    digest: str | None = None
    reviewed_at: str | None = None


def read_review(text: bytes, number: int, store: Store) -> Review:
    """The review on a line of JSON; raises BadLine."""
    try:
        line = msgspec.convert(load_definition(text.decode()), _Line)
        server = ServerName.parse(line.server)
        digest = line.digest or _present(store, server, line.tool)
    except (ValueError, RecursionError, CrawlerError, CatalogueError) as error:
        raise BadLine(number, str(error)) from error
    return Review(
        server=server,
        tool=line.tool,
        digest=digest,
        category=line.category,
        reason=line.reason,
        author=line.author,
        reviewed_at=line.reviewed_at or store.now(),
    )


def review_line(review: Review) -> str:
    """The review as a line of a corrections file."""
    return dump(
        _Line(
            server=str(review.server),
            tool=review.tool,
            category=review.category,
            reason=review.reason,
            author=review.author,
            digest=review.digest,
            reviewed_at=review.reviewed_at,
        )
    )


def review_text(review: Review) -> str:
    """The review on one line for a person."""
    what = f"{review.server} {one_line(review.tool)}: {review.category}"
    return f"{review.reviewed_at}  {what}, says {one_line(review.author)}: {one_line(review.reason)}"


def outdated(store: Store) -> Iterator[tuple[Review, Tool]]:
    """The newest review of every tool whose definition has changed since, with the definition that wants a new one."""
    newest = {(review.server, review.tool): review for review in store.reviews()}
    for server, reviews in groupby(map(newest.__getitem__, sorted(newest)), lambda review: review.server):
        entry = store.entry(server)
        tools = {} if entry is None else {tool.name: tool for tool in reversed(tools_of(entry))}
        for review in reviews:
            now = tools.get(review.tool)
            if entry is not None and now is not None and now.digest not in entry.reviews:
                yield review, now


def training_lines(store: Store) -> Iterator[str]:
    """Reviewed definitions as labelled tools, one JSON object a line: what a person said is what a model learns from."""
    newest = {(review.server, review.digest): review for review in store.reviews()}
    for review in newest.values():
        tool = store.definition(review.digest)
        if tool is not None:
            label = {"server": str(review.server), "category": review.category, "drawn": "reviewed"}
            yield dump(tool.definition | label | {"reason": review.reason, "author": review.author})


def _present(store: Store, server: ServerName, name: str) -> str:
    entry = store.entry(server)
    if entry is None:
        raise CatalogueError(
            f"{server} is not in the catalogue, so the line must give the definition's digest"
        )
    return tool_named(entry, name).digest
