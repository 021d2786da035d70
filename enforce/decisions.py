"""A call in motion, and what is decided about it."""

from typing import Literal, Protocol

from msgspec import Struct

from crawler.tools import Json
from enforce.counters import Reservation
from enforce.policy import Approval, Redact


class Definitions(Protocol):
    """What is known of the tools that the server listed."""

    def digest(self, tool: str) -> str | None:
        """The digest of the tool's definition as last listed; `None` where it was never listed."""

    def fault(self, tool: str, arguments: Json) -> str | None:
        """What the tool's own input schema has against *arguments*; `None` for nothing. Never listed is a fault."""


class Party(Struct, frozen=True, kw_only=True):
    """Who is on the client's side of a connection, and which server is on the other."""

    server: str
    #: Where the server is: several may run under one name, and an approval for one is none for another.
    place: str = ""
    grant: str = ""
    session: str = ""
    identity: str = ""


class Call(Struct, frozen=True, kw_only=True):
    """One call in motion, or another request: then `method` says which and `arguments` are its params."""

    tool: str = ""
    arguments: Json = {}
    method: str = "tools/call"
    server: str = ""
    place: str = ""
    grant: str = ""
    session: str = ""
    identity: str = ""
    #: `None`: nothing was listed yet, so what is pinned or validated is denied.
    definitions: Definitions | None = None


class Would(Struct, frozen=True, kw_only=True):
    """What a rule under `dry_run` would have done."""

    outcome: Literal["deny", "hold"]
    rule: str
    reason: str
    why: str | None = None


class Decision(Struct, frozen=True, kw_only=True):
    """What happens to a call."""

    outcome: Literal["allow", "deny", "hold"]
    #: JSON Pointer into the policy, or words in brackets such as `(default deny)`.
    rule: str
    #: One sentence for the agent; empty where the call is allowed.
    reason: str = ""
    #: The policy's own explanation, for people only.
    why: str | None = None
    #: The tool does not exist as far as the agent is concerned.
    hidden: bool = False
    #: To be taken, all or none, before the call is forwarded; see `settle`.
    reservations: tuple[Reservation, ...] = ()
    #: Reservations of limits under `dry_run`, each taken by itself.
    shadow: tuple[Reservation, ...] = ()
    #: Seconds after which the same call may pass; `None` where waiting does not help, or nobody knows how long.
    retry_after: float | None = None
    #: What the agent can do so that the call may pass; empty where it can do nothing.
    advice: str = ""
    #: The question to put to a person, where the call is held.
    approval: Approval | None = None
    #: The number of the question that was put about a held call.
    question: str | None = None
    would: tuple[Would, ...] = ()
    redact: Redact = Redact()
