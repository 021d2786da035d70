"""The one template environment: everything is escaped, always, and a missing name is an error."""

import json
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from catalogue import assets
from catalogue.addresses import Addresses, safe_link
from catalogue.visible import plain, visible

_SPECIAL = {character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def environment(addresses: Addresses) -> Environment:
    """The environment for a site that lives at *addresses*."""
    made = Environment(
        loader=FileSystemLoader(assets.folder() / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.filters |= {
        "visible": visible,
        "plain": plain,
        "safe_link": safe_link,
        "data": data,
        "percent": lambda share: f"{100 * share:.0f} %",
        "thousands": lambda number: f"{number:,}".replace(",", "\u202f"),
        "plural": plural,
        "lower_first": lambda text: text[:1].lower() + text[1:],
        "pretty": lambda text: json.dumps(json.loads(text), indent=2),
        "words": lambda code: str(code).replace("_", " ").replace("-", " "),
    }
    made.globals |= {
        "link": addresses.link,
        "whole": addresses.whole,
        "asset": lambda name: addresses.link(assets.published()[name]),
        "icons": addresses.link(assets.published()["icons.svg"]),
    }
    return made


def data(value: Any) -> Markup:
    """A JSON value for a data block: nothing in it can end the block or start a comment."""
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return Markup("".join(_SPECIAL.get(character, character) for character in text))  # noqa: S704  # escaped just above


def plural(number: int, noun: str, many: str = "") -> str:
    """`1 tool`, `2 tools`, `3 categories`."""
    shown = f"{number:,}".replace(",", "\u202f")
    return f"{shown} {noun if number == 1 else many or noun + 's'}"
