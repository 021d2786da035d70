"""A gate between a client and a server that are both in the hand of a test."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crawler.mcp.jsonrpc import DEFAULT_BOUNDS, Bounds
from enforce.approvals import Approvals
from enforce.audit.log import AuditFailed
from enforce.counters import Counters
from enforce.counters.memory import MemoryCounters
from enforce.gate import Gate
from enforce.judge import Judge, Party
from enforce.law import Law
from enforce.passage import Passage
from enforce.pins import Pins
from enforce.policyfile import read_policy
from enforce.records import encoded
from enforce.tasks import SqliteTasks

ALLOW = {"version": "1", "default": "allow"}
STRICT = {
    "version": "1",
    "default": "deny",
    "hide": ["hidden"],
    "tools": {
        "echo": {},
        "pay": {"deny_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 100}], "on_deny": "Too much."}]},
        "note": {"limits": [{"counter": "n", "window": "minute", "max": 1}]},
        "drop": {"require_approval": True},
        "secret": {"redact": {"result": ["result.structuredContent.token", "result.content.*.text"]}},
        "strict": {"validate": "schema"},
    },
}  # fmt: skip


class Trail:
    """An audit log in a list."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self.fails = False

    def write(self, *records: Any) -> int:
        if self.fails:
            raise AuditFailed(Path("audit.jsonl"), "the disk is full")
        self.records += [json.loads(encoded(record)) for record in records]
        return len(self.records)

    @contextmanager
    def together(self) -> Iterator[None]:
        count = len(self.records)
        try:
            yield
        except Exception:
            del self.records[count:]
            raise


class Wire:
    """A gate with both ends in the hand of the test."""

    def __init__(
        self,
        policy: dict[str, Any],
        counters: Counters | None = None,
        *,
        state: sqlite3.Connection | None = None,
        dry_run: bool = False,
        bounds: Bounds = DEFAULT_BOUNDS,
    ) -> None:
        self.trail = Trail()
        self.notes: list[str] = []
        law = Law(read_policy(json.dumps(policy), "policy.json"))
        party = Party(server="notes", grant="local", session="s", identity="local")
        state = state or sqlite3.connect(":memory:", isolation_level=None)
        self.pins, self.approvals, self.tasks = Pins(state), Approvals(state, b"key"), SqliteTasks(state)
        judge = Judge(
            law,
            counters or MemoryCounters(),
            self.pins,
            self.approvals,
            party,
            tasks=self.tasks,
            dry_run=dry_run,
        )
        self.now = 1000.0
        self.gate = Gate(judge, self.trail, clock=lambda: self.now, bounds=bounds)

    def client(self, message: Any) -> tuple[list[Any], list[Any]]:
        """What reaches the server, and what comes back to the client."""
        return self._pass(self.gate.from_client, message)

    def server(self, message: Any) -> tuple[list[Any], list[Any]]:
        return self._pass(self.gate.from_server, message)

    def _pass(self, judge: Any, message: Any) -> tuple[list[Any], list[Any]]:
        passage = Passage()
        judge(message if isinstance(message, bytes) else json.dumps(message).encode(), passage)
        self.gate.write_down(passage)
        self.notes += passage.notes
        return [json.loads(line) for line in passage.to_server], [
            json.loads(line) for line in passage.to_client
        ]

    @property
    def events(self) -> list[tuple[str, str]]:
        """Each record's event with its outcome, status or reason."""
        return [
            (record["event"], record.get("outcome") or record.get("status") or record["reason"])
            for record in self.trail.records
        ]


def request(id: Any, method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "method": method, "params": params}


def call(id: Any, name: str, **arguments: Any) -> dict[str, Any]:
    return request(id, "tools/call", name=name, arguments=arguments)


def result(id: Any, **members: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "result": members}


def error(id: Any, code: int, message: str, **data: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message, **data}}


def denial(id: Any, words: str, rule: str, reason: str, **facts: Any) -> dict[str, Any]:
    text = f"{words} (rule: {rule})"
    outcome = facts.pop("outcome", "deny")
    meta = {"tollhouse/decision": {"outcome": outcome, "rule": rule, "reason": reason, **facts}}
    return result(
        id, resultType="complete", content=[{"type": "text", "text": text}], isError=True, _meta=meta
    )


AGAIN = "The same call will be blocked again, so do not retry it."


def text(answer: dict[str, Any]) -> str:
    return str(answer["result"]["content"][0]["text"])
