"""What happens to one message of one connection: the law, and what only this connection knows."""

import hashlib
from collections.abc import Sequence
from typing import Any, Literal

from msgspec.structs import replace

from crawler.mcp.jsonrpc import Json, Message, encode
from enforce import selectors
from enforce.approvals import Approvals, ApprovalsFailed
from enforce.counters import Counters
from enforce.decide import (
    DEEPEST_CALL,
    LATER,
    LIST_FIRST,
    Call,
    Decision,
    Would,
    call_inside,
    decide,
    decide_plainly,
    settle,
    visible,
)
from enforce.decisions import Party as Party
from enforce.definitions import LONGEST_NAME, Seen
from enforce.law import Holder, Law
from enforce.listings import is_named
from enforce.lookalikes import Lookalikes
from enforce.methods import PASSES
from enforce.names import Names
from enforce.pins import INSTRUCTIONS, Drifted, Pins
from enforce.policy import Approval, Redact
from enforce.retries import answered_methods
from enforce.tasks import Tasks, TasksFailed, speaks_of_tasks, task_of, tasks_named, tasks_perhaps

_ACCEPT = "A person has to accept it: tollhouse-proxy pins accept."
_ACCEPTED = "Do not retry it before that."
_DRIFT_WORDS: dict[Drifted, str] = {
    "changed": f"The tool's definition is not the one that was accepted. {_ACCEPT}",
    "new": f"The tool was not there when the server was accepted. {_ACCEPT}",
    "shadowing": f"Another server has a tool of this name. {_ACCEPT}",
}


#: Seconds for which what a new server lists is accepted as it is, should its list not end before.
FIRST_SIGHT = 60.0

#: The parameters or arguments of a message that has none; never added to.
_NONE: dict[str, Json] = {}


