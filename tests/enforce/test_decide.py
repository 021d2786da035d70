"""The decision: tables of policies and calls, and the same question put to a plainer model."""

import importlib.util
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.tools import Json
from enforce.counters import StoreFailed
from enforce.counters.memory import MemoryCounters
from enforce.decide import LATER, Call, Decision, Would, decide, settle, visible
from enforce.definitions import Seen
from enforce.law import Law
from enforce.policy import Policy, Redact
from enforce.policyfile import policy_document, read_policy, write_policy

NOW = 1_700_000_000.0


def law(text: str) -> Law:
    return Law(read_policy(f'version: "1"\n{text}', "test.yaml"))


def judge(policy: str, tool: str = "t", arguments: Json = None, **more: Any) -> tuple[str, str]:
    decision = decide(law(policy), Call(tool=tool, arguments=arguments or {}, **more), MemoryCounters(), NOW)
    return decision.outcome, decision.rule


@pytest.mark.parametrize(
    ("policy", "tool", "expected"),
    [
        ("default: deny", "t", ("deny", "(default deny)")),
        ("default: allow", "t", ("allow", "(default allow)")),
        ("default: deny\ntools: {t: {}}", "t", ("allow", "/tools/t")),
        ("default: deny\ntools: {t: {}}", "T", ("deny", "(default deny)")),
        ("default: deny\ntools: {t: {}}", "t ", ("deny", "(default deny)")),
        ('default: deny\ntools: {"*": {}}', "t", ("deny", "(default deny)")),
        ('default: deny\ntools: {"?": {}}', "t", ("deny", "(default deny)")),
        ('default: deny\ntools: {"get_*": {}}', "get_x", ("allow", "/tools/get_*")),
        ('default: deny\ntools: {"get_*": {}}', "xget_x", ("deny", "(default deny)")),
        ("default: deny\ntools: {a/b~c: {}}", "a/b~c", ("allow", "/tools/a~1b~0c")),
        ('default: deny\nselectors: {"@read": [t]}\ntools: {"@read": {}}', "t", ("allow", "/tools/@read")),
        (
            'default: deny\nselectors: {"@read": [t]}\ntools: {"@read": {}}',
            "@read",
            ("deny", "(default deny)"),
        ),
        ("default: allow\nhide: [a, t]", "t", ("deny", "/hide/1")),
        ('default: allow\nhide: ["*"]', "t", ("deny", "/hide/0")),
        ('default: allow\nselectors: {"@bad": [t]}\nhide: ["@bad"]', "t", ("deny", "/hide/0")),
        ("default: allow\nhide: [t]\ntools: {t: {}}", "t", ("deny", "/hide/0")),
        ("default: allow\nlist: listed\ntools: {a: {}}", "t", ("deny", "(not listed)")),
        ("default: allow\ntools: {t: {list: hide}}", "t", ("allow", "/tools/t")),
        ("default: allow\ntools: {t: {deny_if: [{conditions: []}]}}", "t", ("deny", "/tools/t/deny_if/0")),
        ("default: allow\ntools: {t: {require: [{conditions: []}]}}", "t", ("allow", "/tools/t")),
        ('default: allow\ntools: {"*": {action: deny}, t: {}}', "t", ("deny", "/tools/*/deny_if/0")),
        (
            'default: allow\ntools: {"*": {action: deny}, t: {action: deny}}',
            "t",
            ("deny", "/tools/t/deny_if/0"),
        ),
        (
            "default: allow\ntools: {t: {require_approval: true}}",
            "t",
            ("hold", "/tools/t/require_approval/0"),
        ),
        (
            "default: allow\ntools: {t: {require_approval: true, action: deny}}",
            "t",
            ("deny", "/tools/t/deny_if/0"),
        ),
    ],
)
def test_which_tools_a_policy_speaks_of(policy: str, tool: str, expected: tuple[str, str]) -> None:
    """Names, globs, selectors, hide and default, in their order."""
    assert judge(policy, tool) == expected


ABSENT = object()


