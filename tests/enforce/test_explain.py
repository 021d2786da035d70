"""Explaining a decision: every step, and the same end as the decision itself."""

import pytest

from crawler.tools import Json
from enforce.counters.memory import MemoryCounters
from enforce.decide import Call, decide, settle
from enforce.explain import Step, explain
from enforce.law import Law
from enforce.policyfile import read_policy

NOW = 1_700_000_000.0
POLICY = """\
version: "1"
default: deny
hide: [secret]
all_tools: {limits: [{counter: all, window: minute, max: 300}]}
tools:
  pay:
    require: [{conditions: [{path: args.to, op: in, value: [alice, bob]}]}]
    deny_if:
      - {conditions: [{path: args.amount, op: gt, value: 100}], on_deny: Over the limit.}
      - {conditions: [{path: args.note, op: exists}], dry_run: true}
    limits: [{counter: spend, window: day, max: 150, cost: args.amount}]
    require_approval: {conditions: [{path: args.amount, op: gte, value: 50}]}
  late: {hours: [{from: "23:00", to: "24:00"}], pin: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}
"""


def test_every_step_says_what_it_compared() -> None:
    """Also the steps after the one that decides."""
    law = Law(read_policy(POLICY, "policy.yaml"))
    call = Call(tool="pay", arguments={"to": "carol", "amount": 120, "note": "x"})

    assert explain(law, call, MemoryCounters(), NOW) == [
        Step(rule="/tools/pay", verdict="passes", text="The tool 'pay' is listed."),
        Step(rule="/tools/pay/require/0", verdict="denies", text="required: args.to is one of ['alice', 'bob']: false, it is 'carol'"),
        Step(rule="/tools/pay/deny_if/0", verdict="denies", text="denied if: args.amount is more than 100: true, it is 120"),
        Step(rule="/tools/pay/deny_if/1", verdict="would deny", text="denied if: args.note is given: true, it is 'x'"),
        Step(rule="/tools/pay/limits/0", verdict="passes", text="at most 150 per day, counted by grant; this call takes 120, and there is room"),
        Step(rule="/all_tools/limits/0", verdict="passes", text="at most 300 per minute, counted by grant; this call takes 1, and there is room"),
        Step(rule="/tools/pay/require_approval/0", verdict="holds", text="approval if: args.amount is at least 50: true, it is 120"),
        Step(rule="/tools/pay/require/0", verdict="denies", text="This call is not allowed with these arguments."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("pay", {"to": "bob", "amount": 10}),
        ("pay", {"to": "bob", "amount": 60}),
        ("pay", {"to": "bob", "amount": 101}),
        ("pay", {"to": "bob", "amount": "10"}),
        ("pay", {}),
        ("secret", {}),
        ("other", {}),
        ("late", {}),
        ("late\u001b[31m", {"x": "\u202e"}),
    ],
)
def test_the_last_step_is_the_decision(tool: str, arguments: Json) -> None:
    """And the steps before it hold the rule that decides, and nothing is taken from the counters."""
    law, counters = Law(read_policy(POLICY, "policy.yaml")), MemoryCounters()
    call = Call(tool=tool, arguments=arguments)
    steps = explain(law, call, counters, NOW)
    decision = settle(decide(law, call, counters, NOW), counters, NOW)

    assert steps[-1].rule == decision.rule
    assert steps[-1].verdict == {"allow": "allows", "deny": "denies", "hold": "holds"}[decision.outcome]
    assert decision.rule in [step.rule for step in steps[:-1]]
    assert all(step.text.isascii() for step in steps[:-1])


def test_a_full_limit_says_how_much_is_taken() -> None:
    """And when there is room again."""
    law, counters = Law(read_policy(POLICY, "policy.yaml")), MemoryCounters()
    call = Call(tool="pay", arguments={"to": "bob", "amount": 40})
    for _ in range(3):
        settle(decide(law, call, counters, NOW), counters, NOW)

    steps = explain(law, call, counters, NOW + 400)

    assert (
        Step(
            rule="/tools/pay/limits/0",
            verdict="denies",
            text="at most 150 per day, counted by grant; this call takes 40, and 120 is taken",
        )
        in steps
    )
    assert steps[-1].text == "Limit reached: at most 150 in sum per day. It may pass in 86000 s."


@pytest.mark.parametrize(
    ("arguments", "rules"),
    [
        ({"name": "b", "with": {"n": 2}}, ["/tools/a", "/tools/a/inner", "/tools/b", "/tools/b/deny_if/0", "/tools/b/deny_if/0"]),
        ({"name": "b"}, ["/tools/a", "/tools/a/inner", "/tools/b", "/tools/b/deny_if/0", "/tools/a"]),
        ({"name": "c"}, ["/tools/a", "/tools/a/inner", "(default deny)", "(default deny)"]),
        ({}, ["/tools/a", "/tools/a/inner", "/tools/a/inner"]),
    ],
)  # fmt: skip
def test_a_call_inside_is_explained_as_well(arguments: Json, rules: list[str]) -> None:
    """Its own steps follow the one that leads to it."""
    text = 'version: "1"\ndefault: deny\ntools:\n  a: {inner: {tool: args.name, args: args.with}}\n  b: {deny_if: [{conditions: [{path: args.n, op: gt, value: 1}]}]}'
    law = Law(read_policy(text, "p.yaml"))
    steps = explain(law, Call(tool="a", arguments=arguments), MemoryCounters(), 0.0)

    assert [step.rule for step in steps] == rules
