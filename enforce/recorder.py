"""What a gate writes into the audit log, and when."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from crawler.mcp.jsonrpc import Json, Message
from enforce import records
from enforce.allowances import Allowances
from enforce.audit.log import AuditFailed
from enforce.clocks import stamp
from enforce.decisions import Decision, Party
from enforce.ledger import Open
from enforce.records import Decided, Record
from enforce.repeats import Repeats

#: Records of outcomes that are worth a write of their own.
ENDED_TOGETHER = 32

#: Records of outcomes that are kept while the log cannot be written.
MOST_ENDED = 10_000


#: How a call ended, not put into words yet: the number of its decision, the status, when, after how many seconds, the code.
_End = tuple[int, str, float, float, int | None]

#: Makes digests of the arguments of a call, by the tool's name and the arguments.
Values = Callable[[str, dict[str, Json]], dict[str, str]]


class Audit(Protocol):
    """A log that is chained and has one writer."""

    def write(self, *records: Record) -> int:
        """Append records and give the last one's number; raises AuditFailed."""

    def together(self) -> AbstractContextManager[None]:
        """Write all records of a block at its end, or none; raises AuditFailed there."""


class Recorder:
    """Writes for one connection. Times are in seconds since the epoch.

    A decision is written before anything is forwarded. How calls have ended is kept until some have, or until the
    transport has a moment, since nothing waits for it.
    """

    def __init__(
        self, audit: Audit, party: Party, values: Values | None = None, repeats: Repeats | None = None
    ) -> None:
        self._audit = audit
        self._repeats = repeats or Repeats()
        self._values = values
        self._stamp = stamp()
        self._party = party
        self._allowances = Allowances(party)
        #: How calls have ended, and other records that nothing waits for.
        self._ended: list[Record | _End] = []

    def together(self) -> AbstractContextManager[None]:
        """Write everything of a block at once; raises AuditFailed at its end."""
        return self._audit.together()

    def decision(self, message: Message, decision: Decision, now: float) -> int:
        """Write a decision down and give its number, which says nothing where it is only counted; raises AuditFailed."""
        if self._values is None:
            alike = self._allowances.record(self._stamp(now), message, decision)
            if alike is not None:
                return self._audit.write(alike)
        record = self._decision_record(message, decision, now)
        if decision.outcome == "allow" or self._repeats.tells(record, decision.question):
            return self._audit.write(record)
        return 0

    def is_behind(self) -> bool:
        """Whether so many calls have ended that it is time to write that down."""
        return len(self._ended) >= ENDED_TOGETHER

    def approval(self, question: str, outcome: str, by: str, now: float) -> None:
        """Write down what a person answered; raises AuditFailed."""
        time = self._stamp(now)
        self._audit.write(
            {"time": time, "event": "approval", "question": question, "outcome": outcome, "by": by}
        )

    def denial(self, message: Message, decision: Decision, now: float, notes: list[str]) -> None:
        """Write down what is not let through, where nobody can be told that the log fails."""
        record = self._decision_record(message, decision, now)
        if self._repeats.tells(record):
            notes.append(f"{message.method[:100]!r} was not let through: {decision.reason}")
            self._try(notes, record)

    def refusal(self, side: str, reason: str, now: float, notes: list[str]) -> None:
        """A message that was none, or that nobody had asked for; *side* is who sent it."""
        record = records.refusal_record(self._stamp(now), side, reason, self._party)
        if self._repeats.tells(record):
            notes.append(f"a message of the {side} was refused: {reason}")
            self._try(notes, record)

    def end(self, call: Open, status: str, now: float, code: int | None = None) -> None:
        """How a call ended."""
        self._ended.append((call.seq, "cancelled" if call.cancelled else status, now, now - call.since, code))

    def drift(self, words: str, now: float) -> None:
        """A definition that is not the accepted one."""
        self._ended.append(records.drift_record(self._stamp(now), words, self._party))

    def flush(self, now: float, notes: list[str]) -> None:
        """Write down what has ended."""
        self._ended += self._repeats.take_due(self._stamp(now))
        if self._ended:
            self._try(notes)

    def _in_words(self, ended: "Record | _End") -> Record:
        if not isinstance(ended, tuple):
            return ended
        seq, status, now, seconds, code = ended
        return records.outcome_record(self._stamp(now), seq, status, seconds, code)

    def _decision_record(self, message: Message, decision: Decision, now: float) -> Decided:
        values = None
        if self._values is not None and message.method == "tools/call":
            values = self._values(message.params["name"], message.params.get("arguments", {}))
        return records.decision_record(self._stamp(now), message, decision, self._party, values)

    def _try(self, notes: list[str], *later: Record) -> None:
        """Write what has happened already, or is not let through: a failing log changes nothing about it."""
        try:
            self._audit.write(*map(self._in_words, self._ended), *later)
            self._ended.clear()
        except AuditFailed as fault:
            del self._ended[:-MOST_ENDED]
            notes.append(str(fault))
