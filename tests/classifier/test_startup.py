"""What is told of a server by what it did when it started."""

import pytest

from classifier.startup import startup_signals
from crawler.snapshots import Observation


@pytest.mark.parametrize(
    ("kind", "what", "codes"),
    [
        ("host", "telemetry.example", ["contacts-hosts-at-start"]),
        ("listen", "0.0.0.0:8000", ["listens-on-all-interfaces"]),
        ("listen", "[::]:8000", ["listens-on-all-interfaces"]),
        ("listen", "127.0.0.1:8000", []),
        ("file", "~/.bashrc", ["edits-dot-files"]),
        ("file", "~/.ssh/authorized_keys", ["edits-dot-files"]),
        ("file", "~/.config/autostart/x.desktop", ["edits-dot-files"]),
        ("file", "~/.demo/log.txt", []),
        ("file", "/tmp/.x", []),
        ("process", "git version", []),
    ],
)
def test_what_was_seen_is_a_signal_or_is_none(kind: str, what: str, codes: list[str]) -> None:
    """A server's own folder in the home is no dot file, and loopback is no interface of others."""
    found = startup_signals([Observation(kind=kind, what=what)])  # type: ignore[arg-type]

    assert [(signal.code, signal.seen) for signal in found] == [(code, (what,)) for code in codes]


def test_a_signal_comes_once_with_all_that_showed_it() -> None:
    """In the order in which it was seen."""
    hosts = [Observation(kind="host", what=what) for what in ("b.example", "a.example")]

    (signal,) = startup_signals(hosts)

    assert (signal.code, signal.seen) == ("contacts-hosts-at-start", ("b.example", "a.example"))
