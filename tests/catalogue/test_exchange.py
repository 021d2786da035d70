"""Records travel as lines of JSON and arrive as they left."""

from pathlib import Path

import pytest

from catalogue.exchange import BadLine, line_of, read_line
from catalogue.store import Store
from crawler.servers import Repository, Server, ServerName
from crawler.snapshots import Method, Outcome, Skipped, SkipReason, Snapshot
from crawler.tools import Tool

NOW = "2026-01-02T03:04:05Z"
SORA = ServerName("pypi", "mcp-sora")
MAKE = Tool.read({"name": "make", "x-more": [1.5, None]})


def said(method: Method = Method.IMPORTED, release: str | None = None, taken_at: str = NOW) -> Snapshot:
    return Snapshot(server=SORA, release=release, method=method, tools=(MAKE,), taken_at=taken_at)


def missed(reason: SkipReason, release: str | None = None) -> Skipped:
    return Skipped(server=SORA, release=release, reason=reason, taken_at=NOW)


LINES: list[tuple[str, Server, tuple[Outcome, ...]]] = [
    (
        '{"server":{"name":"pypi:MCP_Sora"},"tools":[{"name":"make","x-more":[1.5,null]}]}',
        Server(name=SORA),
        (said(),),
    ),
    (
        '{"server":{"name":"pypi:mcp-sora","version":"1","license":"MIT"},"tools":[{"name":"make","x-more":[1.5,null]}],'
        '"snapshot":{"method":"live","release":"1","taken_at":"2025-12-31T00:00:00Z"}}',
        Server(name=SORA, version="1", license="MIT"),
        (said(Method.LIVE, "1", "2025-12-31T00:00:00Z"),),
    ),
    (
        '{"server":{"name":"pypi:mcp-sora","repository":"https://example.org/x"},"skipped":{"reason":"timeout"}}',
        Server(name=SORA, repository=Repository(url="https://example.org/x")),
        (missed(SkipReason.TIMEOUT),),
    ),
    (
        '{"server":{"name":"pypi:mcp-sora"},"tools":[{"name":"make","x-more":[1.5,null]}],"skipped":{"reason":"exited"}}',
        Server(name=SORA),
        (missed(SkipReason.EXITED), said()),
    ),
    (
        '{"server":{"name":"pypi:mcp-sora"},"tools":[],"stars":7}',
        Server(name=SORA),
        (missed(SkipReason.NO_TOOLS),),
    ),
]


@pytest.mark.parametrize(("line", "server", "outcomes"), LINES)
def test_a_line_is_a_server_and_how_it_ended(
    line: str, server: Server, outcomes: tuple[Outcome, ...]
) -> None:
    """What is not said was imported now; keys that nobody knows are passed over."""
    assert read_line(line.encode(), 1, NOW) == (server, outcomes)


BAD = [
    (b"nonsense", "line 7: "),
    (b"\xff", "line 7: "),
    (b"[]", "line 7: Expected `object`"),
    (b'{"server":{}}', "line 7: Object missing required field `name`"),
    (b'{"server":{"name":"sora"}}', "line 7: 'sora' is not a server name"),
    (
        b'{"server":{"name":"pypi:a"},"tools":[{"name":"x"},7]}',
        "line 7: tool 1 of the list: it is not an object",
    ),
    (b'{"server":{"name":"pypi:a"},"skipped":{"reason":"tired"}}', "line 7: Invalid enum value 'tired'"),
    (b'{"server":{"name":"pypi:a"},"snapshot":{"taken_at":"zzz"}}', "line 7: 'zzz' is no time"),
    (b'{"server":{"name":"pypi:a"},"tools":' + b"[" * 99_999 + b"]" * 99_999 + b"}", "line 7: "),
]


@pytest.mark.parametrize(("line", "sentence"), BAD, ids=range(len(BAD)))
def test_a_bad_line_is_told_by_its_number(line: bytes, sentence: str) -> None:
    """And by what is wrong with it."""
    with pytest.raises(BadLine) as caught:
        read_line(line, 7, NOW)

    assert str(caught.value).startswith(sentence)


def export(store: Store) -> str:
    return "".join(line_of(entry) + "\n" for entry in store.entries())


def test_an_export_that_was_imported_is_exported_the_same(store: Store, tmp_path: Path) -> None:
    """Byte for byte, hostile text and skips included, whatever the other database is."""
    wild = Tool.read({"name": "é\x00\ud800", "description": "\u202e", "inputSchema": {"b": 1, "a": 10**30}})
    store.save(
        Server(name=SORA, title="S", repository=Repository(url="u", subfolder="x")), [said(Method.LIVE, "1")]
    )
    other = ServerName("npm", "@x/y")
    store.save(
        Server(name=other, description="\ud800"),
        [Snapshot(server=other, method=Method.STATIC, tools=(wild, wild, MAKE), taken_at=NOW)],
    )
    store.save(Server(name=SORA), [missed(SkipReason.GONE, "1")])
    first = export(store)

    again = Store.open(f"sqlite:///{tmp_path / 'other.db'}")
    for number, line in enumerate(first.splitlines(), 1):
        again.admit(*read_line(line.encode(), number, NOW))

    assert export(again) == first
    assert len(first.splitlines()) == 2
    again.close()
