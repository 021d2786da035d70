"""What a supervisor's report is taken to mean, however strange it is."""

import json
import threading
from contextlib import suppress
from typing import Any

import pytest

from crawler.introspect.sandboxes.watch import Watch
from crawler.snapshots import Observation


def reported(answer: bytes) -> tuple[Observation, ...]:
    """Observations from a supervisor that answers in this way when it is asked."""
    with Watch() as watch:
        inside = watch._theirs.dup()

        def supervise() -> None:
            # Whoever says too much is not heard to the end.
            with inside, suppress(BrokenPipeError):
                if inside.recv(1):
                    inside.sendall(answer)

        thread = threading.Thread(target=supervise)
        thread.start()
        seen = watch.report()
    thread.join()
    return seen


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        ({}, ()),
        ([], ()),
        ({"host": "example.com", "listen": None, "file": [1, None]}, ()),
        ({"host": ["a.example"], "other": ["x"]}, (Observation(kind="host", what="a.example"),)),
        (
            {
                "file": [
                    "~/.npm/_logs/2026-11-24T01_31_21_407Z-debug-0.log",
                    "~/.npm/_logs/2026-11-25T02_00_00_000Z-debug-0.log",
                    "~/.id/123e4567-e89b-12d3-a456-426614174000",
                ],
                "process": ["watchdog --parent-pid=17"],
            },
            (
                Observation(kind="file", what="~/.npm/_logs/*-debug-0.log"),
                Observation(kind="file", what="~/.id/*"),
                Observation(kind="process", what="watchdog --parent-pid=*"),
            ),
        ),
    ],
)
def test_a_report_becomes_observations(report: Any, expected: tuple[Observation, ...]) -> None:
    """What is not as expected is dropped, and what differs at every start is made the same."""
    assert reported(json.dumps(report).encode() + b"\n") == expected


@pytest.mark.parametrize("answer", [b"", b"junk\n", b"{" * 100_000 + b"\n", b"x" * 2_000_000])
def test_a_broken_report_says_nothing(answer: bytes) -> None:
    """It comes from inside."""
    assert reported(answer) == ()
