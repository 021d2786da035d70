"""A person's answer to a held call, on record before it counts."""

from contextlib import closing
from pathlib import Path
from typing import Literal

from msgspec import Struct

from enforce.approvals import Approvals, Question
from enforce.audit.log import AuditLog
from enforce.clocks import stamp, steady_clock
from enforce.state import existing_state

#: The key binds a question to its call when it is put, and nobody puts one here.
_NO_KEY = b""


class Desk(Struct, frozen=True, kw_only=True):
    """Where the questions lie, and where answers are recorded."""

    state: Path
    audit: Path

    def waiting(self) -> list[Question]:
        """Calls that wait, oldest first."""
        with closing(existing_state(self.state)) as state:
            return Approvals(state, _NO_KEY).waiting(steady_clock()())

    def listing(self) -> list[Question]:
        """All calls that are remembered, oldest first."""
        with closing(existing_state(self.state)) as state:
            return Approvals(state, _NO_KEY).listing()

    def answer(self, question: str, outcome: Literal["approved", "denied"], by: str) -> bool:
        """Answer one; false where no such question waits. Raises AuditFailed, and then nothing was answered."""
        now = steady_clock()()
        if question not in {each.id for each in self.waiting()}:
            return False
        with closing(AuditLog(self.audit)) as audit, closing(existing_state(self.state)) as state:
            approvals = Approvals(state, _NO_KEY)
            with approvals.together():  # an answer that is not on record is none
                if not approvals.answer(question, outcome, by, now):
                    return False
                record = {"event": "approval", "question": question, "outcome": outcome, "by": by}
                audit.write({"time": stamp()(now), **record})
        return True
