"""Each page names a picture that is there, of the size that it tells, and that says what the page says."""

import re
import struct

import pytest

from catalogue.policies.policy_files import policy_files
from catalogue.website import assets, cards
from catalogue.website.press import Late, Press
from catalogue.website.server_files import server_files
from crawler.snapshots import Skipped
from tests.catalogue.sample_entries import hostile, ordinary

BASE = "https://example.org/x/"


@pytest.mark.parametrize("name", cards.SAYS)
def test_a_card_is_a_small_picture_of_its_size(name: str) -> None:
    content = (assets.folder() / "static" / cards.file(name)).read_bytes()

    assert content.startswith(b"\x89PNG")
    assert struct.unpack(">II", content[16:24]) == (cards.WIDTH, cards.HEIGHT)
    assert len(content) < 24_000


def test_no_card_is_without_a_sentence() -> None:
    drawn = {file.name for file in (assets.folder() / "static").glob("*.png")}

    assert drawn == {cards.file(name) for name in cards.SAYS}


def test_pages_of_servers_and_tools_show_what_they_say() -> None:
    evil = next(entry for entry in hostile() if "attack0" in str(entry.server.name))
    silent = next(
        entry for entry in hostile() if entry.snapshot is None and isinstance(entry.outcome, Skipped)
    )
    shown = {name: set[str]() for name in ("server", "tool")}
    for entry in (ordinary(1), evil, silent):
        for path, content in server_files(Press(BASE), entry, policy_files([entry])[0], {}):
            if path.endswith("/index.html"):
                html = content.print() if isinstance(content, Late) else content
                assert isinstance(html, bytes)
                found = re.search(r'<meta property="og:image" content="([^"]+)">', html.decode())
                assert found
                assert found.group(1).removeprefix(BASE) in assets.published().values()
                kind = "tool" if "/t/" in path else "server"
                shown[kind].add(found.group(1).rpartition("card-")[2].partition(".")[0])

    assert {"tampered", "unknown"} < shown["server"]
    assert any(name.startswith("grade-") for name in shown["server"])
    assert {"tampered", "unsure", "read"} <= shown["tool"]
