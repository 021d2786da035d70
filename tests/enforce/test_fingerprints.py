"""Argument values in the audit log as keyed digests."""

import json
import sqlite3
from pathlib import Path
from typing import Any

from enforce.approvals import Approvals
from enforce.audit.log import AuditLog
from enforce.counters.memory import MemoryCounters
from enforce.decisions import Party
from enforce.fingerprints import Fingerprints
from enforce.gate import Gate
from enforce.judge import Judge
from enforce.law import Law
from enforce.passage import Passage
from enforce.pins import Pins
from enforce.policyfile import read_policy
from enforce.tasks import SqliteTasks

POLICY = '{"version": "1", "default": "deny", "tools": {"pay": {"redact": {"args": ["args.token"]}}}}'


def judge() -> Judge:
    state = sqlite3.connect(":memory:", isolation_level=None)
    law = Law(read_policy(POLICY, "policy.json"))
    return Judge(
        law,
        MemoryCounters(),
        Pins(state),
        Approvals(state, b"key"),
        Party(server="s"),
        tasks=SqliteTasks(state),
    )


def test_equal_values_have_one_digest_and_others_another() -> None:
    """Whatever the order of their keys; another name, another key and another value make another digest."""
    prints = Fingerprints(b"k" * 32, judge())
    one = prints.of("t", {"a": {"x": 1, "y": 2}, "b": "text"})
    assert one == prints.of("t", {"b": "text", "a": {"y": 2, "x": 1}})
    assert [len(digest) for digest in one.values()] == [32, 32]
    others: list[dict[str, Any]] = [{"a": "text"}, {"a": {"x": 1, "y": 3}}, {"a": {"x": "1", "y": 2}}]
    assert len({one["a"], one["b"], *(prints.of("t", each)["a"] for each in others)}) == 5
    assert Fingerprints(b"l" * 32, judge()).of("t", {"b": "text"}) != prints.of("t", {"b": "text"})


def test_what_the_policy_redacts_leaves_no_trace() -> None:
    """Two tokens look the same, denied or allowed."""
    prints = Fingerprints(b"k" * 32, judge())
    assert prints.of("pay", {"token": "one"}) == prints.of("pay", {"token": "two"})
    assert prints.of("pay", {"token": "one"}) != prints.of("pay", {"token": "one", "n": 1})


def test_decisions_carry_the_digests(tmp_path: Path) -> None:
    """Where they are asked for; the values themselves are nowhere in the log."""
    asked, path = judge(), tmp_path / "audit.jsonl"
    log = AuditLog(path)
    gate = Gate(asked, log, clock=lambda: 1000.0, values=Fingerprints(b"k" * 32, asked).of)
    params = {"name": "pay", "arguments": {"token": "hush-hush", "amount": 5}}
    for message in (
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {**params, "name": "other"}},
        {"jsonrpc": "2.0", "id": 3, "method": "tools/list"},
    ):
        gate.from_client(json.dumps(message).encode(), Passage())
    log.close()
    records = [json.loads(line) for line in path.read_text().splitlines()]
    assert [sorted(record.get("values", {})) for record in records] == [
        ["amount", "token"],
        ["amount", "token"],
        [],
    ]
    assert records[0]["values"]["amount"] == records[1]["values"]["amount"]
    assert "hush" not in path.read_text()
