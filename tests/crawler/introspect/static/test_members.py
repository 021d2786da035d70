"""How much of the types that tools take is written out."""

from crawler.introspect.static.members import DEEPEST, MOST_MEMBERS, Members
from crawler.tools import Json


def test_a_type_is_written_out_once_for_many_tools() -> None:
    """What it takes of the room is counted each time."""
    members, written = Members(), []

    def write() -> dict[str, Json]:
        written.append(1)
        members.spend(MOST_MEMBERS // 2)
        return {"type": "string"}

    for _ in range(100):
        members.renew()
        assert members.once("A", 1, write) == members.once("A", 1, write) == {"type": "string"}
        assert members.once("A", 1, write) == {}
    assert len(written) == 1


def test_a_type_that_is_too_large_for_any_tool_is_looked_at_once() -> None:
    """It is left out, and costs the next tool nothing."""
    members, written = Members(), []

    def write() -> dict[str, Json]:
        while members.spend():
            written.append(1)
        return {"type": "object"}

    for _ in range(100):
        members.renew()
        assert members.once("Large", 1, write) == {}
    assert len(written) == MOST_MEMBERS


def test_types_inside_of_themselves_and_far_down_are_left_open() -> None:
    """The first is an object, the second anything."""
    members = Members()

    def write() -> dict[str, Json]:
        return {"inside": members.once("A", 2, write), "deep": members.once("B", DEEPEST + 1, write)}

    assert members.once("A", 1, write) == {"inside": {"type": "object"}, "deep": {}}
