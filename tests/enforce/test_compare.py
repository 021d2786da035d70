"""Comparing policies by what they do: every difference has a call that shows it."""

import importlib.util
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from enforce.compare import Difference, compare
from enforce.counters.memory import Unlimited
from enforce.decide import Call, decide
from enforce.law import Law
from enforce.policy import Policy, ToolRules
from enforce.policyfile import read_policy
from enforce.witness import tool_names

spec = importlib.util.spec_from_file_location(
    "generated", Path(__file__).with_name("export") / "generated.py"
)
assert spec is not None
assert spec.loader is not None
generated = importlib.util.module_from_spec(spec)
spec.loader.exec_module(generated)


def policy(text: str) -> Policy:
    return read_policy(f'version: "1"\n{text}', "p.yaml")


def outcome(before: str, after: str, witness: Any, tool: str = "t", method: str = "tools/call") -> Difference:
    return Difference(kind="outcome", tool=tool, method=method, before=before, after=after, witness=witness)


def differs(kind: Any, before: str, after: str, **more: Any) -> Difference:
    return Difference(kind=kind, before=before, after=after, **{"tool": "t", "witness": {}} | more)


def tool(rules: str) -> str:
    return f"default: deny\ntools: {{t: {{{rules}}}}}"


def denied_if(op: str, value: str) -> str:
    return f"default: deny\ntools: {{t: {{deny_if: [{{conditions: [{{path: args.n, op: {op}, value: {value}}}]}}]}}}}"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (denied_if("gt", "100"), denied_if("gt", "100.0"), []),
        (denied_if("gt", "100"), denied_if("gte", "100"), [outcome("allow by /tools/t", "deny by /tools/t/deny_if/0", {"n": 100})]),
        (denied_if("eq", "a"), denied_if("neq", "a"), [
            outcome("deny by /tools/t/deny_if/0", "allow by /tools/t", {"n": "a"}),
            outcome("allow by /tools/t", "deny by /tools/t/deny_if/0", {"n": "other"}),
        ]),
        (denied_if("regex", '"^/srv/"'), denied_if("regex", '"^/srv/[a-z]+$"'), [
            outcome("deny by /tools/t/deny_if/0", "allow by /tools/t", {"n": "/srv/"}),
        ]),
        ("default: deny", "default: deny\ntools: {t: {}}", [outcome("deny by (default deny)", "allow by /tools/t", {})]),
        ("default: deny\ntools: {t: {why: a}}", "default: deny\ntools: {t: {why: b}}", []),
        ("default: deny\ntools: {t: {}}", "default: deny\nhide: [t]", [
            Difference(kind="visible", tool="t", before="shown", after="hidden"),
            outcome("allow by /tools/t", "deny by /hide/0", {}),
        ]),
        (tool("rate_limit: 5/hour"), tool("rate_limit: 6/hour"), [
            differs("limits", "5 per 3600 s by grant", "6 per 3600 s by grant"),
        ]),
        (tool("limits: [{counter: c, window: hour, max: 5}]"), tool("limits: [{counter: c, window: hour, max: 5, scope: session}]"), [
            differs("limits", "5 per 3600 s by grant", "5 per 3600 s by session"),
        ]),
        ("default: allow", "default: allow\nall_tools: {limits: [{counter: c, window: day, max: 9}]}", [
            differs("limits", "no limit", "9 per 86400 s by grant over /all_tools", tool="some-other-tool"),
        ]),
        (tool(""), tool("require_approval: true"), [outcome("allow by /tools/t", "hold by /tools/t/require_approval/0", {})]),
        (tool("require_approval: true"), tool("require_approval: {timeout: hour}"), [
            differs("approval", "held for 600 s", "held for 3600 s"),
        ]),
        (tool("redact: {args: [args.a]}"), tool("redact: {args: [args.a], result: [result.b]}"), [
            differs("redact", "args.a", "args.a, result.b"),
        ]),
        ('default: deny\ntools: {"a_*": {redact: {args: [args.a]}}}', 'default: deny\ntools: {"a_*": {redact: {args: [args.b]}}}', [
            differs("redact", "args.a", "args.b", tool="a_other"),
        ]),
        (tool("deny_if: [{conditions: [], dry_run: true}]"), tool(""), [
            differs("dry_run", "would deny by /tools/t/deny_if/0", "nothing recorded"),
        ]),
        (tool(f"pin: {'a' * 64}"), tool(f"pin: {'b' * 64}"), [
            outcome("allow by /tools/t", "deny by /tools/t/pin", {}),
            differs("outcome", "deny by /tools/t/pin", "allow by /tools/t", digest="b" * 64),
        ]),
        (tool("validate: schema"), tool(""), [
            differs("outcome", "deny by /tools/t/validate", "allow by /tools/t", fits=False),
        ]),
        (tool('hours: [{from: "09:00", to: "17:00"}]'), tool('hours: [{from: "08:00", to: "17:00"}]'), [
            differs("outcome", "deny by /tools/t/hours", "allow by /tools/t", at="1970-01-02T08:59:00Z"),
        ]),
        (tool("list: hide"), tool(""), [Difference(kind="visible", tool="t", before="hidden", after="shown")]),
        (tool("inner: {tool: args.name}"), tool(""), [
            outcome("deny by /tools/t/inner", "allow by /tools/t", {"name": "t"}),
            outcome("deny by (default deny)", "allow by /tools/t", {"name": "some-other-tool"}),
        ]),
        ("default: deny\ndrift: {changed: hold}", "default: deny\ndrift: {changed: deny}", [
            Difference(kind="drift", tool="", method="/drift/changed", before="hold", after="deny"),
        ]),
        ("default: deny\nmethods: {prompts/get: {limits: [{counter: c, window: day, max: 1}]}}", "default: deny\nmethods: {prompts/get: allow}", [
            differs("limits", "1 per 86400 s by grant", "no limit", tool="", method="prompts/get"),
        ]),
        (denied_if("regex", '"^ab+c$"'), denied_if("regex", '"^ab*c$"'), [
            outcome("allow by /tools/t", "deny by /tools/t/deny_if/0", {"n": "ac"}),
        ]),
        (denied_if("regex", '"^(x(y(z|w){3}q)){2}$"'), denied_if("regex", '"^(x(y(z|w){3}p)){2}$"'), [
            outcome("deny by /tools/t/deny_if/0", "allow by /tools/t", {"n": "xyzzzqxyzzzq"}),
            outcome("allow by /tools/t", "deny by /tools/t/deny_if/0", {"n": "xyzzzpxyzzzp"}),
        ]),
        (denied_if("regex", '"a{998}"'), denied_if("regex", '"a{999}"'), [
            Difference(
                kind="rules", tool="t",
                before='deny_if [{"conditions":[{"path":"args.n","op":"regex","value":"a{998}"}]}]',
                after='deny_if [{"conditions":[{"path":"args.n","op":"regex","value":"a{999}"}]}]',
            ),
        ]),
        ("default: deny", "default: deny\nmethods: {resources/read: allow}", [
            outcome("deny by (default deny)", "allow by /methods/resources~1read", {}, tool="", method="resources/read"),
        ]),
    ],
)  # fmt: skip
def test_what_changes_between_two_policies(one: str, other: str, expected: list[Difference]) -> None:
    """Whatever a call may lead to, with a call that shows it; and rules that differ though no call was found."""
    assert compare(policy(one), policy(other), 0.0) == expected


