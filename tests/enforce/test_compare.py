"""Comparing policies by what they do: every difference has a call that shows it."""

import importlib.util
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from enforce.compare import Difference, Unlimited, compare
from enforce.decide import Call, decide
from enforce.law import Law
from enforce.policy import Policy
from enforce.policyfile import read_policy

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
        ("default: deny\ntools: {t: {rate_limit: 5/hour}}", "default: deny\ntools: {t: {rate_limit: 6/hour}}", [
            Difference(kind="limits", tool="t", before="5 per 3600 s by grant", after="6 per 3600 s by grant"),
        ]),
        ("default: deny\ntools: {t: {}}", "default: deny\ntools: {t: {require_approval: true}}", [
            outcome("allow by /tools/t", "hold by /tools/t/require_approval/0", {}),
        ]),
        (denied_if("regex", '"^(x(y(z|w){3}q)){2}$"'), denied_if("regex", '"^(x(y(z|w){3}p)){2}$"'), [
            Difference(
                kind="rules", tool="t",
                before="{'deny_if': [{'conditions': [{'path': 'args.n', 'op': 'regex', 'value': '^(x(y(z|w){3}q)){2}$'}]}]}",
                after="{'deny_if': [{'conditions': [{'path': 'args.n', 'op': 'regex', 'value': '^(x(y(z|w){3}p)){2}$'}]}]}",
            ),
        ]),
        ("default: deny", "default: deny\nmethods: {resources/read: allow}", [
            outcome("deny by (default deny)", "allow by /methods/resources~1read", {}, tool="", method="resources/read"),
        ]),
    ],
)  # fmt: skip
def test_what_changes_between_two_policies(one: str, other: str, expected: list[Difference]) -> None:
    """Outcomes with a witness, visibility, limits; and rules that differ though no call was found."""
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
                call = Call(tool=found.tool, method=found.method, arguments=found.witness)
                told = [decide(Law(law), call, Unlimited(), 0.0) for law in (one, other)]
                assert [f"{each.outcome} by {each.rule}" for each in told] == [found.before, found.after]
