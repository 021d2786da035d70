"""Server-sent events mean the same, however the stream was cut and whatever ends its lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforce.transports.http.events import LARGEST, Event, Events, TooLong


@pytest.mark.parametrize(
    ("text", "events"),
    [
        (b"data: a\n\n", [Event(data=b"a")]),
        (b"data:a\ndata\ndata:  b\n\n", [Event(data=b"a\n\n b")]),
        (
            b"id: 7\nretry: 10\nevent: message\ndata:\n\n",
            [Event(data=b"", id=b"7", retry=b"10", event=b"message")],
        ),
        (b": comment\n\n", [Event()]),
        (b"retry: 1.5\nretry: -1\nretry:\nretry: \xd9\xa1\n\n", [Event()]),
        (b"retry: 7\nretry: " + b"9" * 5_000 + b"\n\n", [Event(retry=b"7")]),
        (b"unknown: x\ndata: a\n\n", [Event(data=b"a")]),
        (b"\n\n\ndata: a\n\n\n", [Event(data=b"a")]),
        (b"data: unfinished\n", []),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("cut", [1, 2, 3, 1000])
def test_events_are_read(text: bytes, events: list[Event], end: bytes, cut: int) -> None:
    """Every field, every kind of line end, every way of cutting the stream."""
    text = text.replace(b"\n", end)
    reader = Events()
    found = [event for at in range(0, len(text), cut) for event in reader.feed(text[at : at + cut])]
    assert found == events


@given(st.lists(st.builds(Event, data=st.none() | st.from_regex(rb"[a-z: ]*(\n[a-z ]*)?", fullmatch=True), id=st.none() | st.just(b"1"))))  # fmt: skip
def test_what_is_written_is_read_back(events: list[Event]) -> None:
    """Encoding and reading are each other's reverse."""
    assert Events().feed(b"".join(event.encode() for event in events)) == events


def test_an_endless_event_is_refused() -> None:
    """Memory is bounded."""
    reader = Events()
    pieces = [b"data: " + b"x" * 1_000_000] * (LARGEST // 1_000_000 + 2)
    with pytest.raises(TooLong):
        list(map(reader.feed, pieces))
