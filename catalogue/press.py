"""Prints pages from templates and data from structs; every file of a site goes through here."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

import msgspec

from catalogue import legend
from catalogue.addresses import Addresses
from catalogue.pages import VERSION
from catalogue.templates import environment
from catalogue.visible import plain

#: Path below the site's root, and content; what is large comes in pieces.
File = tuple[str, bytes | Iterable[bytes]]

_encode = msgspec.json.Encoder(order="deterministic", decimal_format="number").encode


class Press:
    """Prints for the site at *base_url*; make one a process, since templates are compiled only once.

    *issues_url* is where an issue is opened, such as `https://github.com/OWNER/NAME/issues/new`.
    """

    def __init__(self, base_url: str, issues_url: str | None = None) -> None:
        self.addresses = Addresses(base_url)
        self._issues_url = issues_url
        self.environment = environment(self.addresses)

    def render(self, template: str, **words: Any) -> bytes:
        """One page of the whole, from a template and what it is to say."""
        return self.environment.get_template(template).render(words).encode()

    def sheet(self, template: str, folder: str, data: dict[str, Any], **words: Any) -> Iterator[File]:
        """A page of the whole and its JSON twin; the template sees *data*, which the twin holds, and *words*."""
        twin = folder + "index.json"
        yield (
            folder + "index.html",
            self.render(template, path=folder, twin=twin, labels=legend.labels(), **data, **words),
        )
        yield twin, encoded({"schema": VERSION, **data})

    def wrong(self, subject: str, path: str) -> str:
        """Where a person says that a page is wrong: a new issue with its title and address filled in, or how to."""
        if self._issues_url is None:
            return self.addresses.link("about/#wrong")
        asked = {"title": plain(f"Wrong: {subject}"[:200]), "body": f"{self.addresses.whole(path)}\n\n"}
        return f"{self._issues_url}?{urlencode(asked)}"

    def schema(self, kind: str) -> str:
        """Address of the schema of a kind of JSON twin."""
        return self.addresses.whole(f"schemas/{kind}-{VERSION}.json")


def encoded(page: Any) -> bytes:
    """A page's data as JSON; the lone surrogates of hostile text survive as escapes."""
    try:
        return _encode(page)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(page), ensure_ascii=True, separators=(",", ":")).encode("ascii")
