"""A policy made ready to judge: per tool, everything that applies to it, worked out once."""

import json
from collections.abc import Sequence
from decimal import Decimal
from itertools import chain
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from crawler.tools import Json
from enforce import conditions, paths, selectors
from enforce.conditions import Question
from enforce.counters import DIGITS, Reservation
from enforce.decisions import Decision
from enforce.names import Spellings
from enforce.paths import pointer
from enforce.policy import Approval, Hours, Inner, Limit, MethodRules, Policy, Redact, Rule, ToolRules

#: Tool names come from the agent, so what is remembered of them is bounded.
REMEMBERED = 4096
_NOTHING = Redact()

Part = TypeVar("Part")


class Clause(Struct, frozen=True, kw_only=True):
    """One rule of `require` or `deny_if`."""

    rule: Rule
    pointer: str
    questions: tuple[Question, ...]
    #: Whether the call is denied where the conditions do not hold.
    required: bool

    def denies(self, arguments: Json) -> bool:
        """Whether this rule denies a call with *arguments*; what cannot be compared is denied by either kind."""
        required = self.required
        for ask in self.questions:
            answer = ask(arguments)
            if not (not required if answer is None else answer):
                return required
        return not required


class Hold(Struct, frozen=True, kw_only=True):
    """One entry of `require_approval`."""

    approval: Approval
    pointer: str
    questions: tuple[Question, ...]


class Holder(Struct, frozen=True):
    """On whose account a call is counted."""

    server: str
    grant: str
    session: str
    identity: str


class Quota(Struct, frozen=True, kw_only=True):
    """One limit, which makes reservations."""

    limit: Limit
    pointer: str
    #: JSON Pointer of what the limit stands in; part of the counter's key.
    owner: str
    steps: tuple[str, ...]
    keys: dict[Holder, str]

    def reservation(self, holder: Holder, arguments: Json) -> Reservation | None:
        """What a call takes; `None` where what it spends is missing, negative, or no number that can be summed."""
        amount = countable(paths.look_up(arguments, self.steps)) if self.steps else 1
        return None if amount is None else self._taking(amount, holder)

    def one(self, holder: Holder) -> Reservation:
        """What a call takes where each counts as one."""
        return self._taking(1, holder)

    @property
    def counts_calls(self) -> bool:
        """Whether each call counts as one, and counts at all."""
        return not (self.steps or self.limit.dry_run)

    def _taking(self, amount: int | Decimal, holder: Holder) -> Reservation:
        limit = self.limit
        return Reservation(
            key=self.keys.get(holder) or self._key(holder),
            window=limit.window,
            max=limit.max,
            amount=amount,
            rule=self.pointer,
            on_deny=limit.on_deny,
            why=limit.why,
        )

    def _key(self, holder: Holder) -> str:
        scope = self.limit.scope
        parts = [
            scope,
            "" if scope == "global" else holder.server,
            holder.grant if scope in ("grant", "session") else "",
            holder.session if scope == "session" else "",
            holder.identity if scope == "identity" else "",
            self.owner,
            self.limit.counter,
            self.limit.window,
        ]
        if len(self.keys) >= REMEMBERED:
            self.keys.clear()
        key = self.keys[holder] = json.dumps(parts, separators=(",", ":"))
        return key


class KeyLaw(Struct, frozen=True, kw_only=True):
    """One key of `tools`, ready to judge."""

    rules: ToolRules
    pointer: str
    clauses: tuple[Clause, ...]
    quotas: tuple[Quota, ...]
    holds: tuple[Hold, ...]


class ToolLaw(Struct, frozen=True, kw_only=True):
    """Everything that applies to one tool."""

    #: JSON Pointer, or words in brackets, of what hides the tool; `None` shows it.
    hidden: str | None
    #: Whether the tool is only taken out of lists and may still be called.
    unlisted: bool
    #: What allows a call that nothing denies; `None` where the default denies it.
    allowed: str | None
    #: What the policy speaks of, and this is not, but could be taken for by a careless server.
    taken_for: str | None = None
    clauses: tuple[Clause, ...] = ()
    quotas: tuple[Quota, ...] = ()
    holds: tuple[Hold, ...] = ()
    #: With the pointer of what stands there.
    pins: tuple[tuple[str, str], ...] = ()
    validates: tuple[str, ...] = ()
    hours: tuple[tuple[str, tuple[Hours, ...]], ...] = ()
    inner: tuple[tuple[str, Inner], ...] = ()
    redact: Redact = Redact()
    #: Whether the definition, the hours, the input schema or what was listed matter.
    guarded: bool = False
    #: The decision where no clause denies and nothing else is to be looked at; `None` where there is more to look at.
    plainly: Decision | None = None
    #: The same with what is taken of limits, by whose they are; `None` where there is more to look at than limits that
    #: each call takes one of.
    counted: dict[Holder, Decision] | None = None


