"""What is open in both directions of one connection: only what was asked may be answered."""

from typing import Any

from msgspec import Struct

from crawler.mcp.jsonrpc import Id
from enforce.policy import Redact

#: Requests that one client may have open at once.
MOST_OPEN = 10_000

#: Answered requests of which a client that takes up a broken stream may hear once more.
MOST_ANSWERED = 1_000

#: Events of streams that a client can ask to go on from, and bytes of an event's name.
MOST_EVENTS, LONGEST_EVENT = 10_000, 1_000

#: Tasks whose results must still be redacted.
MOST_TASKS = 10_000


class Open(Struct, kw_only=True):
    """A request that was forwarded and has not been answered."""

    method: str
    params: dict[str, Any]
    #: The number of its decision in the audit log.
    seq: int
    #: When it was forwarded, in seconds since the epoch.
    since: float
    redact: Redact
    cancelled: bool = False
    #: It was answered, and is open once more since its client takes up a broken stream.
    answered: bool = False


class Ledger(Struct, eq=False):
    """The open requests of one client and of its server. Ids are typed: 1 and "1" are two."""

    #: The client's requests.
    calls: dict[Id, Open] = {}
    #: The server's own requests; only the older revisions have them.
    asked: dict[Id, None] = {}
    #: Requests answered in streams that can be taken up again.
    answered: dict[Id, Open] = {}
    #: The names of events that the client has seen; it may go on from no other, which could be somebody else's.
    events: dict[bytes, None] = {}
    #: What must be blanked in the result of a task, by the task's id.
    tasks: dict[str, Redact] = {}

    def is_full(self) -> bool:
        """Whether one more request would be too many; cancelled ones make room."""
        if len(self.calls) >= MOST_OPEN:
            for id in [id for id, call in self.calls.items() if call.cancelled]:
                del self.calls[id]
        return len(self.calls) >= MOST_OPEN

    def keep(self, id: Id, call: Open) -> None:
        """Remember a request whose answer its client may ask to hear again."""
        if len(self.answered) >= MOST_ANSWERED:
            del self.answered[next(iter(self.answered))]
        self.answered[id] = call

    def note_event(self, name: bytes) -> None:
        """The client is shown an event."""
        if len(self.events) >= MOST_EVENTS:
            del self.events[next(iter(self.events))]
        if len(name) <= LONGEST_EVENT:
            self.events[name] = None

    def reopen(self, id: Id) -> None:
        """Expect the answer of a request once more, where it was kept."""
        call = self.answered.get(id)
        if call is not None and id not in self.calls:
            call.answered = True
            self.calls[id] = call

    def clear(self) -> None:
        """Nothing is open any more."""
        self.calls.clear()
        self.asked.clear()
        self.answered.clear()
        self.events.clear()
        self.tasks.clear()

    def remember_task(self, task: Any, redact: Redact) -> None:
        """Keep what must be blanked when the result of the task is fetched."""
        if isinstance(task, str) and redact.result:
            if len(self.tasks) >= MOST_TASKS:
                del self.tasks[next(iter(self.tasks))]
            self.tasks[task] = redact
