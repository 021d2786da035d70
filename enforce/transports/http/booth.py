"""One identity at one server: its law, its sessions, its gate in each of them."""

import os
from collections import OrderedDict
from collections.abc import Callable

from enforce.gate import Gate
from enforce.judge import Judge, Party
from enforce.law import Law

#: Sessions that one identity may have at one server; beyond them the one used least lately is forgotten.
MOST_SESSIONS = 10_000

MakeGate = Callable[[Judge], Gate]
MakeJudge = Callable[[Law, Party], Judge]


class Booth:
    """Where the requests of one identity to one server are judged."""

    def __init__(self, law: Law, server: str, identity: str, judge: MakeJudge, gate: MakeGate) -> None:
        self._law = law
        self._server = server
        self._identity = identity
        self._make_judge = judge
        self._make_gate = gate
        self._sessions: OrderedDict[bytes, Gate] = OrderedDict()
        #: Requests of the new revision stand alone; all share what was listed, and the older ones without a session too.
        self._judge = self._new_judge("")
        self._without = gate(self._judge)

    def gate(self) -> Gate:
        """A gate for one request of the new revision."""
        return self._make_gate(self._judge)

    def gate_without_session(self) -> Gate:
        """The gate for requests of an older revision to a server that keeps no sessions."""
        return self._without

    def opening(self) -> Gate:
        """A gate for a handshake, which may open a session."""
        return self._make_gate(self._new_judge(os.urandom(8).hex()))

    def open(self, session: bytes | None, gate: Gate) -> None:
        """A handshake is done; the session, where the server gave it a name, is this identity's, at this server, alone."""
        if session is None:
            self._without = gate
            return
        self._sessions[session] = gate
        if len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)

    def session(self, session: bytes) -> Gate | None:
        """The gate of a session that was opened here."""
        gate = self._sessions.get(session)
        if gate is not None:
            self._sessions.move_to_end(session)
        return gate

    def close(self, session: bytes) -> None:
        """Forget a session."""
        self._sessions.pop(session, None)

    def adopt(self, law: Law) -> None:
        """Judge by another law from now on, in every session."""
        self._law = law
        for gate in [self._without, *self._sessions.values()]:
            gate.judge.adopt(law)

    def _new_judge(self, session: str) -> Judge:
        party = Party(server=self._server, grant=self._identity, session=session, identity=self._identity)
        return self._make_judge(self._law, party)