@pytest.mark.parametrize(
    ("op", "value", "found", "answer"),
    [
        ("eq", 5, 5, True), ("eq", 5, 5.0, True), ("eq", 5, Decimal("5.000"), True), ("eq", 5, "5", None),
        ("eq", 1, True, None), ("eq", "a", "a", True), ("eq", "a", "A", False), ("eq", "a", None, None),
        ("eq", "a", ABSENT, False), ("eq", [1, "a"], [1.0, "a"], True), ("eq", [1], ["1"], None), ("eq", [1], [1, 2], False),
        ("eq", {"a": 1}, {"a": 1}, True), ("eq", {"a": 1}, {"b": 1}, False), ("eq", 0.1, 0.1, True), ("eq", None, None, True),
        ("neq", "a", "b", True), ("neq", "a", "a", False), ("neq", "a", 1, None), ("neq", "a", ABSENT, True),
        ("lt", 5, 4, True), ("lt", 5, 5, False), ("lte", 5, 5, True), ("gt", 100, 100.01, True), ("gt", 100, 100, False),
        ("gte", 100, Decimal("99.99999999999999999999"), None), ("gt", 100, Decimal("100.00000000000000000001"), None),
        ("eq", 5, Decimal("5.00000000000000000001"), None), ("in", [2**60], 2**60 + 1, None), ("neq", 5, Decimal("5.5000"), True),
        ("lt", 100, Decimal("99.9999999999"), True), ("gt", 1, 10**400, True), ("gt", 10**400, 10**401, None), ("gte", 10**30, 10**30 + 1, True),
        ("gt", 100, "101", None), ("gt", 100, None, None), ("gt", 100, True, None), ("gt", 100, [101], None),
        ("gt", 100, float("nan"), None), ("gt", 100, float("inf"), None), ("gt", 100, ABSENT, False),
        ("in", ["a", "b"], "b", True), ("in", ["a", "b"], "c", False), ("in", ["a"], 1, None), ("in", [], "a", False),
        ("in", [1, "a"], 1, True), ("in", [1, "a"], "1", None), ("in", [1, "a"], "b", None), ("not_in", [1, "a"], "1", None), ("not_in", ["a", None], "a", False),
        ("in", ["a"], ABSENT, False), ("not_in", ["a"], "b", True), ("not_in", ["a"], "a", False),
        ("not_in", ["a"], 1, None), ("not_in", ["a"], ABSENT, True),
        ("exists", True, 0, True), ("exists", True, None, False), ("exists", True, ABSENT, False),
        ("exists", False, ABSENT, True), ("exists", False, "", False),
        ("regex", "^a+$", "aaa", True), ("regex", "b", "abc", True), ("regex", "^b", "abc", False),
        ("regex", "a", 1, None), ("regex", "a", ABSENT, False), ("regex", "a", "\ud800", None),
        ("contains", "b", "abc", True), ("contains", "d", "abc", False), ("contains", 1, [2, 1], True),
        ("contains", 1, [2, "1"], None), ("contains", 1, [], False), ("contains", "a", {"a": 1}, None),
        ("contains", 1, "1", None), ("contains", "a", ABSENT, False),
    ],
)  # fmt: skip
def test_every_operator_over_every_kind(op: str, value: Json, found: Json, answer: bool | None) -> None:
    """What cannot be compared is denied by deny_if and by require; nothing else is denied by both."""
    from enforce.policy import Condition, Rule, ToolRules

    rule = Rule(conditions=(Condition(path="args.n", op=op, value=value),))  # type: ignore[arg-type]
    arguments = {} if found is ABSENT else {"n": found}

    outcomes = []
    for rules in (ToolRules(deny_if=(rule,)), ToolRules(require=(rule,))):
        made = Law(Policy(default="allow", tools={"t": rules}))
        outcomes.append(decide(made, Call(tool="t", arguments=arguments), MemoryCounters(), NOW).outcome)

    assert outcomes == {True: ["deny", "allow"], False: ["allow", "deny"], None: ["deny", "deny"]}[answer]


