"""Prints the pages that are the same whatever the catalogue holds: methodology, model card, policy language, glossary, about."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from catalogue.website import assets, search
from catalogue.website.model_card import model_card
from catalogue.website.pages import VERSION
from catalogue.website.press import File, Press, encoded
from catalogue.website.register import Register

#: Pages that are only words: title and one sentence, by folder; the template has the folder's name.
TEXTS = {
    "methodology/": ("How tools are judged", "Where the tools come from, how a verdict is made, and how a grade is computed."),
    "model/": ("Model card", "What the classifier is, what it was made from, how well it does, and where it fails."),
    "policy/": ("The policy language", "Everything that a policy file can say, with an example of each."),
    "about/": ("About", "A catalogue that says what tools can do, and a gate that enforces what they may do."),
}  # fmt: skip
_HEADING = re.compile(r'<h2 id="([^"]+)">([^<]+)</h2>')
_MISSING = {"title": "There is no such page", "summary": "Nothing lives at this address."}


def files(press: Press, _: Register) -> Iterator[File]:
    """The pages, and their JSON twins."""
    terms = tomllib.loads((assets.folder() / "glossary.toml").read_text("utf-8"))["term"]
    yield from press.sheet(
        "glossary.html",
        "glossary/",
        {"terms": terms},
        title="Glossary",
        summary="The words of this site, each in a sentence or two.",
    )
    for folder in TEXTS:
        yield from _text(press, folder)
    yield "404.html", press.render("missing.html", path="404.html", twin="", **_MISSING)


def searchable() -> Iterator[search.Page]:
    """The pages of words that the search finds."""
    for folder, (title, summary) in TEXTS.items():
        yield search.Page(title=title, path=folder, kind="page", says=summary)


def _text(press: Press, folder: str) -> Iterator[File]:
    title, summary = TEXTS[folder]
    words: dict[str, Any] = {
        "title": title,
        "summary": summary,
        "card": model_card(),
        "issues": press.issues_url,
    }
    twin = folder + "index.json"
    template = press.environment.get_template(f"{folder.strip('/')}.html")
    shown = {"path": folder, "twin": twin, **words}
    prose = (
        template.render(shown, toc=())
        .partition('<div class="prose">')[2]
        .partition("</div><!-- prose -->")[0]
    )
    yield folder + "index.html", template.render(shown, toc=_HEADING.findall(prose)).encode()
    yield twin, encoded({"schema": VERSION, "path": folder, **words, "html": prose.strip()})