def test_a_changed_default_is_seen_on_a_stranger() -> None:
    """A tool that neither policy names, and the methods that follow the default."""
    found = compare(policy("default: deny"), policy("default: allow"), 0.0)

    assert found[0] == outcome(
        "deny by (default deny)", "allow by (default allow)", {}, tool="some-other-tool"
    )
    assert {"resources/read", "some/method"} <= {difference.method for difference in found}


def test_every_witness_tells_the_policies_apart() -> None:
    """Over generated policies."""
    policies = [
        read_policy(
            msgspec.json.Encoder(decimal_format="number").encode(generated.Source(seed).document()).decode(),
            "g.json",
        )
        for seed in range(12)
    ]
    for one, other in pairwise(policies):
        for found in compare(one, other, 0.0):
            if found.kind == "outcome":
                assert (found.at, found.digest, found.fits) == (None, None, True)
                call = Call(tool=found.tool, method=found.method, arguments=found.witness)
                told = [decide(Law(law), call, Unlimited(), 0.0) for law in (one, other)]
                assert [f"{each.outcome} by {each.rule}" for each in told] == [found.before, found.after]


def test_a_condition_among_many_is_seen() -> None:
    """Where there are too many combinations to try them all, every rule is still tried for itself."""

    def text(last: int) -> str:
        required = [f"{{conditions: [{{path: args.a{n}, op: in, value: [x, y]}}]}}" for n in range(8)]
        denied = (
            f"{{conditions: [{{path: args.a0, op: eq, value: y}}, {{path: args.b, op: gt, value: {last}}}]}}"
        )
        return tool(f"require: [{', '.join(required)}], deny_if: [{denied}]")

    (found,) = compare(policy(text(5)), policy(text(6)), 0.0)

    assert (found.before, found.after) == ("deny by /tools/t/deny_if/0", "allow by /tools/t")


@pytest.mark.parametrize(
    ("globs", "expected"),
    [(["get_*", "*_secret"], "get_x_secret"), (["a?", "*"], "ax"), (["*-*", "x*"], "xx-x")],
)
def test_a_name_that_two_globs_fit_is_tried(globs: list[str], expected: str) -> None:
    assert expected in tool_names([Policy(default="deny", tools={glob: ToolRules() for glob in globs})])