@pytest.mark.parametrize(
    ("path", "arguments", "denied"),
    [
        ("args.a.b", {"a": {"b": 1}}, True),
        ("args.a.0.b", {"a": [{"b": 1}]}, True),
        ("args.a.1", {"a": [1]}, False),
        ("args.a.-1", {"a": [1]}, True),
        ("args.a.b", {"a": "b"}, True),
        ("args.a.b", {"a": None}, False),
        (r"args.a\.b", {"a.b": 1}, True),
        (r"args.a\.b", {"a": {"b": 1}}, False),
        ("args.a", [], False),
    ],
)
def test_paths_lead_into_arguments(path: str, arguments: Json, denied: bool) -> None:
    """Dots descend, digits index lists, a backslash keeps a dot; what is in between must be what can be looked into."""
    rule = f'default: allow\ntools: {{t: {{deny_if: [{{conditions: [{{path: "{path}", op: exists}}]}}]}}}}'.replace(
        "\\", "\\\\"
    )

    assert judge(rule, "t", arguments)[0] == ("deny" if denied else "allow")


@pytest.mark.parametrize(
    ("policy", "method", "expected"),
    [
        ("default: deny", "initialize", ("allow", "(protocol)")),
        ("default: deny", "tools/list", ("allow", "(protocol)")),
        ("default: deny", "resources/subscribe", ("allow", "(protocol)")),
        ("default: deny", "resources/read", ("deny", "(default deny)")),
        ("default: deny", "sampling/createMessage", ("deny", "(default deny)")),
        ("default: deny", "tasks/get", ("deny", "(default deny)")),
        ("default: deny", "x/y", ("deny", "(default deny)")),
        ("default: allow", "x/y", ("allow", "(default allow)")),
        ("default: allow\nmethods: {unknown: deny}", "x/y", ("deny", "/methods/unknown")),
        ("default: allow\nmethods: {unknown: deny}", "prompts/get", ("allow", "(default allow)")),
        ('default: deny\nmethods: {"resources/*": allow}', "resources/read", ("allow", "/methods/resources~1*")),
        ('default: deny\nmethods: {"*": allow, "resources/*": deny}', "resources/read", ("deny", "/methods/resources~1*")),
        ('default: deny\nmethods: {"resources/*": deny, resources/read: allow}', "resources/read", ("allow", "/methods/resources~1read")),
        ('default: allow\nmethods: {"*": deny}', "initialize", ("allow", "(protocol)")),
        ('default: allow\nmethods: {"resources/*": deny}', "resources/list", ("deny", "/methods/resources~1*")),
        ('default: allow\nmethods: {"*": deny, "resources/*": allow}', "resources/list", ("allow", "/methods/resources~1*")),
        ("default: allow\nmethods: {resources/list: deny}", "resources/list", ("deny", "/methods/resources~1list")),
    ],
)  # fmt: skip
def test_other_methods_follow_the_default_unless_named(
    policy: str, method: str, expected: tuple[str, str]
) -> None:
    """Protocol, list and subscription methods pass; what reads or acts is denied under default deny."""
    assert judge(policy, "", {}, method=method) == expected


def test_a_method_is_judged_by_its_params() -> None:
    """A resource may be read where its URI allows it."""
    policy = 'default: deny\nmethods: {resources/read: {require: [{conditions: [{path: params.uri, op: regex, value: "^file:///srv/"}]}]}}'

    assert [
        judge(policy, "", {"uri": uri}, method="resources/read")[0]
        for uri in ("file:///srv/a", "file:///etc/a")
    ] == ["allow", "deny"]


def test_limits_are_reserved_together() -> None:
    """The tool's, a glob's and all tools' limits are one reservation, all or none."""
    made = law(
        "default: deny\nall_tools: {limits: [{counter: all, window: minute, max: 3}]}\n"
        'tools: {get_a: {limits: [{counter: c, window: minute, max: 2}]}, "get_*": {limits: [{counter: c, window: hour, max: 9}]}}'
    )
    counters = MemoryCounters()

    def call(tool: str, now: float) -> tuple[str, str, float | None]:
        decision = settle(decide(made, Call(tool=tool), counters, now), counters, now)
        return decision.outcome, decision.rule, decision.retry_after

    assert [call("get_a", NOW), call("get_a", NOW + 1), call("get_a", NOW + 2), call("get_b", NOW + 3)] == [
        ("allow", "/tools/get_a", None),
        ("allow", "/tools/get_a", None),
        ("deny", "/tools/get_a/limits/0", 58.0),
        ("allow", "/tools/get_*", None),
    ]
    assert call("get_b", NOW + 4) == ("deny", "/all_tools/limits/0", 56.0)
    assert call("get_a", NOW + 60) == ("allow", "/tools/get_a", None)


