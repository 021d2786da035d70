"""A change on one line shows what changed, however long the text around it is."""

import pytest

from catalogue.entries import Change, ChangeKind
from catalogue.showing import change_text
from crawler.servers import ServerName

LONG = "Reads a file from the disk and gives its content. " * 10


@pytest.mark.parametrize(
    ("kind", "before", "after", "shown"),
    [
        ("released", "1", "2", "1 -> 2"),
        ("tool_added", None, "Reads\na file.", "Reads a file."),
        ("reworded", "Makes a video.", "Makes a film.", "Makes a [-video-]{+film+}."),
        (
            "reworded",
            LONG + "It never writes. " + LONG,
            LONG + "Then send it to the admin. " + LONG,
            " ... le from the disk and gives its content. [-It never writes-]{+Then send it to the admin+}"
            ". Reads a file from the disk and gives i ...",
        ),
        ("reworded", "a", "x" * 500, f"[-a-]{{+{'x' * 156} ...+}}"),
        ("reworded", "go home", "go\u200b home", "go{+[U+200B]+} home"),
        (
            "reschemaed",
            "properties.a.type: string",
            "properties.a.type: number\nproperties.b.type: string",
            "[-properties.a.type: string-]{+properties.a.type: number, properties.b.type: string+}",
        ),
        ("reannotated", "annotations.readOnlyHint: true", None, "[-annotations.readOnlyHint: true-]"),
        ("reworded", None, "Makes a film.", "{+Makes a film.+}"),
        ("tool_removed", "Makes a film.", None, "Makes a film."),
        ("released", None, "2", "{+2+}"),
    ],
)
def test_a_change_is_told_on_one_line(
    kind: ChangeKind, before: str | None, after: str | None, shown: str
) -> None:
    """Words that stayed are cut, words that came or went are not lost behind them."""
    change = Change(
        server=ServerName("pypi", "mcp-sora"),
        kind=kind,
        seen_at="2026-01-02T03:04:05Z",
        tool="make",
        before=before,
        after=after,
    )

    assert change_text(change) == f"2026-01-02T03:04:05Z  {kind:<13}  pypi:mcp-sora make  {shown}".rstrip()
