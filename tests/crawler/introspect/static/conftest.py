"""Reading small sources of our own in this process."""

from collections.abc import Callable, Mapping
from textwrap import dedent
from typing import Any

import pytest

from crawler.introspect.static.languages import read_sources
from crawler.introspect.static.reading import StaticReading


@pytest.fixture
def reading() -> Callable[[Mapping[str, str]], StaticReading]:
    """All that is read in a package of these files."""
    return _read


@pytest.fixture
def definitions() -> Callable[[Mapping[str, str]], dict[str, Any]]:
    """The `tools/list` entries that a package of these files registers, by name."""
    return lambda files: {tool.name: tool.definition for tool in _read(files).tools}


def _read(files: Mapping[str, str]) -> StaticReading:
    return read_sources({path: dedent(text).encode() for path, text in files.items()})
