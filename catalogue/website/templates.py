"""The one template environment: everything is escaped, always, and a missing name is an error."""

import json
import re
from collections.abc import Callable, MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, nodes
from markupsafe import Markup, escape

from catalogue.differences import difference
from catalogue.plural import plural
from catalogue.website import assets, cards, legend
from catalogue.website.addresses import Addresses, safe_link
from catalogue.website.escaping import Escaping, Names, Printing
from catalogue.website.flattening import flattened
from catalogue.website.percent import percent
from catalogue.website.visible import escaped, name, plain, shown, truncate, visible, wrapping
from classifier.categories import Category, Severity

#: What the head of each page leads to, by folder.
SECTIONS = {
    "servers": "Servers",
    "categories": "Categories",
    "signals": "Signals",
    "attacks": "Attacks",
    "statistics": "Statistics",
    "changes": "Changes",
}
#: Templates of which a site has so many pages that it pays to put into them all that they extend and include.
_FLATTENED = frozenset({"server.html", "tool.html"})
#: Sections of pages that stand in a folder of another name.
_ELSEWHERE = {"severities": "categories", "suspicions": "signals"}

#: Stands where a category would, for a tool whose definition looks tampered with: its own words tell nothing sure.
TAMPERED = "tampered"

_CODE = re.compile("`([^`]+)`")
_sorted = msgspec.json.Encoder(order="sorted").encode
_SPECIAL = str.maketrans({character: f"\\u{ord(character):04x}" for character in "<>&"})


def environment(addresses: Addresses, compiled: Path | None = None) -> Environment:
    """The environment for a site that lives at *addresses*; *compiled* is a folder that keeps templates made ready."""
    made = _Environment(
        loader=_Loader(addresses),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        # Nothing in the templates is there to be worked out beforehand, so nobody looks for it.
        optimized=False,
        cache_size=-1,
        bytecode_cache=FileSystemBytecodeCache(str(compiled)) if compiled else None,
    )
    made.filters |= _FILTERS
    made.globals["icons"] = _icons(made)
    made.globals["chips"] = _chips(made)
    made.globals["cards"] = cards.addresses(addresses)
    made.globals["card_says"] = cards.SAYS
    made.globals["foot"] = Markup(made.get_template("foot.html").render())  # noqa: S704  # no text of others in it
    made.globals["tricks"] = legend.tricks()
    tops = _tops(made)
    made.filters["top"] = lambda path: tops.get(path.partition("/")[0], tops[""])
    return made


class _Environment(Environment):
    code_generator_class = Escaping
    context_class = Names
    template_class = Printing
    escaped = staticmethod(escaped)
    shown = staticmethod(shown)
    truncate = staticmethod(truncate)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template = super()._parse(source, name, filename)
        return flattened(template, self._read) if name in _FLATTENED else template

    def _read(self, name: str) -> nodes.Template:
        source, filename, _ = self.loader.get_source(self, name)  # type: ignore[union-attr]  # it is made with one
        return super()._parse(source, name, filename)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """All templates share the globals, as one mapping, since they are copied for each page."""
        return self.globals if d is None else {**self.globals, **d}


def _tops(made: Environment) -> dict[str, Markup]:
    """The head of every page by the first folder of its path, with the section that it belongs to marked."""
    template = made.get_template("top.html")
    folders = {"": "", "s": "servers", **{folder: folder for folder in SECTIONS}, **_ELSEWHERE}
    return {
        first: Markup(template.render(sections=SECTIONS.items(), here=here))  # noqa: S704  # as above
        for first, here in folders.items()
    }


class _Loader(FileSystemLoader):
    """Reads `~/` in a template as the site's root, `~~/` as its whole address, and `~/static/` by published names.

    Written out once when a template is read, these cost nothing on each page.
    """

    def __init__(self, addresses: Addresses) -> None:
        super().__init__(assets.folder() / "templates")
        self._addresses = addresses

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, name, fresh = super().get_source(environment, template)
        for file, path in assets.published().items():
            source = source.replace(f"~/static/{file}", f"~/{path}")
        return source.replace("~~/", self._addresses.base).replace("~/", self._addresses.root), name, fresh


def _icons(made: Environment) -> dict[str, Markup]:
    """The small icons that stand beside words."""
    template = made.get_template("icon.html")
    return {name: Markup(template.render(name=name)) for name in (*Category, *Severity, "warning")}  # noqa: S704  # our own words


def _chips(made: Environment) -> dict[str, Markup]:
    """How each category and severity is shown: an icon, a word, a colour."""
    template = made.get_template("chip.html")
    kinds: list[tuple[str, str]] = [("cat", name) for name in (*Category, TAMPERED)]
    kinds += [("sev", severity) for severity in Severity]
    return {name: Markup(template.render(kind=kind, name=name)) for kind, name in kinds}  # noqa: S704  # our own words


def scrolls(text: str) -> bool:
    """Whether a quoted text may be higher than its box, on the narrowest screen; then keys must be able to scroll it."""
    return len(text) > 800 or text.count("\n") > 12


def coded(text: str) -> Markup:
    """A text of ours in which backticks stand around code, as in the documentation."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704  # escaped just here


def uncoded(text: str) -> str:
    """The same where nothing can be set apart, as in a preview."""
    return text.replace("`", "")


def data(value: Any) -> Markup:
    """A JSON value for a data block: nothing in it can end the block or start a comment."""
    try:
        text = _sorted(value).decode("ascii")
    except UnicodeError:
        text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    if "<" in text or ">" in text or "&" in text:
        text = text.translate(_SPECIAL)
    return str.__new__(Markup, text)  # escaped just here; to ask the class takes three times as long


@lru_cache(maxsize=2000)
def when(time: str) -> Markup:
    """A moment, of which the day is shown."""
    return Markup(f'<time datetime="{escaped(time)}">{escaped(time[:10])}</time>')  # noqa: S704  # escaped just here


_FILTERS: dict[str, Callable[..., Any]] = {
    "visible": visible,
    "name": name,
    "wrapping": wrapping,
    "truncate": truncate,
    "when": when,
    "plain": plain,
    "safe_link": safe_link,
    "data": data,
    "percent": percent,
    "percentage": lambda share: str(round(100 * share, 1)),
    "thousands": lambda number: f"{number:,}".replace(",", "\u202f"),
    "difference": difference,
    "plural": plural,
    "lower_first": lambda text: text[:1].lower() + text[1:],
    "scrolls": scrolls,
    "pretty": lambda text: json.dumps(json.loads(text), indent=2),
    "label": legend.label,
    "silence": legend.silence,
    "client": lambda form: legend.FORMATS.get(form, form),
    # The library's own looks whether a part is HTML; here each is a plain text, and the whole is escaped like any other.
    "join": lambda texts, between: between.join(texts),
    "coded": coded,
    "words": lambda code: str(code).replace("_", " ").replace("-", " "),
}
