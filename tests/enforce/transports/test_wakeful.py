"""Waiting awake or asleep: what is ready is told either way, and nothing is waited for that does not come."""

import asyncio
import os
import select
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
import uvloop

from enforce.transports.http.vigil import Vigil
from enforce.transports.wakeful import AWAKE, Wakeful, awake


@pytest.fixture
def pipes() -> Iterator[list[tuple[int, int]]]:
    found = [os.pipe() for _ in range(3)]
    yield found
    for reading, writing in found:
        os.close(reading), os.close(writing)


def test_whoever_speaks_is_heard_soon_or_late(pipes: list[tuple[int, int]]) -> None:
    """One who answers at once, and one who takes longer than anybody stays awake, in turns."""
    (ours, theirs), (quick, answer), (slow, other) = pipes
    waiting = Wakeful()
    waiting.watch(quick, select.POLLIN)
    waiting.watch(slow, select.POLLIN)

    def speak() -> None:
        while kind := os.read(ours, 1).strip(b"."):
            if kind == b"s":
                threading.Event().wait(AWAKE * 20)
            os.write(other if kind == b"s" else answer, b"x")

    speaker = threading.Thread(target=speak)
    speaker.start()
    for kind in b"qqqsqqssqsqqq" * 3:
        os.write(theirs, bytes([kind]))
        expected = slow if kind == ord("s") else quick
        assert waiting.ready() == [(expected, select.POLLIN)]
        assert os.read(expected, 1) == b"x"
    os.write(theirs, b".")
    speaker.join()
    assert waiting.ready(0.0) == []


def test_who_stays_awake_hears_what_is_there_and_does_not_wait_for_more(pipes: list[tuple[int, int]]) -> None:
    """Nothing at first, then something."""
    reading, writing = pipes[0]
    poll = select.poll()
    poll.register(reading, select.POLLIN)
    assert awake(poll.poll, 0.0) == []
    os.write(writing, b"x")
    assert awake(poll.poll, 0.0) == [(reading, select.POLLIN)]


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_a_vigil_takes_nothing_from_its_loop(run: Callable[[Coroutine[Any, Any, None]], None], pipes: list[tuple[int, int]]) -> None:  # fmt: skip
    """Whatever is ready meanwhile is handled once it ends, brisk or not."""
    reading, writing = pipes[0]

    async def keep() -> None:
        vigil = Vigil()
        heard = asyncio.Event()
        asyncio.get_running_loop().add_reader(reading, heard.set)
        for _ in range(20):
            os.write(writing, b"x")
            vigil.keep()
            await heard.wait()
            os.read(reading, 1)
            heard.clear()
            vigil.heard()
            vigil.keep()  # for nothing
        asyncio.get_running_loop().remove_reader(reading)

    run(keep())