class Judge:
    """Decides about the messages of one connection."""

    def __init__(
        self,
        law: Law,
        counters: Counters,
        pins: Pins,
        approvals: Approvals,
        party: Party,
        *,
        tasks: Tasks,
        dry_run: bool = False,
    ) -> None:
        self.party = party
        self._tasks = tasks
        self._holder = Holder(party.server, party.grant, party.session, party.identity)
        self.counters = counters
        self._pins = pins
        self._approvals = approvals
        self._dry_run = dry_run
        self._seen = Seen()
        #: Until when what a server that is new to us lists is accepted as it is; `None` before its first list.
        self._trusted_until: float | None = None
        self._drifted: dict[str, Drifted] = {}
        self.adopt(law)

    def adopt(self, law: Law) -> None:
        """Judge by another law from now on."""
        self.law = law
        self._lookalikes = Lookalikes(law)
        self._names = Names(_exact_names(law))
        drift = law.policy.drift
        #: A definition that nobody has looked at on this connection may not be used.
        self._strict = {drift.changed, drift.new, drift.shadowing} != {"report"}

    def decide(self, message: Message, now: float, *, of_server: bool = False) -> Decision:
        """Judge a message at *now*, in seconds since the epoch; what it draws on is taken."""
        params: dict[str, Json] = message.body.get("params", _NONE)
        if message.method == "tools/call" and not self._drifted and not self._strict:
            arguments = params.get("arguments", _NONE)
            plainly = decide_plainly(self.law, params["name"], arguments, self._holder)
            if (
                plainly is not None
                and "inputResponses" not in params
                and self._lookalikes.find(params["name"], arguments) is None
            ):
                return self._settle(plainly, params["name"], now) if plainly.reservations else plainly
        if (
            speaks_of_tasks(message.method) and not of_server
        ):  # which may ask of tasks that its client runs for it
            denied = self._denied_task(params)
            if denied is not None:
                return denied
        return self._decide(message.method, params, now)

    def _decide(self, method: str, params: dict[str, Json], now: float) -> Decision:
        """Whatever there may be to look at."""
        call = self._call(method, params)
        decision = self._drift_decision(call) if self._drifted or self._strict else None
        if decision is None and "inputResponses" in params:
            decision = answers_decision(self.law, answered_methods(params))
        if decision is None:
            decision = decide(self.law, call, self.counters, now)
        decision = self._lookalikes.check(call, decision)
        if decision.outcome == "allow":
            if decision.reservations or decision.shadow:
                decision = settle(decision, self.counters, now)
        elif decision.outcome == "hold" and decision.approval is not None:
            decision = self._ask(call, decision, decision.approval, now, params)
        return (
            self._would_be(decision, call.tool) if self._dry_run and decision.outcome != "allow" else decision
        )

    def _settle(self, decision: Decision, tool: str, now: float) -> Decision:
        """Take what a call draws on that nothing else stands against."""
        decision = settle(decision, self.counters, now)
        return self._would_be(decision, tool) if self._dry_run and decision.outcome != "allow" else decision

    def _would_be(self, decision: Decision, tool: str) -> Decision:
        """The decision as a dry run takes it: let through, with what would have happened. Results are redacted all the same."""
        outcome: Literal["deny", "hold"] = "hold" if decision.outcome == "hold" else "deny"
        would = Would(outcome=outcome, rule=decision.rule, reason=decision.reason, why=decision.why)
        return Decision(
            outcome="allow", rule="(dry run)", would=(would, *decision.would), redact=self._redacted(tool)
        )

    def _redacted(self, tool: str) -> Redact:
        """What is blanked in a result, whatever the call was that lay inside of the tool's own; nothing for other requests."""
        law = self.law.tool(tool) if tool else None
        return Redact() if law is None else self.law.redact_any if law.inner else law.redact

    def is_visible(self, tool: str) -> bool:
        """Whether the tool stays in lists that the agent sees."""
        if self._dry_run:
            return True
        kind = self._drifted.get(tool)
        hidden = kind is not None and getattr(self.law.policy.drift, kind) == "hide"
        return not hidden and visible(self.law, tool)

    def input_schema(self, tool: str) -> Json:
        """The schema of a tool's arguments as last listed, perhaps to another process, `{}` where it has none; `None` where the agent never saw the tool."""
        if not self.is_visible(tool):
            return None
        if self._seen.digest(tool) is not None:
            return self._seen.input_schema(tool) or {}
        entry = self._pins.last_seen(self.party.server, tool)
        return entry.get("inputSchema") or {} if isinstance(entry, dict) else None

    def visible_tools(self) -> set[str]:
        """The listed tools that the agent may see."""
        return {tool for tool in self._seen.names() if self.is_visible(tool)}

    def note_tools(self, tools: list[Json], now: float, *, first: bool, last: bool) -> list[str]:
        """Look at one page of a list; words about every definition that is not the accepted one.

        Takes out of *tools* what cannot be remembered, since nobody could say what is called by it.
        """
        words = []
        if first:
            self._seen.begin()
        with self._pins.together():
            if self._trusted_until is None:
                self._trusted_until = now if self._is_known() else now + FIRST_SIGHT
            kept = []
            for entry in tools:
                if not is_named(entry):
                    kept.append(entry)  # which nobody can call, and whoever filters the list takes out
                    continue
                tool = self._seen.note(entry)
                if tool is None:
                    words.append(f"tool that cannot be told from another: {entry['name'][:LONGEST_NAME]}")
                    continue
                kept.append(entry)
                if doubt := self._names.doubt(tool):
                    words.append(doubt)
                if kind := self._note(tool, entry, now):
                    words.append(f"{kind} tool: {tool}")
            if words:
                self._pins.trim(self.party.server)
        tools[:] = kept
        if last:
            self._trusted_until = now
        return words

    def _is_known(self) -> bool:
        """Whether a tool of the server was accepted yet; where none was, nobody else can accept one before we have."""
        if self._pins.is_known(self.party.server):
            return True
        self._pins.begin()
        return self._pins.is_known(self.party.server)

    def note_instructions(self, text: Json, now: float) -> tuple[list[str], bool]:
        """Look at the instructions of a server: words where they drifted, and whether to keep them from the agent."""
        if text is None:
            return [], False
        server = self.party.server
        digest = hashlib.sha256(text.encode() if isinstance(text, str) else encode(text)).hexdigest()
        new = not self._pins.is_known(server) and not self._pins.is_accepted(server, INSTRUCTIONS)
        self._pins.note(server, INSTRUCTIONS, digest, text, now, accept=new)
        if self._pins.drift(server, INSTRUCTIONS, digest) is None:
            return [], False
        hide = self.law.policy.drift.instructions == "hide" and not self._dry_run
        return ["changed instructions of the server"], hide

    def note_task(self, result: dict[str, Json], now: float) -> None:
        """A call goes on as a task, which is its caller's; raises TasksFailed."""
        self._tasks.note(self.party.place, self.party.identity, task_of(result), now)

    def keep_own_tasks(self, result: dict[str, Json]) -> bool:
        """Take out of a list of tasks what is not this identity's; says whether it changed."""
        tasks = result.get("tasks")
        if not isinstance(tasks, list):
            return False
        kept = [
            each
            for each in tasks
            if not (isinstance(each, dict) and self.are_another_s([each.get("taskId")]))
        ]
        changed = len(kept) < len(tasks)
        tasks[:] = kept
        return changed

    def are_another_s(self, tasks: list[Json], perhaps: Sequence[Json] = ()) -> bool:
        """Whether one of *tasks* is not this identity's, or what is *perhaps* one is known as another's; raises TasksFailed."""
        return self._tasks.are_another_s(self.party.place, self.party.identity, tasks, perhaps)

    def _denied_task(self, params: dict[str, Json]) -> Decision | None:
        """A denial where a request is about a task that is not this identity's."""
        try:
            if not self.are_another_s(tasks_named(params), tasks_perhaps(params)):
                return None
        except TasksFailed as fault:
            words = "It cannot be told right now whose the task is."
            return Decision(
                outcome="deny", rule="(tasks unavailable)", reason=words, why=str(fault), advice=LATER
            )
        words = "Nobody knows of such a task of yours."
        return Decision(outcome="deny", rule="(another's task)", reason=words)

    def _trusts(self, tool: str, now: float) -> bool:
        """Whether a definition is accepted unseen: the first one of a server that is new to us, and no other after it."""
        if self._trusted_until is None or now >= self._trusted_until:
            return False
        server = self.party.server
        return not self._pins.is_accepted(server, tool) and self._pins.owner(server, tool) is None

    def _note(self, tool: str, entry: Json, now: float) -> Drifted | None:
        server, digest = self.party.server, self._seen.digest(tool) or ""
        self._pins.note(server, tool, digest, entry, now, accept=self._trusts(tool, now))
        kind = self._pins.drift(server, tool, digest)
        if kind is None:
            self._drifted.pop(tool, None)
        else:
            self._drifted[tool] = kind
        return kind

    def _drift_decision(self, call: Call, depth: int = DEEPEST_CALL) -> Decision | None:
        """What drift alone does to a call, or to one inside of it; `None` where the law decides."""
        if call.method != "tools/call" or self.law.tool(call.tool).hidden is not None:
            return None
        decision = self._drift_of(call)
        for _, inner in self.law.tool(call.tool).inner if depth > 1 else ():
            inside = call_inside(inner, call)
            found = self._drift_decision(inside, depth - 1) if inside is not None else None
            if found is not None and (decision is None or decision.outcome == "hold"):
                decision = replace(found, hidden=False)
        return decision

    def _drift_of(self, call: Call) -> Decision | None:
        """The same of the tool itself."""
        if self._strict and self._seen.digest(call.tool) is None:
            words = "The tool has not been listed on this connection."
            return Decision(outcome="deny", rule="/drift", reason=words, advice=LIST_FIRST)
        kind = self._drifted.get(call.tool)
        reaction = getattr(self.law.policy.drift, kind) if kind else "report"
        if kind is None or reaction == "report" or self._is_accepted_now(call.tool):
            return None
        outcome: Literal["deny", "hold"] = "hold" if reaction == "hold" else "deny"
        reason = f"Unknown tool: {call.tool}" if reaction == "hide" else _DRIFT_WORDS[kind]
        rule = f"/drift/{kind}"
        return Decision(
            outcome=outcome, rule=rule, reason=reason, hidden=reaction == "hide", advice=_ACCEPTED
        )

    def _is_accepted_now(self, tool: str) -> bool:
        """Whether a person has accepted the definition since it was listed."""
        digest = self._seen.digest(tool)
        if digest is None or self._pins.drift(self.party.server, tool, digest) is not None:
            return False
        del self._drifted[tool]
        return True

    def _ask(
        self, call: Call, decision: Decision, approval: Approval, now: float, params: dict[str, Json]
    ) -> Decision:
        """Let a held call go where a person has approved exactly it; else ask, and say where it stands."""
        try:
            asked = self._approvals.ask(
                call,
                approval,
                decision.redact,
                self.law.digest,
                now,
                params.get("inputResponses"),
                resumes="requestState" in params,
            )
            if asked.id is not None and asked.state == "approved":
                return self._let_go(asked.id, decision, now)
        except ApprovalsFailed as fault:
            rule, reason = "(approvals unavailable)", "A person cannot be asked right now."
            return replace(decision, outcome="deny", rule=rule, reason=reason, why=str(fault), advice=LATER)
        if asked.id is None:
            return replace(
                decision,
                reason="A person was asked about too many calls already; this one was not asked about.",
            )
        if asked.state == "denied":
            return replace(decision, outcome="deny", reason="A person denied this call.")
        words = f"{decision.reason} Question {asked.id} was put to a person; call again with the same arguments once it is approved."
        return replace(decision, reason=words, question=asked.id)

    def waits(self, question: str, now: float) -> bool:
        """Whether a question has no answer yet; raises ApprovalsFailed."""
        return self._approvals.waits(question, now)

    def answer(self, question: str, state: Literal["approved", "denied"], now: float) -> bool:
        """A person's answer that came by way of the client; raises ApprovalsFailed."""
        return self._approvals.answer(question, state, f"{self.party.identity}'s client", now)

    def _let_go(self, question: str, decision: Decision, now: float) -> Decision:
        settled = settle(replace(decision, outcome="allow", reason=""), self.counters, now)
        if settled.outcome != "allow":
            return settled
        if not self._approvals.use(question, now):
            return replace(decision, outcome="deny", reason="The approval was used already.")
        return replace(settled, rule=f"{decision.rule} (approved: {question})")

    def _call(self, method: str, params: dict[str, Any]) -> Call:
        party = self.party
        if method == "tools/call":
            tool, arguments = params["name"], params.get("arguments", {})
        else:
            tool, arguments = "", params
        return Call(
            tool=tool,
            arguments=arguments,
            method=method,
            server=party.server,
            place=party.place,
            grant=party.grant,
            session=party.session,
            identity=party.identity,
            definitions=self._seen,
        )


def _exact_names(law: Law) -> list[str]:
    """The tools that a policy names, in order to rule on them or to hide them."""
    keys = [*law.policy.tools, *law.policy.hide]
    return [key for key in keys if not selectors.is_glob(key) and not key.startswith("@")]


def answers_decision(law: Law, answered: Sequence[str]) -> Decision | None:
    """What a retry meets that answers questions: they count only where the policy lets the server ask such questions.

    The question may have been put long ago and by way of another process, so nobody remembers it, and an agent could
    make up the answer of a person who was never asked.
    """
    for method in answered:
        found = law.method(method, known=True, passes=method in PASSES)
        if not found.allows:
            words = f"It answers a question that the server may not ask ({method})."
            return Decision(outcome="deny", rule=found.pointer, reason=words, why=found.why)
    return None
