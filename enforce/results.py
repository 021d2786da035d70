"""What is done to a server's results before the agent sees them: lists filtered, fields blanked, questions judged."""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from crawler.mcp.jsonrpc import Json, Message, bare
from enforce import listings, records
from enforce.clocks import Clock
from enforce.decide import Decision
from enforce.identities import LOCAL
from enforce.judge import Judge
from enforce.ledger import Ledger, Open
from enforce.methods import TASK_STATES
from enforce.passage import Passage
from enforce.policy import Redact
from enforce.recorder import Recorder
from enforce.redaction import blank
from enforce.tasks import TasksFailed, task_of

#: The method that opens a connection of the older revisions, in which servers ask questions of their own.
HANDSHAKE = "initialize"

#: Tools of one list whose drift is told one by one.
MOST_TOLD = 100

#: Keys of a result by which it is judged, and with them those that most results have.
JUDGED_KEYS = frozenset({"resultType", "inputRequests", "requestState", "instructions"})
RESULT_KEYS = JUDGED_KEYS | {"content", "structuredContent", "isError", "_meta"}
#: The key of an error's data under which addresses stand that a person is to go to first.
ASKS = "elicitations"

_QUESTION = frozenset({"method", "params"})

#: What a result may be, by the protocol and its extension for tasks.
_KINDS = ("complete", "input_required", "task")


class Results(Struct, eq=False):
    """Looks through the results of one connection; what it takes out is taken out in place."""

    _judge: Judge
    _ledger: Ledger
    _recorder: Recorder
    _clock: Clock
    #: The server said in a handshake that it tells when its tools change.
    promised: bool = False

    def edit(self, call: Open, result: dict[str, Json], passage: Passage) -> bool:
        """Take out of a result what the agent may not see; says whether it changed."""
        redact = call.redact
        if call.method == "tools/list":
            return self._edit_list(call, result, passage)
        if call.method in (HANDSHAKE, "server/discover"):
            self.promised = call.method == HANDSHAKE and listings.promises_tools(result)
            return self._edit_instructions(result, passage)
        if call.method == "tasks/list":
            return self._judge.keep_own_tasks(result)
        if call.method in TASK_STATES:
            redact = self._of_task(call.params.get("taskId"))
        if not redact.result:
            return False
        self._ledger.remember_task(task_of(result), redact)
        nested = blank(result.get("result"), redact.result)  # that of a task, fetched with its status
        return blank(result, redact.result) or nested

    def edit_status(self, params: dict[str, Json]) -> bool:
        """Blank the result that comes with the news of a task; says whether it changed."""
        redact = self._of_task(params.get("taskId"))
        return bool(redact.result) and blank(params.get("result"), redact.result)

    def _of_task(self, task: Json) -> Redact:
        """What is blanked in the result of a task: where nobody remembers its call, whatever may be of any."""
        return self._ledger.tasks.get(str(task), self._judge.law.redact_any)

    def denied_news(self, params: dict[str, Json]) -> Decision | None:
        """Why news of a task is not for this client: they are somebody else's, or ask what may not be asked."""
        try:
            if self._judge.are_another_s([task_of(params)]):
                return _ANOTHER_S
        except TasksFailed as fault:
            return replace(_ANOTHER_S, reason=str(fault))
        if listings.twins(params, JUDGED_KEYS):
            return _UNREADABLE
        return self.denied_question(params) or self.denied_inside(params)

    def denied_inside(self, result: dict[str, Json]) -> Decision | None:
        """The same of what is said of a task, and of its own result, where they lie inside of another."""
        for key in ("task", "result"):
            nested = result.get(key)
            if isinstance(nested, dict):
                denied = _UNREADABLE if listings.twins(nested, JUDGED_KEYS) else self.denied_question(nested)
                if denied is not None:
                    return denied
        error = result.get("error")  # with which a task has ended
        return self.denied_error(error) if isinstance(error, dict) else None

    def denied_question(self, result: dict[str, Json]) -> Decision | None:
        """The first question inside of a result that may not be asked; in the new revision servers ask in no other way."""
        kind = result.get("resultType", "complete")
        if kind not in _KINDS and self._judge.law.policy.default == "deny":
            return _STRANGE
        if kind != "input_required" and "inputRequests" not in result:
            return None
        questions = result.get("inputRequests", {})
        if not isinstance(questions, dict):
            return _UNREADABLE
        decisions = map(self._judge_question, questions.values())
        return next((decision for decision in decisions if decision.outcome != "allow"), None)

    def denied_error(self, error: dict[str, Json]) -> Decision | None:
        """The first question of an error that may not be asked: revision 2025-11-25 sends a person to addresses by one."""
        data = error.get("data")
        named = (
            {key: asked for key, asked in data.items() if bare(key) == ASKS} if isinstance(data, dict) else {}
        )
        if not named:
            return None
        asked = named[ASKS] if list(named) == [ASKS] else None
        if not isinstance(asked, list):
            return _UNREADABLE
        questions: list[Json] = [{"method": "elicitation/create", "params": each} for each in asked]
        decisions = map(self._judge_question, questions)
        return next((decision for decision in decisions if decision.outcome != "allow"), None)

    def _judge_question(self, question: Json) -> Decision:
        asked: dict[str, Any] = question if isinstance(question, dict) else {}
        method, params = asked.get("method"), asked.get("params", {})
        if not isinstance(method, str) or not isinstance(params, dict) or listings.twins(asked, _QUESTION):
            return _UNREADABLE
        message = Message(kind="request", id=0, method=method, body={"params": params}, encoded=b"")
        return (
            _UNREADABLE
            if method == "tools/call"
            else self._judge.decide(message, self._clock(), of_server=True)
        )

    def _edit_list(self, call: Open, result: dict[str, Json], passage: Passage) -> bool:
        tools = result["tools"]
        count, now = len(tools), self._clock()
        first, last = call.params.get("cursor") is None, not isinstance(result.get("nextCursor"), str)
        self._report(self._judge.note_tools(tools, now, first=first, last=last), passage)
        dropped = listings.filter_tools(result, self._judge.is_visible)
        if dropped:
            passage.notes.append(f"taken out of the list of tools: {', '.join(map(records.cut, dropped))}")
        alone = not dropped and self._judge.party.identity in ("", LOCAL)
        private = not alone and listings.keep_private(result)
        return listings.shorten_ttl(result) or private or bool(dropped) or len(tools) < count

    def _edit_instructions(self, result: dict[str, Json], passage: Passage) -> bool:
        words, hide = self._judge.note_instructions(result.get("instructions"), self._clock())
        self._report(words, passage)
        if hide:
            del result["instructions"]
        return hide

    def _report(self, words: list[str], passage: Passage) -> None:
        """Tell and record definitions that are not the accepted ones."""
        if len(words) > MOST_TOLD:
            words.sort(
                key=lambda each: each.startswith("new tool")
            )  # whoever changed one may have added many
            words = [*words[:MOST_TOLD], f"{len(words) - MOST_TOLD} more tools"]
        for each in words:
            passage.notes.append(f"drift: {each}")
            self._recorder.drift(each, self._clock())


_STRANGE = Decision(
    outcome="deny", rule="(default deny)", reason="The server answered with an unknown kind of result."
)
_ANOTHER_S = Decision(
    outcome="deny", rule="(another's task)", reason="The task is not known as this client's."
)
_UNREADABLE = Decision(outcome="deny", rule="(protocol)", reason="The server's questions cannot be read.")