class MethodLaw(Struct, frozen=True, kw_only=True):
    """Everything that applies to one method."""

    #: What allows or denies it.
    pointer: str
    allows: bool
    on_deny: str | None = None
    why: str | None = None
    clauses: tuple[Clause, ...] = ()
    quotas: tuple[Quota, ...] = ()


class Law:
    """A policy ready to judge. One instance may be shared by threads."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.digest = policy.digest
        self.all_tools = _quotas(policy.all_tools.limits, "/all_tools")
        self._entries = {key: _key_law(key, rules) for key, rules in policy.tools.items()}
        self._wide = selectors.wide_keys(policy.tools)
        self._has_globs = any(map(selectors.is_glob, (*policy.tools, *policy.hide)))
        self._methods = {name: _method(name, rules) for name, rules in policy.methods.items()}
        self.spellings = Spellings(policy)
        self._tools: dict[str, ToolLaw] = {}
        #: What is blanked in the result of a tool that nobody remembers.
        self.redact_any = Redact(
            result=_union([entry.rules.redact for entry in self._entries.values()]).result
        )

    def tool(self, name: str) -> ToolLaw:
        """What applies to the tool *name*, whether or not there is such a tool."""
        found = self._tools.get(name)
        if found is None:
            if len(self._tools) >= REMEMBERED:
                self._tools.clear()
            found = self._work_out(name)
            if len(name) <= selectors.LONGEST_NAME:
                self._tools[name] = found
        return found

    def method(self, name: str, known: bool, passes: bool) -> MethodLaw:
        """What applies to a method; *passes* says whether the protocol needs it, *known* whether it has it at all."""
        if name in self._methods:
            return self._methods[name]
        fitting = [
            law
            for key, law in self._methods.items()
            if selectors.is_glob(key)
            and selectors.matches(key, name)
            and not (passes and selectors.catches_all(key))
        ]
        if not known and "unknown" in self._methods:
            fitting.append(self._methods["unknown"])
        if fitting:
            return next((law for law in fitting if not law.allows), None) or _all_of(fitting)
        if passes:
            return MethodLaw(pointer="(protocol)", allows=True)
        default = self.policy.default
        return MethodLaw(pointer=f"(default {default})", allows=default == "allow")

    def _work_out(self, name: str) -> ToolLaw:
        keys = selectors.keys_for(self.policy, self._wide, name)
        entries = [self._entries[key] for key in keys]
        listing = next((key for key in keys if not selectors.catches_all(key)), None)
        allowed = self._allowed(listing)
        taken_for = self.spellings.taken_for(name)
        quotas = _joined([entry.quotas for entry in entries]) + self.all_tools
        holds = _joined([entry.holds for entry in entries])
        pins = tuple([(entry.pointer + "/pin", entry.rules.pin) for entry in entries if entry.rules.pin])
        validates = tuple(
            [entry.pointer + "/validate" for entry in entries if entry.rules.validate == "schema"]
        )
        hours = tuple(
            [(entry.pointer + "/hours", entry.rules.hours) for entry in entries if entry.rules.hours]
        )
        inner = tuple(
            [(entry.pointer + "/inner", entry.rules.inner) for entry in entries if entry.rules.inner]
        )
        redact = _union([entry.rules.redact for entry in entries])
        plainly, counted = None, None
        if allowed is not None and not holds and not inner:
            if not quotas:
                plainly = Decision(outcome="allow", rule=allowed, redact=redact)
            elif all(quota.counts_calls for quota in quotas):
                counted = dict[Holder, Decision]()
        return ToolLaw(
            hidden=self._hidden(name, listing is not None),
            unlisted="hide" in [entry.rules.list for entry in entries],
            allowed=allowed,
            taken_for=taken_for,
            clauses=_joined([entry.clauses for entry in entries]),
            quotas=quotas,
            holds=holds,
            pins=pins,
            validates=validates,
            hours=hours,
            inner=inner,
            redact=redact,
            guarded=bool(pins or validates or hours or taken_for),
            plainly=plainly,
            counted=counted,
        )

    def _hidden(self, name: str, listed: bool) -> str | None:
        if len(name) > selectors.LONGEST_NAME and self._has_globs:
            return "(name too long)"  # whether a glob speaks of it is not worked out
        for index, key in enumerate(self.policy.hide):
            if selectors.speaks_of(self.policy, key, name):
                return pointer(("hide", index))
        return None if listed or self.policy.list == "all" else "(not listed)"

    def _allowed(self, listing: str | None) -> str | None:
        if listing is not None:
            return pointer(("tools", listing))
        return "(default allow)" if self.policy.default == "allow" else None


def countable(value: Json) -> int | Decimal | None:
    """The amount that a spend cap sums: a number, not negative, with at most DIGITS digits on either side of the point."""
    number = conditions.exact(value)
    if number is None or number < 0 or number >= 10**DIGITS:
        return None
    if isinstance(number, Decimal) and number.as_tuple().exponent < -DIGITS:  # type: ignore[operator]  # it is finite
        return None
    return number


def _key_law(key: str, rules: ToolRules) -> KeyLaw:
    at = pointer(("tools", key))
    return KeyLaw(
        rules=rules,
        pointer=at,
        clauses=_clauses(rules, at),
        quotas=_quotas(rules.limits, at),
        holds=tuple(
            [
                Hold(
                    approval=approval,
                    pointer=f"{at}/require_approval/{index}",
                    questions=_asked(approval),
                )
                for index, approval in enumerate(rules.require_approval)
            ]
        ),
    )


def _method(name: str, rules: MethodRules) -> MethodLaw:
    at = pointer(("methods", name))
    return MethodLaw(
        pointer=at,
        allows=rules.action == "allow",
        on_deny=rules.on_deny,
        why=rules.why,
        clauses=_clauses(rules, at),
        quotas=_quotas(rules.limits, at),
    )


def _all_of(laws: Sequence[MethodLaw]) -> MethodLaw:
    """What holds where several globs allow a method: the conditions and limits of all of them."""
    if len(laws) == 1:
        return laws[0]
    clauses, quotas = _joined([law.clauses for law in laws]), _joined([law.quotas for law in laws])
    return replace(laws[0], clauses=clauses, quotas=quotas)


def _clauses(rules: ToolRules | MethodRules, at: str) -> tuple[Clause, ...]:
    if not (rules.require or rules.deny_if):
        return ()
    groups = {"require": rules.require, "deny_if": rules.deny_if}
    return tuple(
        Clause(
            rule=rule,
            pointer=f"{at}/{name}/{index}",
            questions=_asked(rule),
            required=name == "require",
        )
        for name, group in groups.items()
        for index, rule in enumerate(group)
    )


def _asked(rule: Rule | Approval) -> tuple[Question, ...]:
    return tuple([conditions.question(condition) for condition in rule.conditions])


def _quotas(limits: Sequence[Limit], at: str) -> tuple[Quota, ...]:
    return tuple(
        [
            Quota(
                limit=limit,
                pointer=f"{at}/limits/{index}",
                owner=at,
                steps=(paths.parse(limit.cost, (limit.cost.partition(".")[0],)) or ()) if limit.cost else (),
                keys={},
            )
            for index, limit in enumerate(limits)
        ]
    )


def _joined(parts: Sequence[tuple[Part, ...]]) -> tuple[Part, ...]:
    """All of *parts* in a row; mostly there is one, since one key speaks of a tool."""
    return parts[0] if len(parts) == 1 else tuple(chain.from_iterable(parts))


def _union(parts: Sequence[Redact]) -> Redact:
    if not any(part.args or part.result for part in parts):
        return _NOTHING
    return Redact(
        args=tuple(dict.fromkeys(path for part in parts for path in part.args)),
        result=tuple(dict.fromkeys(path for part in parts for path in part.result)),
    )
