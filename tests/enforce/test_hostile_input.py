"""Whatever is thrown at the reader and the decision, they answer: a policy or its mistakes, an outcome."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from enforce.counters.memory import MemoryCounters
from enforce.decide import Call, decide, settle
from enforce.explain import explain
from enforce.law import Law
from enforce.policyfile import PolicyErrors, examine, read_policy, write_policy

SEEDS = [
    '{"version": "1", "default": "deny", "hide": ["x"], "tools": {"t": {"deny_if": [{"conditions": [{"path": "args.n", "op": "gt", "value": 1.5}]}]}}}',
    'version: "1"\ndefault: allow\ntools:\n  t: {limits: [{counter: c, window: day, max: 3, cost: args.n}], require_approval: true}\n',
    'version: "1"\ntools: {t: {rules: [{name: n, conditions: [{path: state.t.c, op: lt, value: 3}], state: {counter: c, window: day}}]}}\n',
]  # fmt: skip


def check_reading(text: str, source: str) -> None:
    """A policy that can be written and read again, or mistakes that have a place in the text, or are of the whole."""
    try:
        policy = examine(text, source).policy
    except PolicyErrors as error:
        faults = error.faults
    else:
        assert read_policy(write_policy(policy), "again.json") == policy
        return
    lines = text.count("\n") + text.count("\r") + 2
    assert faults
    for fault in faults:
        assert fault.message
        assert (fault.line, fault.column) == (0, 0) or (1 <= fault.line <= lines and fault.column >= 1)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["p.json", "p.yaml", "p"]))
@example("\x85: \u2028", "p.yaml")
@example("? [a]\n: 1", "p.yaml")
@example("\ud800{}", "p.json")
@example("{" * 100_000, "p.json")
@example('{"a":' * 3000, "p.json")
@example("- " * 5000, "p.yaml")
@example("1" * 5000, "p.json")
@example("1e" + "9" * 30, "p.json")
@example("1e" + "9" * 30, "p.yaml")
@example("%TAG ! x\n---\n!<a> b", "p.yaml")
def test_any_text_is_a_policy_or_a_list_of_mistakes(text: str, source: str) -> None:
    """Nothing else comes out, whatever goes in."""
    check_reading(text, source)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(SEEDS), st.data())
def test_a_damaged_policy_is_a_policy_or_a_list_of_mistakes(seed: str, data: st.DataObject) -> None:
    """One to three cuts, doublings or foreign characters in a good file."""
    text = seed
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        end = min(len(text), at + data.draw(st.integers(0, 12)))
        put = data.draw(
            st.sampled_from(
                ["", text[at:end] * 2, '"', "{", "[", ":", "\n", "null", "-1", "1e999", "\ud800", "&a", "*a"]
            )
        )
        text = text[:at] + put + text[end:]
    check_reading(text, "p.json" if seed.startswith("{") else "p.yaml")


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(max_size=5)
    | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
POLICY = """\
version: "1"
default: allow
hide: [hidden]
methods: {"x/*": {deny_if: [{conditions: [{path: params.n, op: contains, value: a}]}]}}
tools:
  meta: {inner: {tool: args.name, args: args.n}}
  "*":
    require: [{conditions: [{path: args.n, op: neq, value: 5}, {path: args.n.0, op: not_in, value: [a, 1, [2]]}]}]
    deny_if:
      - {conditions: [{path: args.n, op: gt, value: 100}]}
      - {conditions: [{path: args.n, op: regex, value: "^a"}]}
      - {conditions: [{path: args.n, op: eq, value: {a: [1]}}]}
    limits: [{counter: c, window: day, max: 1000, cost: args.n}]
    require_approval: {conditions: [{path: args.n, op: contains, value: b}]}
"""
LAW = Law(read_policy(POLICY, "p.yaml"))


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(["meta", "t", "hidden", "", "\ud800", "*"]),
    st.dictionaries(st.sampled_from(["n", "name"]), anything) | anything,
    st.sampled_from(["tools/call", "x/y", "ping", ""]),
    st.floats(allow_nan=False, min_value=-1e12, max_value=1e12),
)
def test_any_call_is_decided(tool: str, arguments: Any, method: str, now: float) -> None:
    """And explained, with the same end."""
    call = Call(tool=tool, arguments=arguments, method=method)
    decision = decide(LAW, call, MemoryCounters(), now)

    assert decision.outcome in ("allow", "deny", "hold")
    assert explain(LAW, call, MemoryCounters(), now)[-1].rule == settle(decision, MemoryCounters(), now).rule


@pytest.mark.parametrize("depth", [50, 5000])
def test_deep_arguments_are_decided(depth: int) -> None:
    """However deep they nest."""
    nested: Any = 1
    for _ in range(depth):
        nested = [nested]

    assert decide(LAW, Call(tool="t", arguments={"n": nested}), MemoryCounters(), 0.0).outcome == "deny"
