"""Reading small sources of our own in this process."""

from collections.abc import Callable, Mapping
from textwrap import dedent
from typing import Any

import pytest

from crawler.introspect.static.languages import read_sources


@pytest.fixture
def definitions() -> Callable[[Mapping[str, str]], dict[str, Any]]:
    """The `tools/list` entries that a package of these files registers, by name."""

    def read(files: Mapping[str, str]) -> dict[str, Any]:
        sources = {path: dedent(text).encode() for path, text in files.items()}
        return {tool.name: tool.definition for tool in read_sources(sources).tools}

    return read
