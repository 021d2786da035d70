"""Held calls put before the person at the client: as a question of the protocol, where the client shows those."""

import json
from typing import Any, Literal

from msgspec import Struct

from crawler.mcp.jsonrpc import Id, Json, Message, encode
from enforce.decisions import Decision
from enforce.redaction import blank_arguments

#: How our questions and their state are called, so that nobody takes them for the server's own.
NAME = "tollhouse-approval"

#: Seconds for which a call is kept open while its question is shown; most clients give a call up after sixty.
PATIENCE = 25.0

#: Questions that were shown for too long, whose answers still count.
MOST_LATE = 100

#: Questions that clients without sessions are known to have been shown.
MOST_SHOWN = 1_000

#: Characters of the arguments that are shown.
LONGEST = 2_000

Answer = Literal["approved", "denied"]

_CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"
_SCHEMA = {
    "type": "object",
    "properties": {"decision": {"type": "string", "enum": ["approve", "deny"], "title": "Decision"}},
    "required": ["decision"],
}


class Waiting(Struct, frozen=True, kw_only=True):
    """A call that is open while its client shows a question."""

    id: Id
    message: Message
    decision: Decision
    #: Seconds since the epoch.
    until: float


class Elicitation:
    """The questions at one client.

    In the older revisions the call stays open while the client is asked, and is answered as held if that takes long;
    in the new one the call is answered with the question, and comes again with its answer.
    """

    def __init__(self) -> None:
        self._shows_questions = False
        #: By the id of our question.
        self.waiting: dict[Id, Waiting] = {}
        self._late: dict[Id, None] = {}
        #: What is shown already, also by requests beside this one.
        self._shown: dict[Id, None] = {}

    def follow(self, earlier: "Elicitation") -> None:
        """Stand after the same handshake as *earlier*, and show nothing twice."""
        self._shows_questions, self._shown = earlier._shows_questions, earlier._shown

    def note_handshake(self, params: dict[str, Json]) -> None:
        """Look whether a client of the older revisions can show questions."""
        capabilities = params.get("capabilities")
        found = capabilities.get("elicitation") if isinstance(capabilities, dict) else None
        self._shows_questions = _has_forms(found)

    def holds(self, id: Id) -> bool:
        """Whether a call with this id is open here."""
        return any(each.id == id for each in self.waiting.values())

    def is_ours(self, id: Id) -> bool:
        """Whether an answer is to a question of ours."""
        return id in self.waiting or id in self._late

    def ask(self, id: Id, message: Message, decision: Decision, now: float) -> bytes | None:
        """What to say to the client about a held call; `None` where it cannot be asked, or was asked already."""
        if "requestState" in message.params or "inputResponses" in message.params:
            return (
                None  # another question's answer, which belongs to the server, would be lost or not be seen
            )
        name = named(decision.question)
        params = {"message": _words(message, decision), "requestedSchema": _SCHEMA}
        question = {"method": "elicitation/create", "params": {"mode": "form", **params}}
        if _is_modern(message.params):
            asked = {"resultType": "input_required", "inputRequests": {NAME: question}, "requestState": name}
            return encode({"jsonrpc": "2.0", "id": id, "result": asked})
        if not self._shows_questions or name in self._shown:
            return None
        self._shown[name] = None
        if len(self._shown) > MOST_SHOWN:
            del self._shown[next(iter(self._shown))]
        self.waiting[name] = Waiting(id=id, message=message, decision=decision, until=now + PATIENCE)
        return encode({"jsonrpc": "2.0", "id": name, "method": question["method"], "params": params})

    def take_answer(self, id: Id) -> Waiting | None:
        """The call whose question was answered; `None` where it was answered as held meanwhile."""
        self._late.pop(id, None)
        self._shown.pop(id, None)
        return self.waiting.pop(id, None)

    def take_late(self, now: float) -> list[Waiting]:
        """Calls that have waited for long enough; their questions stand."""
        late = {id: each for id, each in self.waiting.items() if now >= each.until}
        for id in late:
            del self.waiting[id]
            self._late[id] = None
            if len(self._late) > MOST_LATE:
                oldest = next(iter(self._late))
                del self._late[oldest]
                self._shown.pop(oldest, None)
        return list(late.values())

    def cancel(self, id: Id) -> Id | None:
        """Forget a call that its client gave up; the id of the question that nobody need answer now."""
        found = next((name for name, each in self.waiting.items() if each.id == id), None)
        if found is not None:
            del self.waiting[found]
            self._late[found] = None
        return found


def named(question: str | None) -> str:
    """The id under which a client is shown a question."""
    return f"{NAME}-{question}"


def split_answer(message: Message) -> tuple[Message, str | None, Answer | None]:
    """A call of the new revision without our part of it: the call itself, the question, and what was answered."""
    params = message.params
    responses, state = params.get("inputResponses"), params.get("requestState")
    if not isinstance(responses, dict) or NAME not in responses or not isinstance(state, str):
        return message, None, None
    answer = read_answer({"result": responses[NAME]})
    kept = {key: value for key, value in params.items() if key not in ("inputResponses", "requestState")}
    body = {**message.body, "params": kept}
    plain = Message(kind=message.kind, id=message.id, method=message.method, body=body, encoded=encode(body))
    return plain, state.removeprefix(f"{NAME}-"), answer


def read_answer(body: dict[str, Json]) -> Answer | None:
    """What the person said; `None` where they closed the question, or the client could not show it."""
    result = body.get("result")
    if not isinstance(result, dict) or result.get("action") not in ("accept", "decline"):
        return None
    content = result.get("content")
    said = content.get("decision") if isinstance(content, dict) else None
    return "approved" if result["action"] == "accept" and said == "approve" else "denied"


def _words(message: Message, decision: Decision) -> str:
    arguments = blank_arguments(message.params.get("arguments", {}), decision.redact.args)
    shown = json.dumps(arguments, default=str)
    cut = shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}... ({len(shown)} characters)"
    why = f"\n{decision.why}" if decision.why else ""
    return f"May the agent call {json.dumps(message.params['name'])}?{why}\nArguments: {cut}"


def _is_modern(params: dict[str, Json]) -> bool:
    meta: Any = params.get("_meta")
    capabilities = meta.get(_CAPABILITIES) if isinstance(meta, dict) else None
    return isinstance(capabilities, dict) and _has_forms(capabilities.get("elicitation"))


def _has_forms(capability: Json) -> bool:
    """Whether the client shows forms; one that says nothing of their kind does."""
    return isinstance(capability, dict) and (not capability or "form" in capability)
