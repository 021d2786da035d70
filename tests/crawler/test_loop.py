"""A crawl's loop runs to the end and gives what came of it."""

import asyncio
import sys

import pytest

from crawler import loop


async def _where() -> str:
    return type(asyncio.get_running_loop()).__module__


@pytest.mark.parametrize(
    ("platform", "module"),
    [("win32", "asyncio"), pytest.param(sys.platform, "uvloop", id="here")],
)
def test_the_fast_loop_is_taken_where_there_is_one(
    platform: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one does the same."""
    monkeypatch.setattr(sys, "platform", platform)

    assert loop.run(_where()).startswith(module)
