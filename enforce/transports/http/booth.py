"""One identity at one server: its law, its sessions, its gate in each of them."""

import os
from collections import OrderedDict
from collections.abc import Callable

from crawler.mcp.jsonrpc import Id
from enforce.gate import Gate
from enforce.judge import Judge, Party
from enforce.law import Law
from enforce.passage import Passage

#: Sessions that one identity may have at one server; beyond them the one used least lately is forgotten.
MOST_SESSIONS = 10_000

#: Questions at clients without sessions whose answers are still taken.
MOST_ASKING = 1_000

#: Puts one line of the gate's own before a client that listens.
Say = Callable[[bytes], None]

MakeGate = Callable[[Judge], Gate]
MakeJudge = Callable[[Law, Party], Judge]


class Booth:
    """Where the requests of one identity to one server are judged."""

    def __init__(self, law: Law, server: str, place: str, identity: str, judge: MakeJudge, gate: MakeGate) -> None:  # fmt: skip
        self._law = law
        self._place = place
        #: The name under which calls of the server are counted.
        self.server = server
        self._identity = identity
        self._make_judge = judge
        self._make_gate = gate
        self._sessions: OrderedDict[bytes, Gate] = OrderedDict()
        #: Gates of calls without a session that are kept open while their client is shown a question, by that.
        self._asking: OrderedDict[Id, Gate] = OrderedDict()
        #: Gates of sessions that have ended, which may still have something to write down.
        self._ended: list[Gate] = []
        #: Its identity may not come any more.
        self.closed = False
        #: Streams on which clients hear what nobody asked for, and the gates that they belong to.
        self._listening: dict[Say, Gate] = {}
        #: Requests of the new revision stand alone; all share what was listed, and the older ones without a session too.
        self._judge = self._new_judge("")
        self._without = gate(self._judge)

    def gate(self) -> Gate:
        """A gate for one request of the new revision."""
        return self._without.beside()

    def gate_without_session(self) -> Gate:
        """A gate for one request of an older revision to a server that keeps no sessions: its clients choose ids alike."""
        gate = self._without.beside()
        gate.follow(self._without)
        return gate

    def asks(self, question: Id, gate: Gate) -> None:
        """A client without a session is shown a question about a call at *gate*."""
        self._asking[question] = gate
        if len(self._asking) > MOST_ASKING:
            self._asking.popitem(last=False)

    def gate_asking(self, question: Id) -> Gate | None:
        """The gate at which a question was put whose answer comes in a request of its own; it is taken once."""
        return self._asking.pop(question, None)

    def opening(self) -> Gate:
        """A gate for a handshake, which may open a session."""
        return self._make_gate(self._new_judge(os.urandom(8).hex()))

    def open(self, session: bytes | None, gate: Gate) -> None:
        """A handshake is done; the session, where the server gave it a name, is this identity's, at this server, alone."""
        if gate.judge.law is not self._law:  # it has changed while the server took its time
            gate.judge.adopt(self._law)
        if session is None:
            self._without.note_handshake(gate)
            return
        self._sessions[session] = gate
        if len(self._sessions) > MOST_SESSIONS:
            self._ended.append(self._sessions.popitem(last=False)[1])

    def session(self, session: bytes) -> Gate | None:
        """The gate of a session that was opened here."""
        gate = self._sessions.get(session)
        if gate is not None:
            self._sessions.move_to_end(session)
        return gate

    def close(self, session: bytes) -> None:
        """Forget a session."""
        gate = self._sessions.pop(session, None)
        if gate is not None:
            self._ended.append(gate)

    def write_down(self) -> list[str]:
        """Record how calls have ended; to be called from time to time, and at the end. Gives words about what went wrong."""
        passage = Passage()
        for gate in (self._without, *self._sessions.values(), *self._ended):
            gate.write_down(passage)
        self._ended.clear()
        return passage.notes

    def listens(self, gate: Gate, say: Say) -> None:
        """A client listens from now on."""
        self._listening[say] = gate

    def leaves(self, say: Say) -> None:
        """A client listens no more."""
        self._listening.pop(say, None)

    def adopt(self, law: Law) -> None:
        """Judge by another law from now on, in every session, and tell who listens where that changes what is to be seen."""
        self._law = law
        gates = [self._without, *self._sessions.values(), *self._listening.values()]
        changed = set()
        for judge in {gate.judge for gate in gates}:
            before = judge.visible_tools()
            judge.adopt(law)
            if judge.visible_tools() != before:
                changed.add(judge)
        for say, gate in list(self._listening.items()):
            if gate.judge in changed:
                passage = Passage()
                gate.announce(passage)
                for line in passage.to_client:
                    say(line)

    def _new_judge(self, session: str) -> Judge:
        who = self._identity
        party = Party(server=self.server, place=self._place, grant=who, session=session, identity=who)
        return self._make_judge(self._law, party)