@pytest.mark.parametrize(
    ("scope", "same"),
    [
        ("grant", {"server": "s", "grant": "g"}),
        ("session", {"server": "s", "grant": "g", "session": "x"}),
        ("identity", {"server": "s", "identity": "i"}),
        ("server", {"server": "s"}),
        ("global", {}),
    ],
)
def test_a_scope_says_whose_calls_count_together(scope: str, same: dict[str, str]) -> None:
    """A call that agrees in the parts of the scope is counted with the first; one that differs in any of them is not."""
    made = law(
        f"default: deny\ntools: {{t: {{limits: [{{counter: c, window: minute, max: 1, scope: {scope}}}]}}}}"
    )
    first = {"server": "s", "grant": "g", "session": "x", "identity": "i"}

    outcomes = {}
    for part in first:
        counters = MemoryCounters()
        settle(decide(made, Call(tool="t", **first), counters, NOW), counters, NOW)  # type: ignore[arg-type]
        other = Call(tool="t", **(first | {part: "other"}))  # type: ignore[arg-type]
        outcomes[part] = settle(decide(made, other, counters, NOW), counters, NOW).outcome

    assert outcomes == {part: "allow" if part in same else "deny" for part in first}


@pytest.mark.parametrize(
    ("amount", "outcome"),
    [
        (40, "allow"), (Decimal("100.50"), "allow"), (100.5, "allow"), (Decimal("100.51"), "deny"), (0, "allow"),
        (-1, "deny"), ("40", "deny"), (None, "deny"), (True, "deny"), (float("nan"), "deny"), (float("inf"), "deny"),
        (Decimal("1E-19"), "deny"), (10**18, "deny"),
    ],
)  # fmt: skip
def test_a_spend_cap_sums_an_argument_exactly(amount: Json, outcome: str) -> None:
    """What cannot be summed exactly is denied, and so is what would make room."""
    made = law(
        "default: deny\ntools: {pay: {limits: [{counter: spend, window: day, max: 100.5, cost: args.amount}]}}"
    )
    counters = MemoryCounters()

    assert (
        settle(
            decide(made, Call(tool="pay", arguments={"amount": amount}), counters, NOW), counters, NOW
        ).outcome
        == outcome
    )


def test_a_held_call_is_denied_where_a_limit_is_full_and_carries_its_reservations_where_not() -> None:
    """Nobody is asked to approve what may not happen anyway."""
    made = law(
        "default: deny\ntools: {t: {require_approval: {timeout: minute, why: Costly.}, limits: [{counter: c, window: day, max: 1}]}}"
    )
    counters = MemoryCounters()
    held = decide(made, Call(tool="t"), counters, NOW)

    assert (held.outcome, held.rule, held.why, held.approval and held.approval.timeout) == (
        "hold",
        "/tools/t/require_approval/0",
        "Costly.",
        60,
    )
    assert settle(held, counters, NOW).outcome == "hold"
    assert decide(made, Call(tool="t"), counters, NOW).rule == "/tools/t/limits/0"


def test_dry_run_is_recorded_and_not_enforced() -> None:
    """Rules, approvals and limits under dry_run say what they would have done."""
    made = law(
        "default: deny\ntools: {t: {deny_if: [{conditions: [], on_deny: No., dry_run: true}],"
        " require_approval: {dry_run: true, on_hold: Wait.}, limits: [{counter: c, window: day, max: 1, dry_run: true}]}}"
    )
    counters = MemoryCounters()
    denied = Would(outcome="deny", rule="/tools/t/deny_if/0", reason="No.")
    held = Would(outcome="hold", rule="/tools/t/require_approval/0", reason="Wait.")
    full = Would(outcome="deny", rule="/tools/t/limits/0", reason="Limit reached: at most 1 calls per day.")

    decisions = [settle(decide(made, Call(tool="t"), counters, NOW), counters, NOW) for _ in range(2)]

    assert [(decision.outcome, decision.would) for decision in decisions] == [
        ("allow", (denied, held)),
        ("allow", (denied, held, full)),
    ]


