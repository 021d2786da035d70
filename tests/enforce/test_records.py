"""Records that are made of an earlier one say what they would say if each were put into words by itself."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crawler.mcp.jsonrpc import Message, parse
from enforce.allowances import LONGEST_NAMES, MOST_NAMED, REMEMBERED, Allowances
from enforce.decisions import Decision, Party, Would
from enforce.records import (
    LONGEST,
    decision_record,
    encoded,
)

PARTY = Party(server="notes", grant="g", session="s", identity='an "identity"')
ALLOW = Decision(outcome="allow", rule="/tools/echo")


def call(id: Any, tool: str, names: list[str]) -> Message:
    params = {"name": tool, "arguments": dict.fromkeys(names, 1)}
    return parse(json.dumps({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}).encode())


_NAMES = st.one_of(
    st.sampled_from(["a", "b", 'x","event":', "\u2028", "z" * (LONGEST + 1)]), st.text(max_size=5)
)
_CALLS = st.builds(
    call,
    st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=5),
    st.one_of(st.sampled_from(["echo", "e" * (LONGEST + 1)]), st.text(max_size=5)),
    st.lists(_NAMES, max_size=MOST_NAMED + 2, unique=True),
)
_DECISIONS = st.sampled_from([
    ALLOW,
    Decision(outcome="allow", rule="/tools/" + "e" * LONGEST),
    Decision(outcome="allow", rule="/tools/echo", would=(Would(outcome="deny", rule="/x", reason="r"),)),
    Decision(outcome="deny", rule="/tools/echo", reason="No."),
    Decision(outcome="hold", rule="/tools/echo"),
])  # fmt: skip


@given(st.lists(st.tuples(_CALLS, _DECISIONS), max_size=8))
def test_a_record_made_of_an_earlier_one_says_the_same(given: list[tuple[Message, Decision]]) -> None:
    allowances = Allowances(PARTY)
    for turn, (message, decision) in enumerate(given * 2):
        time = f"2026-11-23T23:59:{turn:02d}.000000Z"
        record = allowances.record(time, message, decision)
        if decision.outcome != "allow" or decision.would:
            assert record is None
        if record is not None:
            assert encoded(record) == encoded(decision_record(time, message, decision, PARTY))
            assert (record.server, record.outcome) == ("notes", "allow")


def test_what_an_agent_makes_up_is_not_kept_without_an_end() -> None:
    allowances = Allowances(PARTY)
    for number in range(3 * REMEMBERED):
        allowances.record("", call(1, "echo", [f"k{number}"]), ALLOW)
        allowances.record("", call(1, "echo", ["k" * LONGEST_NAMES + str(number)]), ALLOW)
    kept = [len(name) for names in allowances._tails for name in names]
    assert len(allowances._tails) <= REMEMBERED
    assert max(kept, default=0) <= LONGEST_NAMES
