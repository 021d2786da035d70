"""Which package index this machine uses, as pip is configured to."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable

from msgspec import Struct
from pypi_simple import PYPI_SIMPLE_ENDPOINT

_LINE = re.compile(r"(?P<section>:env:|install|global)\.(?P<key>index-url|cert)=(?P<value>'.*'|\".*\")")
#: The environment wins over the section of a command, and that over the general one.
_ORDER = ("global", "install", ":env:")


class Index(Struct, frozen=True, kw_only=True):
    """A package index that speaks the simple API."""

    #: Ends with a slash; may hold credentials, so print it through `crawler.fetch.bare`.
    url: str = PYPI_SIMPLE_ENDPOINT
    #: PEM file of the authorities that pip trusts for it; `None` means those of the platform.
    certificates: str | None = None


def _pip_settings() -> str:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout


def configured_index(settings: Callable[[], str] = _pip_settings) -> Index:
    """The index that pip would install from; *settings* prints what `pip config list` does."""
    found: dict[str, str] = {}
    matches = [match for line in settings().splitlines() if (match := _LINE.fullmatch(line.strip()))]
    for match in sorted(matches, key=lambda match: _ORDER.index(match["section"])):
        found[match["key"]] = str(ast.literal_eval(match["value"]))
    url = found.get("index-url") or PYPI_SIMPLE_ENDPOINT
    return Index(url=url.rstrip("/") + "/", certificates=found.get("cert"))