class OneTool:
    """One listed tool, whose schema wants an integer n."""

    def digest(self, tool: str) -> str | None:
        return "a" * 64 if tool == "t" else None

    def fault(self, _tool: str, arguments: Json) -> str | None:
        return None if isinstance(arguments.get("n"), int) else "n is no integer"


@pytest.mark.parametrize(
    ("rules", "seen", "arguments", "outcome"),
    [
        (f"pin: {'a' * 64}", OneTool(), {}, "allow"),
        (f"pin: {'b' * 64}", OneTool(), {}, "deny"),
        (f"pin: {'a' * 64}", None, {}, "deny"),
        ("validate: schema", OneTool(), {"n": 1}, "allow"),
        ("validate: schema", OneTool(), {"n": "1"}, "deny"),
        ("validate: schema", None, {"n": 1}, "deny"),
        ('hours: [{days: [tue], from: "22:00", to: "23:00"}]', None, {}, "allow"),
        ('hours: [{days: [tue], from: "22:14", to: "23:00"}]', None, {}, "deny"),
        ('hours: [{days: [mon], from: "23:00", to: "22:14"}]', None, {}, "allow"),
        ('hours: [{days: [wed], from: "00:00", to: "24:00", zone: Europe/Moscow}]', None, {}, "allow"),
    ],
)
def test_pins_schemas_and_hours(rules: str, seen: OneTool | None, arguments: Json, outcome: str) -> None:
    """NOW is a Tuesday, 22:13:20 in UTC. What was never listed fits no pin and no schema."""
    assert judge(f"default: deny\ntools: {{t: {{{rules}}}}}", "t", arguments, definitions=seen)[0] == outcome


META = """default: deny
all_tools: {limits: [{counter: all, window: minute, max: 9}]}
hide: [secret]
tools:
  call_tool: {inner: {tool: args.name, args: args.arguments}}
  pay: {deny_if: [{conditions: [{path: args.n, op: gt, value: 5}]}], redact: {args: [args.card]}}
  ask: {require_approval: true}
"""


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"name": "pay", "arguments": {"n": 5}}, ("allow", "/tools/call_tool")),
        ({"name": "pay", "arguments": {"n": 6}}, ("deny", "/tools/pay/deny_if/0")),
        ({"name": "pay"}, ("allow", "/tools/call_tool")),
        ({"name": "other"}, ("deny", "(default deny)")),
        ({"name": "secret"}, ("deny", "/hide/0")),
        ({"name": "ask"}, ("hold", "/tools/ask/require_approval/0")),
        ({"name": 5}, ("deny", "/tools/call_tool/inner")),
        ({}, ("deny", "/tools/call_tool/inner")),
        ({"name": "pay", "arguments": "n"}, ("deny", "/tools/call_tool/inner")),
        ({"name": "PAY", "arguments": {"n": 6}}, ("deny", "/tools/call_tool/inner")),
        ({"name": "p_a-y", "arguments": {"n": 6}}, ("deny", "/tools/call_tool/inner")),
        ({"name": "\uff50ay"}, ("deny", "/tools/call_tool/inner")),
        ({"name": "Secret"}, ("deny", "/tools/call_tool/inner")),
        (
            {"name": "call_tool", "arguments": {"name": "pay", "arguments": {"n": 6}}},
            ("deny", "/tools/pay/deny_if/0"),
        ),
    ],
)
def test_a_call_inside_a_call_is_judged_as_well(arguments: Json, expected: tuple[str, str]) -> None:
    """Both must pass; a hidden tool inside is denied without being called unknown."""
    assert judge(META, "call_tool", arguments) == expected


