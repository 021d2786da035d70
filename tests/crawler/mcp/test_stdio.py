"""The pipes of a child process, real children at their ends."""

import itertools
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from crawler.introspect.sandboxes.sandbox import spawn
from crawler.mcp.session import Closed, ConversationFailed, Silent, TooMuch
from crawler.mcp.stdio import Patience, StdioChannel


@contextmanager
def child(
    source: str, patience: Patience | None = None, now: Callable[[], float] = time.monotonic
) -> Iterator[StdioChannel]:
    process = spawn([sys.executable, "-I", "-S", "-c", textwrap.dedent(source)])
    channel = StdioChannel(process, patience or Patience(), now)
    try:
        yield channel
    finally:
        channel.close()


def hear_all(channel: StdioChannel) -> None:
    while True:
        channel.receive()


def test_lines_go_out_and_come_back() -> None:
    """A line larger than any pipe's buffer arrives whole."""
    with child("import sys\nfor line in sys.stdin: print(line, end='', flush=True)") as channel:
        channel.send(b"x" * 1_000_000)
        assert channel.receive() == b"x" * 1_000_000
        channel.send(b"short")
        assert channel.receive() == b"short"


def test_stderr_is_kept_with_its_middle_left_out() -> None:
    """What a child says on stderr is no message, but often says why it ended."""
    source = "import sys; sys.stderr.write('first' + '.' * 500 + 'last'); print(1, flush=True)"
    with child(source, Patience(errors=10)) as channel:
        assert channel.receive() == b"1"
        with pytest.raises(Closed):
            channel.receive()
        assert channel.errors == "first.....\n[...]\n......last"


def test_lines_that_are_no_messages_are_kept_as_words() -> None:
    """Before those of stderr, as far as there is room; messages are none."""
    source = (
        "import sys; print('Usage: x'); print('{}'); print('y' * 99, flush=True); sys.stderr.write('last')"
    )
    with child(source, Patience(errors=20)) as channel:
        with pytest.raises(Closed):
            hear_all(channel)
        assert channel.said == f"Usage: x\n{'y' * 11}last"


@pytest.mark.parametrize(
    ("source", "patience", "failure"),
    [
        ("", Patience(), Closed),
        ("import os; os.close(1); import time; time.sleep(60)", Patience(), Closed),
        ("import sys; sys.stdin.read()", Patience(total=0.2), Silent),
        ("print('x' * 3000, end='', flush=True); input()", Patience(line=1000), TooMuch),
        ("while True: print('x' * 100)", Patience(output=5000), TooMuch),
        ("import sys\nwhile True: print('x' * 100, file=sys.stderr)", Patience(most_errors=5000), TooMuch),
        (
            "import sys; print('Traceback (most recent call last):', file=sys.stderr, flush=True); input()",
            Patience(total=60, after_traceback=0.2),
            Silent,
        ),
        (
            "print('Server running on http://127.0.0.1:1', flush=True); input()",
            Patience(total=60, after_listening=0.2),
            Silent,
        ),
        (
            "import sys; sys.stderr.write('INFO: Uvicorn running on '); sys.stderr.flush(); sys.stderr.write('http://0.0.0.0:1\\n'); sys.stderr.flush(); input()",
            Patience(total=60, after_listening=0.2),
            Silent,
        ),
        (
            "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); input()",
            Patience(total=0.2),
            Silent,
        ),
    ],
)
def test_a_child_that_does_not_answer_ends_as_one_of_three_failures(
    source: str, patience: Patience, failure: type[ConversationFailed]
) -> None:
    """Ended, silent, or saying too much."""
    with child(source, patience) as channel, pytest.raises(failure):
        hear_all(channel)


def test_time_is_up_even_if_the_child_never_falls_silent() -> None:
    """The clock is an argument, so a slow drip cannot stretch the deadline."""
    ticks = itertools.count(0.0, 1.0)
    source = "import sys\nwhile True: sys.stderr.write('.'); sys.stderr.flush()"
    with child(source, Patience(total=50), now=lambda: next(ticks)) as channel, pytest.raises(Silent):
        channel.receive()


def test_a_child_that_closed_its_input_cannot_be_sent_to() -> None:
    """The failure is the same as that of one which ended."""
    with child("import os; os.close(0); print(1, flush=True); import time; time.sleep(60)") as channel:
        channel.receive()
        with pytest.raises(Closed):
            channel.send(b"x")
