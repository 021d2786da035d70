"""The law as data: what a policy file says, every shorthand already spelled out."""

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Literal

import msgspec
from msgspec import Struct

from crawler.tools import Json
from enforce.saying import said

Effect = Literal["allow", "deny"]
Scope = Literal["grant", "session", "identity", "server", "global"]
Operator = Literal["eq", "neq", "lt", "lte", "gt", "gte", "in", "not_in", "exists", "regex", "contains"]
#: What happens to a definition that is not what it was: told, held for a person, hidden, or denied.
Reaction = Literal["report", "hold", "hide", "deny"]

#: A count or an amount of money, exact.
Number = int | Decimal


class Condition(Struct, frozen=True, kw_only=True):
    """One comparison of one argument with one value."""

    #: `args.amount`, `args.items.0.id`; `params.uri` under `methods`. A dot inside a name is written `\\.`.
    path: str
    op: Operator
    #: Numbers are int or Decimal, never float.
    value: Json


class Rule(Struct, frozen=True, kw_only=True):
    """Conditions of which all must hold; no conditions always hold."""

    conditions: tuple[Condition, ...] = ()
    #: What the agent is told.
    on_deny: str | None = None
    #: What people are told; never sent to the agent.
    why: str | None = None
    #: Judged and recorded, not enforced.
    dry_run: bool = False


class Limit(Struct, frozen=True, kw_only=True):
    """At most `max` calls, or at most `max` of what `cost` names, in every interval of `window` seconds."""

    counter: str
    #: Seconds, at least 1.
    window: int
    #: At least 1; with `cost`, anything above 0.
    max: Number
    scope: Scope = "grant"
    #: Path of the argument that is summed, such as `args.amount`; `None` counts calls.
    cost: str | None = None
    on_deny: str | None = None
    why: str | None = None
    dry_run: bool = False


class Approval(Struct, frozen=True, kw_only=True):
    """A call for which all conditions hold waits for a person."""

    conditions: tuple[Condition, ...] = ()
    #: Seconds for which the question stands and, once granted, the answer.
    timeout: int = 600
    #: What the agent is told while the call is held.
    on_hold: str | None = None
    why: str | None = None
    dry_run: bool = False


class Hours(Struct, frozen=True, kw_only=True):
    """One stretch of the week; an end at or before its start lies on the next day."""

    #: `mon` to `sun`, the days on which the stretch starts.
    days: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    #: Minutes after midnight, 0 to 1440, end exclusive.
    start: int = 0
    end: int = 1440
    #: A name of the time zone database, such as `Europe/London`.
    zone: str = "UTC"


class Redact(Struct, frozen=True, kw_only=True):
    """Fields whose values nobody further on gets to see."""

    #: Paths such as `args.token`, kept out of the audit log, approval questions and anything else shown to people.
    args: tuple[str, ...] = ()
    #: Paths such as `result.structuredContent.email`, blanked before the agent sees the result, and in the texts that repeat
    #: it; `*` is every item.
    result: tuple[str, ...] = ()


class Inner(Struct, frozen=True, kw_only=True):
    """Marks a tool that calls other tools by name: the call inside is judged as well."""

    #: Path of the argument that names the tool.
    tool: str
    #: Path of the argument that holds its arguments; `None` means that it has none.
    args: str | None = None


class ToolRules(Struct, frozen=True, kw_only=True):
    """Everything that a policy says of one tool, glob or selector."""

    require: tuple[Rule, ...] = ()
    deny_if: tuple[Rule, ...] = ()
    limits: tuple[Limit, ...] = ()
    require_approval: tuple[Approval, ...] = ()
    #: SHA-256 of the definition, in hexadecimal; any other definition is denied.
    pin: str | None = None
    #: `schema`: arguments that the tool's own input schema refuses are denied.
    validate: Literal["off", "schema"] = "off"
    #: The call must fall into one of these; none means any time.
    hours: tuple[Hours, ...] = ()
    redact: Redact = Redact()
    inner: Inner | None = None
    #: `hide` takes the tool out of lists and leaves calls to the other keys.
    list: Literal["show", "hide"] = "show"
    why: str | None = None


class MethodRules(Struct, frozen=True, kw_only=True):
    """What a policy says of a method other than `tools/call`."""

    action: Effect = "allow"
    require: tuple[Rule, ...] = ()
    deny_if: tuple[Rule, ...] = ()
    limits: tuple[Limit, ...] = ()
    on_deny: str | None = None
    why: str | None = None


class AllTools(Struct, frozen=True, kw_only=True):
    """What holds for every tool call together."""

    limits: tuple[Limit, ...] = ()


class Drift(Struct, frozen=True, kw_only=True):
    """What happens when a server no longer says what it said when it was accepted."""

    changed: Reaction = "report"
    new: Reaction = "report"
    #: A tool whose name another server behind the same gate already has.
    shadowing: Reaction = "report"
    instructions: Literal["report", "hide"] = "report"


class Policy(Struct, frozen=True, kw_only=True, dict=True):
    """The whole law for one server."""

    version: Literal["1"] = "1"
    default: Effect
    hide: tuple[str, ...] = ()
    #: `listed` also hides, from lists and calls, every tool that `tools` does not list.
    list: Literal["all", "listed"] = "all"
    all_tools: AllTools = AllTools()
    #: By name, glob or `@selector`, in the order of the file.
    tools: Mapping[str, ToolRules] = {}
    #: By method name or glob; `unknown` stands for methods that no revision of the protocol has.
    methods: Mapping[str, MethodRules] = {}
    #: The names that each `@selector` was resolved to.
    selectors: Mapping[str, tuple[str, ...]] = {}
    drift: Drift = Drift()
    description: str | None = None
    #: The server for which the policy was written, as `pypi:NAME`.
    server: str | None = None
    release: str | None = None

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of what the policy says: two spellings of one law have one digest."""
        return hashlib.sha256(_ENCODER.encode(said(self))).hexdigest()


_ENCODER = msgspec.json.Encoder(decimal_format="number", order="deterministic")
