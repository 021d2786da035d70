"""The one template environment: everything is escaped, always, and a missing name is an error."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from catalogue.differences import difference
from catalogue.plural import plural
from catalogue.website import assets
from catalogue.website.addresses import Addresses, safe_link
from catalogue.website.escaping import Escaping, escaped
from catalogue.website.visible import plain, visible
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
#: Sections of pages that stand in a folder of another name.
_ELSEWHERE = {"severities": "categories", "suspicions": "signals"}

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
        cache_size=-1,
        bytecode_cache=FileSystemBytecodeCache(str(compiled)) if compiled else None,
    )
    made.filters |= {
        "visible": visible,
        "truncate": truncate,
        "plain": plain,
        "safe_link": safe_link,
        "data": data,
        "percent": percent,
        "thousands": lambda number: f"{number:,}".replace(",", "\u202f"),
        "difference": difference,
        "plural": plural,
        "lower_first": lambda text: text[:1].lower() + text[1:],
        "pretty": lambda text: json.dumps(json.loads(text), indent=2),
        "words": lambda code: str(code).replace("_", " ").replace("-", " "),
    }
    made.globals["chips"] = _chips(made)
    made.globals["foot"] = Markup(made.get_template("foot.html").render())  # noqa: S704  # no text of others in it
    made.globals["tops"] = _tops(made)
    return made


class _Environment(Environment):
    code_generator_class = Escaping
    escaped = staticmethod(escaped)


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


def _chips(made: Environment) -> dict[str, Markup]:
    """How each category and severity is shown: an icon, a word, a colour."""
    template = made.get_template("chip.html")
    kinds = [("cat", category) for category in Category] + [("sev", severity) for severity in Severity]
    return {name: Markup(template.render(kind=kind, name=name)) for kind, name in kinds}  # noqa: S704  # our own words


def truncate(text: str, most: int) -> str:
    """The text with at most *most* characters, cut at a word where there is one."""
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0] + "…"


def data(value: Any) -> Markup:
    """A JSON value for a data block: nothing in it can end the block or start a comment."""
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return Markup(text.translate(_SPECIAL))  # noqa: S704  # escaped just above


def percent(share: float) -> str:
    """`7 %`; what is not quite nothing or not quite all does not look as if it were."""
    if 0 < share < 0.005:
        return "< 1 %"
    return "> 99 %" if 0.995 <= share < 1 else f"{100 * share:.0f} %"
