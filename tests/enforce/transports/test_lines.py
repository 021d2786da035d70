"""Lines come out whole, however the bytes came in, and never cost more memory than the limit."""

from hypothesis import given
from hypothesis import strategies as st

from crawler.mcp.jsonrpc import Bounds, Refused, parse
from enforce.transports.lines import TAIL, Lines


@given(st.lists(st.sampled_from([b"", b"a", b"bb\n", b"\n", b" \r\n", b"c\nd\ne", b"x" * 12]), max_size=20))
def test_lines_do_not_depend_on_how_the_stream_was_cut(parts: list[bytes]) -> None:
    """The same lines as from all bytes at once; blank ones are left out."""
    lines = Lines(1000)
    given = [line for part in parts for line in lines.feed(part)] + lines.end()
    assert given == [line for line in b"".join(parts).split(b"\n") if line.strip()]


@given(st.lists(st.integers(1, 700), min_size=1, max_size=30))
def test_a_line_too_long_is_given_by_its_two_ends(sizes: list[int]) -> None:
    """It is longer than the limit, so that it is refused, and its id can still be found at either end."""
    message = b'{"method":"x","params":{"t":"' + b"y" * sum(sizes) + b'"},"id":9}'
    lines, limit, given = Lines(300), 300, []
    position = 0
    for size in [*sizes, len(message)]:
        given += lines.feed(message[position : position + size])
        position += size
    given += lines.feed(b"\nnext\n")
    assert given[1] == b"next"
    if len(message) <= limit:
        assert given[0] == message
    else:
        kept = given[0]
        assert limit < len(kept) <= limit + TAIL
        assert (kept[:limit], message.endswith(kept[limit:])) == (message[:limit], True)


def test_the_kept_ends_are_enough_to_answer() -> None:
    """A request that is too long is refused under its own id."""
    lines = Lines(300)
    (line,) = lines.feed(b'{"method":"x","params":{"t":"' + b"y" * 9000 + b'"},"jsonrpc":"2.0","id":9}\n')
    try:
        parse(line, Bounds(bytes=300))
    except Refused as refused:
        assert refused.id == 9  # noqa: PT017 - the error itself is the result