@pytest.mark.parametrize(
    ("name", "outcome"),
    [("read_x", "allow"), ("anything", "allow"), ("delete_x", "deny"), ("DELETE_X", "deny"), ("Delete-All", "deny"), ("delete-all", "allow"), ("", "allow")],
)  # fmt: skip
def test_a_call_inside_a_call_names_no_tool_that_only_looks_like_another(name: str, outcome: str) -> None:
    """A tool that calls tools may mind neither case nor separators; what is spelled out is itself."""
    made = 'default: allow\ntools: {"delete_*": {action: deny}, delete-all: {}, call: {inner: {tool: args.name}}}'

    assert judge(made, "call", {"name": name})[0] == outcome


class Listed(OneTool):
    """Every tool was listed."""

    def digest(self, _tool: str) -> str | None:
        return "a" * 64


@pytest.mark.parametrize(
    "name", ["pay", "Pay", "PAY", "p_ay", "\uff50ay", "pay\u200b", "Delete_x", "deletE-all", "other"]
)
def test_a_name_that_was_not_listed_passes_for_no_other(name: str) -> None:
    """A careless server would look it up as what the policy speaks of; one that it lists itself is another tool."""
    made = 'default: allow\ntools: {pay: {action: deny}, "delete*": {action: deny}, "deletE-*": {}}\nhide: [delete-all]'
    expected = {"pay": ("deny", "/tools/pay/deny_if/0"), "other": ("allow", "(default allow)")}

    found = judge(made, name, {})
    assert found == expected.get(name, ("deny", "(look-alike tool)"))
    if found[1] == "(look-alike tool)":
        assert judge(made, name, {}, definitions=Listed())[0] == "allow"


def test_a_call_inside_a_call_is_one_call_to_a_limit_that_covers_both() -> None:
    """And the inner tool's redactions are found at their place in the outer arguments."""
    decision = decide(law(META), Call(tool="call_tool", arguments={"name": "pay"}), MemoryCounters(), NOW)

    assert ([part.rule for part in decision.reservations], decision.redact) == (
        ["/all_tools/limits/0"],
        Redact(args=("args.arguments.card",)),
    )


def test_a_chain_of_calls_inside_calls_ends() -> None:
    """However deep the agent nests them."""
    arguments: Json = {"name": "pay"}
    for _ in range(2000):
        arguments = {"name": "call_tool", "arguments": arguments}

    assert judge(META, "call_tool", arguments) == ("deny", "/tools/call_tool/inner")


class Broken:
    """A store that is gone."""

    def look(self, *_: Any) -> None:
        raise StoreFailed("gone")

    reserve = look


def test_a_store_that_fails_denies() -> None:
    """Both where the limits are looked at and where they are taken."""
    made = law(
        "default: deny\ntools: {t: {limits: [{counter: c, window: day, max: 1}]}, h: {require_approval: true, limits: [{counter: c, window: day, max: 1}]}}"
    )
    reason = "The call cannot be counted right now, so it is not allowed."
    why = "the counters cannot be used: gone"
    denied = Decision(outcome="deny", rule="(counters unavailable)", reason=reason, why=why, advice=LATER)

    assert decide(made, Call(tool="h"), Broken(), NOW) == denied
    assert settle(decide(made, Call(tool="t"), Broken(), NOW), Broken(), NOW) == denied


@pytest.mark.parametrize(
    ("policy", "shown"),
    [
        ("default: deny\ntools: {a: {}}", ["a", "b", "c"]),
        ("default: deny\nlist: listed\ntools: {a: {}}", ["a"]),
        ("default: allow\nhide: [b]\ntools: {c: {list: hide}}", ["a"]),
        ('default: allow\nhide: ["*"]', []),
    ],
)
def test_which_tools_are_listed(policy: str, shown: list[str]) -> None:
    """Only hide, list: hide and list: listed take a tool out of lists."""
    made = law(policy)

    assert [tool for tool in ("a", "b", "c") if visible(made, tool)] == shown


