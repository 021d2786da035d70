"""The record keeps what it is told, once, and gives it back whole."""

from catalogue.entries import Change, Entry
from catalogue.store import Store
from crawler.servers import Server, ServerName
from crawler.snapshots import Method, Skipped, SkipReason, Snapshot
from crawler.tools import Tool

SORA = ServerName("pypi", "mcp-sora")
NOON = "2026-01-02T12:00:00Z"


def tool(name: str, description: str | None = None, **more: object) -> Tool:
    entry = {"name": name, "description": description, "inputSchema": {"type": "object"}, **more}
    return Tool.read({key: value for key, value in entry.items() if value is not None})


def snapshot(*tools: Tool, release: str = "1.0", taken_at: str = NOON, server: ServerName = SORA) -> Snapshot:
    return Snapshot(server=server, release=release, method=Method.LIVE, tools=tools, taken_at=taken_at)


def test_an_entry_comes_back_as_it_was_saved(store: Store) -> None:
    server = Server(name=SORA, title="Sora", version="1.0", keywords=("video",))
    said = snapshot(tool("make_video", "Makes a video."), tool("list_videos"))

    store.save(server, [said])

    assert store.entry(SORA) == Entry(
        server=server,
        listings=(server,),
        outcome=said,
        snapshot=said,
        changes=(Change(server=SORA, kind="server_added", seen_at="2026-01-02T03:04:05Z", release="1.0"),),
        first_seen="2026-01-02T03:04:05Z",
        last_seen="2026-01-02T03:04:05Z",
    )
