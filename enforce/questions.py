"""A gate's own questions to the person at the client: put, answered, recorded, given up."""

from msgspec import Struct
from msgspec.structs import replace

from crawler.mcp.jsonrpc import Id, Message, encode
from enforce import answers
from enforce.approvals import ApprovalsFailed
from enforce.audit.log import AuditFailed
from enforce.clocks import Clock
from enforce.decisions import Decision
from enforce.elicitation import Answer, Elicitation, Waiting, named, read_answer, split_answer
from enforce.judge import Judge
from enforce.passage import Passage
from enforce.recorder import Recorder


class Questions(Struct, eq=False):
    """Those of one connection; with no *elicitation*, nobody is asked by way of the client."""

    _elicitation: Elicitation | None
    _judge: Judge
    _recorder: Recorder
    _clock: Clock

    def note_handshake(self, message: Message) -> None:
        """Look whether the client can show questions."""
        if self._elicitation is not None:
            self._elicitation.note_handshake(message.params)

    def follow(self, earlier: "Questions") -> None:
        """Ask as *earlier* does, after the same handshake."""
        if self._elicitation is not None and earlier._elicitation is not None:
            self._elicitation.follow(earlier._elicitation)

    def holds(self, id: Id) -> bool:
        """Whether a call with this id is kept open."""
        return self._elicitation is not None and self._elicitation.holds(id)

    def is_ours(self, id: Id | None) -> bool:
        """Whether an id is that of a question of ours."""
        return self._elicitation is not None and id is not None and self._elicitation.is_ours(id)

    def decide(self, message: Message, now: float, passage: Passage) -> tuple[Message, Decision]:
        """Judge a request, which may bring the answer to a question; the request without our part of it, and the decision."""
        message, question, answer = split_answer(message)
        decision = self._judge.decide(message, now)
        if question is None:
            return message, decision
        if question == decision.question and answer is not None:
            self.answer(question, answer, passage)
            decision = self._judge.decide(message, now)
        # Who closed a question is not shown it again at once.
        return message, replace(decision, question=None)

    def put(self, id: Id, message: Message, decision: Decision, passage: Passage) -> bool:
        """Ask about a held call; whether that is what the client hears of it."""
        if self._elicitation is None or decision.question is None:
            return False
        asked = self._elicitation.ask(id, message, decision, self._clock())
        if asked is None:
            return False
        passage.to_client.append(asked)
        if self._elicitation.holds(id):
            passage.held, passage.question = id, named(decision.question)
        return True

    def answered(self, message: Message, passage: Passage) -> Message | None:
        """A person has answered, or closed the question: the call to judge again, unless it is answered already."""
        if self._elicitation is None or message.id is None:
            return None
        held = self._elicitation.take_answer(message.id)
        answer = read_answer(message.body)
        if answer is not None:
            self.answer(str(message.id).rpartition("-")[2], answer, passage)
        if held is None:
            return None
        passage.resumed = held.id
        if answer is not None:
            return held.message
        passage.to_client.append(_still_held(held))
        return None

    def answer(self, question: str, answer: Answer, passage: Passage) -> None:
        """Take a person's answer; one that cannot be recorded is none, and one that comes too late is not on record."""
        now = self._clock()
        try:
            if not self._judge.waits(question, now):
                return
            self._recorder.approval(question, answer, f"{self._judge.party.identity}'s client", now)
            self._judge.answer(question, answer, now)
        except (AuditFailed, ApprovalsFailed) as fault:
            passage.notes.append(str(fault))

    def cancel(self, id: Id | None, passage: Passage) -> None:
        """The client has given up a call; its question is withdrawn."""
        question = self._elicitation.cancel(id) if self._elicitation is not None and id is not None else None
        if question is not None:
            passage.resumed = id
            passage.to_client.append(encode(answers.cancelled(question)))

    def expire(self, passage: Passage) -> None:
        """Answer calls that have waited long enough."""
        if self._elicitation is not None and self._elicitation.waiting:
            passage.to_client += map(_still_held, self._elicitation.take_late(self._clock()))

    def gone(self, words: str, passage: Passage) -> None:
        """Answer everything that waits, since its server has gone."""
        for held in self._elicitation.waiting.values() if self._elicitation is not None else ():
            passage.tell_client(held.id, answers.INTERNAL_ERROR, words)


def _still_held(held: Waiting) -> bytes:
    return encode(answers.denied_call(held.id, held.message.params["name"], held.decision))