def test_a_glob_is_not_slow_over_a_hostile_name() -> None:
    """The name is as long as a message may be, the glob as bad as it can be."""
    made = law(f'default: deny\ntools: {{"{"*a" * 60}b": {{}}, "x": {{}}}}')

    assert decide(made, Call(tool="a" * 10_000_000), MemoryCounters(), NOW).rule == "(name too long)"
    assert decide(made, Call(tool="a" * 512), MemoryCounters(), NOW).rule == "(default deny)"


# The same question to the real decision and to the plain model.

spec = importlib.util.spec_from_file_location(
    "reference_model", Path(__file__).with_name("reference_model.py")
)
assert spec is not None
assert spec.loader is not None
reference_model = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reference_model)

TOOLS = ["get_a", "get_b", "put_a", "pay", "other"]
KEYS = ["get_a", "put_a", "pay", "get_*", "*", "?ay", "@money", "@none"]
SELECTORS = {"@money": ["pay", "get_b"], "@none": []}
#: What the server lists: two tools with schemas, of which the second wants an amount.
LISTED = Seen()
for entry in (
    {"name": "get_a", "inputSchema": {"type": "object", "properties": {"n": {"type": "integer"}}}},
    {"name": "pay", "inputSchema": {"type": "object", "properties": {"n": {"type": "number", "maximum": 5}}, "required": ["n"]}},
):  # fmt: skip
    LISTED.note(entry)


def fits_get_a(arguments: Any) -> bool:
    """The first schema, by hand."""
    value = reference_model.number(arguments.get("n", 0))
    return value is not None and value.denominator == 1


def fits_pay(arguments: Any) -> bool:
    """The second."""
    value = reference_model.number(arguments.get("n"))
    return value is not None and value <= 5


FITS = {"get_a": fits_get_a, "pay": fits_pay}
DIGESTS = {tool: LISTED.digest(tool) for tool in FITS}

leaves = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 8), st.decimals(-3, 8, places=1, allow_nan=False),
    st.sampled_from(["", "a", "ab", "5", "b1"]), st.floats(-3, 8, allow_nan=False),
)  # fmt: skip
json_values = st.one_of(leaves, st.lists(leaves, max_size=2))
written = st.one_of(
    st.booleans(),
    st.integers(-3, 8),
    st.decimals(-3, 8, places=1, allow_nan=False),
    st.sampled_from(["a", "ab", "5"]),
)
plain_arguments = st.dictionaries(st.sampled_from(["n", "s"]), json_values, max_size=2)
arguments = plain_arguments | st.fixed_dictionaries(
    {"s": st.sampled_from(TOOLS)}, optional={"n": plain_arguments | json_values}
)
paths = st.sampled_from(["args.n", "args.s", "args.s.0"])


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    op = draw(
        st.sampled_from(
            ["eq", "neq", "lt", "lte", "gt", "gte", "in", "not_in", "exists", "regex", "contains"]
        )
    )
    if op in ("lt", "lte", "gt", "gte"):
        value: Any = draw(st.one_of(st.integers(-3, 8), st.decimals(-3, 8, places=1, allow_nan=False)))
    elif op in ("in", "not_in"):
        value = draw(st.lists(written, max_size=3))
    elif op == "exists":
        value = draw(st.booleans())
    elif op == "regex":
        value = draw(st.sampled_from(["^a", "b", "[0-9]$", "^$"]))
    else:
        value = draw(st.one_of(written, st.lists(written, max_size=2)))
    return {"path": draw(paths), "op": op, "value": value}


