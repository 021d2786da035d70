"""Calls that wait for a person: one question for one exact call, one answer for one use."""

import hmac
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import msgspec
from msgspec import Struct

from crawler.mcp.jsonrpc import Json
from enforce.decide import Call
from enforce.errors import StateFailed
from enforce.policy import Approval, Redact
from enforce.redaction import blank_arguments
from enforce.state import Kept, fault

#: Questions that may wait at once for one identity, so that an agent cannot flood a person.
MOST_WAITING = 20

#: Questions that may be put in an hour on account of one identity, whether or not they are answered.
MOST_AN_HOUR = 100

#: Seconds for which a question is kept that is answered and used, or has expired, and how many such questions are.
KEEP, MOST_KEPT = 7 * 86400, 1_000

#: Characters of the arguments that a person is shown.
LONGEST = 10_000

State = Literal["waiting", "approved", "denied", "used"]

_TABLE = """
CREATE TABLE IF NOT EXISTS approvals (
  id TEXT PRIMARY KEY, digest TEXT NOT NULL, server TEXT NOT NULL, identity TEXT NOT NULL, tool TEXT NOT NULL,
  arguments TEXT NOT NULL, why TEXT, asked REAL NOT NULL, expires REAL NOT NULL, timeout INTEGER NOT NULL,
  state TEXT NOT NULL, answered_by TEXT
)
"""
_FIELDS = "id, server, identity, tool, arguments, why, asked, expires, state, answered_by"
_OPEN = "SELECT id, state FROM approvals WHERE digest = ? AND state != 'used' AND expires > ? ORDER BY asked DESC LIMIT 1"
_RECENT = "SELECT count(*) FROM approvals WHERE identity = ? AND asked > ?"
_ASK = "INSERT INTO approvals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', NULL)"
_USE = "UPDATE approvals SET state = 'used' WHERE id = ? AND state = 'approved' AND expires > ?"
_WAITS = "SELECT 1 FROM approvals WHERE id = ? AND state = 'waiting' AND expires > ?"
_ANSWER = """
UPDATE approvals SET state = ?1, answered_by = ?2, expires = ?4 + timeout
WHERE id = ?3 AND state = 'waiting' AND expires > ?4
"""
# What was asked within an hour still counts against who asks too much, and what has not expired may still be used.
_TIDY = """
DELETE FROM approvals WHERE expires <= ?1 AND asked <= ?1 - 3600 AND (
  expires <= ?1 - ?2
  OR asked < (SELECT asked FROM approvals WHERE expires <= ?1 ORDER BY asked DESC LIMIT 1 OFFSET ?3)
)
"""

#: Writes equal values alike, whatever the order of their keys, and different ones differently.
_canonical = msgspec.json.Encoder(order="sorted", decimal_format="number")


class ApprovalsFailed(StateFailed):
    """The questions can be neither read nor written; the call stays held."""

    what = "the approvals cannot be used"


class Question(Struct, frozen=True, kw_only=True):
    """One call that a person is asked about."""

    id: str
    #: Its name, and in brackets where it is, should that be another.
    server: str
    identity: str
    tool: str
    #: JSON; what the policy redacts is blanked. Behind it, in words, what is cut and what else the call brings.
    arguments: str
    #: The policy's explanation.
    why: str | None
    #: Seconds since the epoch.
    asked: float
    expires: float
    state: State
    answered_by: str | None


def _nobody(_: Question) -> None:
    """Who wants to know of new questions looks for them."""


class Asked(Struct, frozen=True, kw_only=True):
    """Where a held call stands. `id` is `None` where too many questions wait already, and none was added."""

    id: str | None
    state: State


