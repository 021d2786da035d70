"""Prints pages from templates and data from structs; every file of a site goes through here."""

import json
from collections.abc import Callable, Hashable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import msgspec
from jinja2 import Template
from markupsafe import Markup

from catalogue.website import fingerprints
from catalogue.website.addresses import Addresses
from catalogue.website.folding import folded
from catalogue.website.pages import VERSION
from catalogue.website.templates import environment
from catalogue.website.visible import plain


class Late(NamedTuple):
    """A file whose content is asked for only if what it is made from has changed."""

    #: Stands for all that the file is made from.
    stamp: bytes
    print: Callable[[], bytes]


#: Path below the site's root, and content; what is large comes in pieces, what takes long comes late.
File = tuple[str, bytes | Iterable[bytes] | Late]

#: Parts of pages by one template that are remembered.
MOST_PARTS = 2000

_encode = msgspec.json.Encoder(order="deterministic", decimal_format="number").encode


class Press:
    """Prints for the site at *base_url*; make one a process, since templates are compiled only once.

    *issues_url* is where an issue is opened, such as `https://github.com/OWNER/NAME/issues/new`; *compiled* a folder in
    which this program keeps compiled templates for the next press.
    """

    def __init__(self, base_url: str, issues_url: str | None = None, compiled: Path | None = None) -> None:
        self.addresses = Addresses(base_url)
        #: Where an issue is opened, if anywhere.
        self.issues_url = issues_url
        self._made_by = made_by(base_url, issues_url)
        self.environment = environment(self.addresses, compiled)
        #: By name; the library would look first whether it still has the loader that it had.
        self._templates: dict[str, Template] = {}
        self._parts: dict[str, dict[Hashable, Markup]] = {}

    def render(self, template: str, **words: Any) -> bytes:
        """One page of the whole, from a template and what it is to say."""
        return self.text(template, **words).encode()

    def text(self, template: str, **words: Any) -> str:
        """The same before it is encoded."""
        found = self._templates.get(template)
        if found is None:
            found = self._templates[template] = self.environment.get_template(template)
        return found.render(words)

    def part(self, template: str, key: Hashable, **words: Any) -> Markup:
        """A part of a page that many pages have; printed once for each *key*, which stands for its *words*."""
        parts = self._parts.setdefault(template, {})
        found = parts.get(key)
        if found is None:
            if len(parts) >= MOST_PARTS:
                parts.clear()
            html = self.text(template, **words)
            found = parts[key] = Markup(html)  # noqa: S704  # a template escapes
        return found

    def sheet(self, template: str, folder: str, data: dict[str, Any], **words: Any) -> Iterator[File]:
        """A page of the whole and its JSON twin; the template sees *data*, which the twin holds, and *words*.

        Whatever can differ between two builds by one program must stand in *data*, or be `pages`, `title` or `summary`.
        """
        twin = folder + "index.json"
        content = encoded({"schema": VERSION, **data})
        varying = encoded([words.get("pages"), words.get("title"), words.get("summary")])
        stamp = self.stamp(content + varying)

        def print_() -> bytes:
            html = self.render(template, path=folder, twin=twin, **data, **words)
            return folded(html, self.addresses.link(twin))

        yield folder + "index.html", Late(stamp, print_)
        yield twin, content

    def stamp(self, content: bytes) -> bytes:
        """What stands for a page printed by this program with these settings, of which *content* tells, or a digest, what it says."""
        return fingerprints.of_bytes(self._made_by + content)

    def wrong(self, subject: str, path: str) -> str:
        """Where a person says that a page is wrong: a new issue with its title and address filled in, or how to."""
        if self.issues_url is None:
            return self.addresses.link("about/#wrong")
        asked = {"title": plain(f"Wrong: {subject}"[:200]), "body": f"{self.addresses.whole(path)}\n\n"}
        return f"{self.issues_url}?{urlencode(asked)}"

    def schema(self, kind: str) -> str:
        """Address of the schema of a kind of JSON twin."""
        return self.addresses.whole(f"schemas/{kind}-{VERSION}.json")


def made_by(base_url: str, issues_url: str | None) -> bytes:
    """16 bytes that stand for the program and its settings."""
    return fingerprints.of_bytes(fingerprints.of_program() + f"{base_url} {issues_url}".encode())


def encoded(page: Any) -> bytes:
    """A page's data as JSON; the lone surrogates of hostile text survive as escapes."""
    try:
        return _encode(page)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(page), ensure_ascii=True, separators=(",", ":")).encode("ascii")