rules = st.fixed_dictionaries(
    {"conditions": st.lists(conditions(), max_size=2)}, optional={"dry_run": st.booleans()}
)
limits = st.lists(
    st.fixed_dictionaries(
        {
            "counter": st.sampled_from(["c", "d"]),
            "window": st.sampled_from(["minute", "hour"]),
            "max": st.integers(1, 3),
        },
        optional={
            "cost": st.just("args.n"),
            "dry_run": st.booleans(),
            "scope": st.sampled_from(["grant", "session", "identity", "server", "global"]),
        },
    ),
    max_size=2,
    unique_by=lambda limit: (limit["counter"], limit["window"], limit.get("scope", "grant")),
)
clock_times = st.sampled_from(["00:00", "07:59", "08:00", "09:30", "23:00"])
tool_rules = st.fixed_dictionaries(
    {},
    optional={
        "require": st.lists(rules, max_size=2),
        "deny_if": st.lists(rules, max_size=2),
        "limits": limits,
        "require_approval": st.lists(
            st.fixed_dictionaries(
                {"conditions": st.lists(conditions(), max_size=1)}, optional={"dry_run": st.booleans()}
            ),
            max_size=2,
        ),
        "hours": st.lists(
            st.fixed_dictionaries(
                {"from": clock_times, "to": clock_times},
                optional={"days": st.lists(st.sampled_from(["mon", "thu", "fri"]), min_size=1, unique=True)},
            ),
            min_size=1,
            max_size=2,
        ),
        "pin": st.sampled_from([LISTED.digest("get_a"), "0" * 64]),
        "validate": st.sampled_from(["off", "schema"]),
        "inner": st.fixed_dictionaries({"tool": st.just("args.s")}, optional={"args": st.just("args.n")}),
    },
)
documents = st.fixed_dictionaries(
    {
        "version": st.just("1"),
        "default": st.sampled_from(["allow", "deny"]),
        "selectors": st.just(SELECTORS),
        "tools": st.dictionaries(st.sampled_from(KEYS), tool_rules, max_size=4),
    },
    optional={
        "hide": st.lists(st.sampled_from(["put_a", "get_?", "@money"]), max_size=2, unique=True),
        "list": st.sampled_from(["all", "listed"]),
        "all_tools": st.fixed_dictionaries({"limits": limits}),
    },
)
calls = st.tuples(
    st.sampled_from(TOOLS),
    arguments,
    st.fixed_dictionaries(
        {part: st.sampled_from(["x", "y"]) for part in ("server", "grant", "session", "identity")}
    ),
    st.sampled_from([0.0, 1.0, 30.0, 60.0, 3600.0]),
)


def text_of(document: dict[str, Any]) -> str:
    import msgspec

    return msgspec.json.Encoder(decimal_format="number").encode(document).decode()


@settings(max_examples=400, deadline=None)
@given(documents, st.lists(calls, min_size=1, max_size=12))
def test_the_decision_agrees_with_the_plain_model(document: dict[str, Any], made: list[Any]) -> None:
    """Over whole histories of calls, outcome and deciding rule are the same."""
    made_law = Law(read_policy(text_of(document), "generated.json"))
    model = reference_model.Model(document, DIGESTS, FITS)
    counters, now = MemoryCounters(), NOW

    for tool, args, holder, pause in made:
        now += pause
        decision = decide(
            made_law, Call(tool=tool, arguments=args, definitions=LISTED, **holder), counters, now
        )
        if decision.outcome == "allow":
            decision = settle(decision, counters, now)
        expected = model.judge(tool, args, holder, now)
        assert (decision.outcome, decision.rule) == expected


@settings(max_examples=150, deadline=None)
@given(documents)
def test_every_policy_survives_being_written(document: dict[str, Any]) -> None:
    """Both syntaxes, with the same digest."""
    policy = read_policy(text_of(document), "generated.json")

    for syntax in ("json", "yaml"):
        again = read_policy(write_policy(policy, syntax), f"again.{syntax}")  # type: ignore[arg-type]
        assert (policy_document(again), again.digest) == (policy_document(policy), policy.digest)


@pytest.mark.parametrize(
    ("op", "value"), [("in", []), ("not_in", []), ("eq", 1), ("contains", "a"), ("exists", False)]
)
def test_what_lies_in_a_text_is_compared_with_nothing_not_even_an_empty_list(op: str, value: Json) -> None:
    """Nobody can say what a server unpacks there."""
    condition = f"{{path: args.order.n, op: {op}, value: {str(value).lower()}}}"
    made = f"default: allow\ntools: {{t: {{deny_if: [{{conditions: [{condition}]}}]}}}}"

    assert judge(made, "t", {"order": "{}"})[0] == "deny"