class Approvals(Kept):
    """The questions in a state file."""

    tables, failed = (_TABLE,), ApprovalsFailed

    def __init__(
        self, state: sqlite3.Connection, key: bytes, announce: Callable[[Question], None] = _nobody
    ) -> None:
        super().__init__(state)
        self._key = key
        self._announce = announce

    def ask(
        self,
        call: Call,
        approval: Approval,
        redact: Redact,
        law: str,
        now: float,
        answers: Json = None,
        *,
        resumes: bool = False,
    ) -> Asked:
        """Find the open question for exactly this call under this policy, or put it.

        *answers* are those that the call brings to questions of its server, and *resumes* says that it brings a state to
        go on from, which only its server can read: a person has to know of either.
        """
        digest = self._digest(call, law, answers, resumes)
        if rows := self._execute(_OPEN, digest, now):
            return Asked(id=rows[0][0], state=rows[0][1])
        if self._asks_too_much(call.identity, now):
            return Asked(id=None, state="waiting")
        self.tidy(now)
        question = Question(
            id=os.urandom(4).hex(),
            server=f"{call.server} ({call.place})" if call.place not in ("", call.server) else call.server,
            identity=call.identity,
            tool=call.tool,
            arguments=_told(call, redact, answers, resumes),
            why=approval.why,
            asked=now,
            expires=now + approval.timeout,
            state="waiting",
            answered_by=None,
        )
        about = (question.server, question.identity, question.tool, question.arguments, question.why)
        self._execute(_ASK, question.id, digest, *about, now, question.expires, approval.timeout)
        self._announce(question)
        return Asked(id=question.id, state="waiting")

    def _asks_too_much(self, identity: str, now: float) -> bool:
        """Whether so many questions wait for an identity, or were put lately, that none is added."""
        recent = self._execute(_RECENT, identity, now - 3600)[0][0]
        return recent >= MOST_AN_HOUR or len(self.waiting(now, identity)) >= MOST_WAITING

    @contextmanager
    def together(self) -> Iterator[None]:
        """Change nothing after all where the block ends with an error."""
        self._execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._execute("ROLLBACK")
            raise
        self._execute("COMMIT")

    def tidy(self, now: float) -> int:
        """Forget questions that were answered or have expired long ago; says how many. What became of them is in the audit log."""
        return self._change(_TIDY, now, KEEP, MOST_KEPT - 1)

    def waits(self, id: str, now: float) -> bool:
        """Whether a question has no answer yet, and has not expired."""
        return bool(self._execute(_WAITS, id, now))

    def use(self, id: str, now: float) -> bool:
        """Spend an approval; false where it was spent or has expired meanwhile."""
        return self._change(_USE, id, now) == 1

    def answer(self, id: str, state: Literal["approved", "denied"], by: str, now: float) -> bool:
        """A person's answer; false where no such question waits."""
        return self._change(_ANSWER, state, by, id, now) == 1

    def waiting(self, now: float, identity: str | None = None) -> list[Question]:
        """Questions without an answer, oldest first."""
        query = f"SELECT {_FIELDS} FROM approvals WHERE state = 'waiting' AND expires > ?1 AND (?2 IS NULL OR identity = ?2) ORDER BY asked"  # noqa: S608 - names of columns
        return [_question(row) for row in self._execute(query, now, identity)]

    def listing(self) -> list[Question]:
        """All questions that are kept, oldest first."""
        return [_question(row) for row in self._execute(f"SELECT {_FIELDS} FROM approvals ORDER BY asked")]  # noqa: S608

    def _digest(self, call: Call, law: str, answers: Json, resumes: bool) -> str:
        """Binds an answer to the call, whose call it is, and the policy; keyed, since arguments are often guessable."""
        whole = [law, call.server, call.place, call.grant, call.identity, call.tool, call.arguments]
        # Which state it is says nothing: a server that is called again gives another, of which nobody would be asked in time.
        whole += [] if answers is None and not resumes else [answers, resumes]
        return hmac.digest(self._key, _canonical.encode(whole), "sha256").hex()

    def _change(self, query: str, *values: Any) -> int:
        """How many rows it has changed."""
        try:
            return self._state.execute(query, values).rowcount
        except sqlite3.Error as error:
            raise ApprovalsFailed(fault(self._state, error)) from error


def _told(call: Call, redact: Redact, answers: Json, resumes: bool) -> str:
    """What a person is told that the call brings."""
    words = _shown(blank_arguments(call.arguments, redact.args))
    if answers is not None:
        words += f" WITH ANSWERS TO THE SERVER {_shown(answers)}"
    if resumes:
        words += " GOING ON FROM A STATE THAT ONLY THE SERVER CAN READ"
    return words


def _shown(arguments: Any) -> str:
    """The arguments for a person, who must see where something is left out."""
    text = json.dumps(arguments, default=str)
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}... AND {len(text) - LONGEST} MORE CHARACTERS THAT ARE NOT SHOWN"


def _question(row: tuple[Any, ...]) -> Question:
    return Question(**dict(zip(Question.__struct_fields__, row, strict=True)))
