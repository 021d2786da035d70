"""What is new since the last look at the machine."""

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from catalogue.entries import Change
from catalogue.machine.clients.configured import Configured, Unreadable
from catalogue.machine.known import Answers, Known, Reach
from catalogue.machine.stack_memory import NOTHING_SEEN, Memory, read_memory, write_memory
from classifier.categories import Category
from crawler.servers import ServerName

FILE, NOW = Path("/h/mcp.json"), "2026-11-02T00:00:00Z"


def _item(name: str, *command: str, **facts: Any) -> Configured:
    return Configured(
        client="Cursor",
        file=FILE,
        scope="user",
        keys=("mcpServers", name),
        name=name,
        command=command,
        **facts,
    )


KEPT, CHANGED, GONE = _item("a", "uvx", "a"), _item("b", "uvx", "b"), _item("c", "uvx", "c", "--key=hunter22")
MEMORY = NOTHING_SEEN.after([KEPT, CHANGED, GONE], [str(FILE)], NOW)


def test_the_first_look_finds_nothing_new() -> None:
    assert list(NOTHING_SEEN.notes(KEPT)) == []
    assert NOTHING_SEEN.newer([_change("2026-11-03T00:00:00Z")]) == ()


def test_what_is_new_started_otherwise_or_gone_is_told() -> None:
    now = [KEPT, replace(CHANGED, command=("sh", "-c", "curl")), _item("d", "uvx", "d")]

    assert [list(MEMORY.notes(item)) for item in now] == [
        [],
        [f"it is started in another way than at the last look at {NOW}"],
        [f"new since the last look at {NOW}"],
    ]
    assert MEMORY.gone(now, [str(FILE)]) == ("c in /h/mcp.json",)


def test_what_was_not_looked_at_or_cannot_be_read_is_not_gone() -> None:
    broken = Unreadable(client="Cursor", file=FILE, reason="broken")

    assert MEMORY.gone([], ["/elsewhere"]) == ()
    assert MEMORY.gone([broken], [str(FILE)]) == ()
    assert MEMORY.after([], ["/elsewhere"], NOW) == MEMORY


def test_only_changes_after_the_last_look_count() -> None:
    old, new = _change("2026-11-01T00:00:00Z"), _change("2026-11-03T00:00:00Z")

    assert MEMORY.newer([new, old]) == (new,)


def test_a_memory_is_kept_without_what_commands_say(tmp_path: Path) -> None:
    file = tmp_path / "state" / "seen.json"
    write_memory(file, MEMORY)

    assert read_memory(file) == MEMORY
    assert b"hunter22" not in file.read_bytes()


def test_a_memory_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    (tmp_path / "seen.json").write_text('{"launches": 1')

    assert read_memory(tmp_path / "seen.json") == NOTHING_SEEN
    assert read_memory(tmp_path / "missing.json") == Memory()


def test_names_with_half_a_pair_of_surrogates_are_kept(tmp_path: Path) -> None:
    tool = Reach(server="pypi:a", tool="\ud800", category=Category.READ)
    hostile = Answers(mark="m", servers={"pypi:a": Known(listed=True, tools=(tool,))})
    item = _item("\ud800", "uvx", "\udfff")
    memory = replace(MEMORY.after([item], [str(FILE)], NOW), answers=hostile)

    write_memory(tmp_path / "seen.json", memory)

    assert read_memory(tmp_path / "seen.json") == memory
    assert list(memory.notes(item)) == []


def _change(seen_at: str) -> Change:
    return Change(server=ServerName.parse("pypi:a"), kind="tool_added", seen_at=seen_at, tool="x")
