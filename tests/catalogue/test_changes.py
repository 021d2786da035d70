"""What is told when a server says something else than before."""

from typing import Any

import pytest

from catalogue.changes import Piece, differences, word_differences
from catalogue.entries import Change
from crawler.servers import ServerName
from crawler.snapshots import Method, Snapshot
from crawler.tools import Tool

SORA = ServerName("pypi", "mcp-sora")
SEEN: dict[str, Any] = {"server": SORA, "seen_at": "2026-01-02T00:00:00Z", "release": "2"}
LONG = "Makes a short video from a text, with a model and a duration of your choice, and returns its address."
VIDEO = {
    "type": "object",
    "properties": {"prompt": {"type": "string", "enum": ["a", "b"]}},
    "required": ["prompt"],
}


def tool(name: str = "make", description: str | None = LONG, **more: Any) -> Tool:
    return Tool.read({"name": name, "description": description, "inputSchema": VIDEO, **more})


def snapshots(
    before: list[Tool], after: list[Tool], method: Method = Method.LIVE, release: str = "2"
) -> tuple[Snapshot, Snapshot]:
    return (
        Snapshot(
            server=SORA,
            release=release,
            method=Method.LIVE,
            tools=tuple(before),
            taken_at="2026-01-01T00:00:00Z",
        ),
        Snapshot(
            server=SORA, release="2", method=method, tools=tuple(after), taken_at="2026-01-02T00:00:00Z"
        ),
    )


def change(**fields: Any) -> Change:
    return Change(**SEEN, **fields)


TABLE: list[tuple[str, list[Tool], list[Tool], list[Change]]] = [
    ("nothing", [tool()], [tool()], []),
    ("order", [tool("a"), tool("b")], [tool("b"), tool("a")], []),
    ("what no model sees", [tool()], [tool(icons=[{"src": "x"}], _meta={"a": 1})], []),
    (
        "the order of a set",
        [tool()],
        [tool(inputSchema={**VIDEO, "properties": {"prompt": {"enum": ["b", "a"], "type": "string"}}})],
        [],
    ),
    ("added", [], [tool()], [change(kind="tool_added", tool="make", after=LONG)]),
    ("removed", [tool()], [], [change(kind="tool_removed", tool="make", before=LONG)]),
    (
        "reworded",
        [tool()],
        [tool(description="Makes a film.")],
        [change(kind="reworded", tool="make", before=LONG, after="Makes a film.")],
    ),
    (
        "a title",
        [tool()],
        [tool(title="Make")],
        [change(kind="reworded", tool="make", before=None, after="Make")],
    ),
    (
        "a description that is no text",
        [tool()],
        [tool(description={"a": 1})],  # type: ignore[arg-type]
        [change(kind="reworded", tool="make", before=LONG, after='{"a":1}')],
    ),
    (
        "a parameter",
        [tool()],
        [
            tool(
                inputSchema={**VIDEO, "properties": {"prompt": {"type": "string"}, "url": {"type": "string"}}}
            )
        ],
        [
            change(
                kind="reschemaed",
                tool="make",
                before='inputSchema.properties.prompt.enum: ["a","b"]',
                after="inputSchema.properties.url.type: string",
            )
        ],
    ),
    (
        "an annotation",
        [tool(annotations={"readOnlyHint": True, "title": "T"})],
        [tool(annotations={"readOnlyHint": False, "title": "T"})],
        [
            change(
                kind="reannotated",
                tool="make",
                before="annotations.readOnlyHint: true",
                after="annotations.readOnlyHint: false",
            )
        ],
    ),
    (
        "a new name",
        [tool("make")],
        [tool("create")],
        [change(kind="tool_renamed", tool="create", before="make", after="create")],
    ),
    (
        "a new name and another word",
        [tool("make")],
        [tool("create", LONG.replace("short", "brief"))],
        [
            change(kind="tool_renamed", tool="create", before="make", after="create"),
            change(kind="reworded", tool="create", before=LONG, after=LONG.replace("short", "brief")),
        ],
    ),
    (
        "two that are alike",
        [tool("a"), tool("b")],
        [tool("c"), tool("d")],
        [
            change(kind="tool_renamed", tool="c", before="a", after="c"),
            change(kind="tool_renamed", tool="d", before="b", after="d"),
        ],
    ),
    (
        "nothing to go by",
        [Tool.read({"name": "a"})],
        [Tool.read({"name": "b"})],
        [change(kind="tool_removed", tool="a"), change(kind="tool_added", tool="b")],
    ),
    (
        "a name that is given twice",
        [tool("a"), tool("a", "Another.")],
        [tool("a")],
        [],
    ),
]


@pytest.mark.parametrize(
    ("before", "after", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_differences_are_told_by_what_they_mean(
    before: list[Tool], after: list[Tool], expected: list[Change]
) -> None:
    """One change for each thing that a person would call one."""
    assert list(differences(*snapshots(before, after))) == expected


def test_a_release_is_told_first() -> None:
    """Even where the tools stayed as they were."""
    found = differences(*snapshots([tool()], [tool()], release="1"))

    assert found == (change(kind="released", before="1", after="2"),)


def test_what_was_read_is_compared_with_what_was_listed_by_name_only() -> None:
    """Source does not show all of a schema, so its absence there is no change."""
    old, new = snapshots([tool("a"), tool("b")], [Tool.read({"name": "a"})], method=Method.STATIC)

    assert [one.kind for one in differences(old, new)] == ["tool_removed"]


def test_a_thousand_tools_under_new_names_are_compared_quickly() -> None:
    """Only equal definitions are recognised among so many."""
    old, new = snapshots(
        [tool(f"old_{number}", f"Does {number}.") for number in range(1_000)],
        [tool(f"new_{number}", f"Does {number}.") for number in range(1_000)],
    )

    assert {one.kind for one in differences(old, new)} == {"tool_renamed"}


WORDS = [
    ("", "", ()),
    ("same", "same", (Piece("same", "same"),)),
    ("", "new", (Piece("added", "new"),)),
    (
        "Reads a file.",
        "Deletes a file.",
        (Piece("removed", "Reads"), Piece("added", "Deletes"), Piece("same", " a file.")),
    ),
    (
        "It never writes.",
        "It then sends.",
        (
            Piece("same", "It "),
            Piece("removed", "never writes"),
            Piece("added", "then sends"),
            Piece("same", "."),
        ),
    ),
    ("a b", "x  y", (Piece("removed", "a b"), Piece("added", "x  y"))),
    ("读 文件", "删 文件", (Piece("removed", "读"), Piece("added", "删"), Piece("same", " 文件"))),
    ("x " * 2_000, "y", (Piece("removed", "x " * 2_000), Piece("added", "y"))),
]


@pytest.mark.parametrize(("before", "after", "pieces"), WORDS)
def test_texts_are_compared_word_by_word(before: str, after: str, pieces: tuple[Piece, ...]) -> None:
    """A text that is too long to compare is shown as replaced."""
    assert word_differences(before, after) == pieces
