"""What is exported decides as ours does, says the target's own engine, over ten thousand calls for each."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from enforce.counters.memory import Unlimited
from enforce.decide import Call, decide
from enforce.export import Losses, agentgateway, export_policy, rego, toolhive
from enforce.law import Law
from enforce.policy import Condition, Policy, Rule, ToolRules
from enforce.policyfile import read_policy

#: Ten thousand calls take an engine a while where others use the processor too.
pytestmark = pytest.mark.timeout(900)

spec = importlib.util.spec_from_file_location("generated", Path(__file__).with_name("generated.py"))
assert spec is not None
assert spec.loader is not None
generated = importlib.util.module_from_spec(spec)
spec.loader.exec_module(generated)

POLICIES, CALLS = 50, 200
Calls = list[tuple[str, dict[str, Any]]]
Histories = list[tuple[Policy, Calls]]
#: Which calls of each history the exported policy lets through.
Engine = Callable[[Histories], list[list[bool]]]


def run(engine: str, cases: list[Any]) -> list[Any]:
    """Each engine in a process of its own: their libraries cannot live in one."""
    script = Path(__file__).with_name("engines") / f"{engine}_engine.py"
    text = json.dumps(
        cases, default=float
    )  # engines read JSON as their users send it, so Decimals become doubles
    done = subprocess.run([sys.executable, script], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def by_envoy(histories: Histories) -> list[list[bool]]:
    """The rules of the MCPRoute, of which the first that matches decides; an error in an expression is no match."""
    authorizations, cases = [], []
    for policy, calls in histories:
        document = yaml.safe_load(export_policy(policy, "envoy").text)
        authorization = document["spec"]["securityPolicy"]["authorization"]
        authorizations.append(authorization)
        expressions = [rule.get("cel", "true") for rule in authorization["rules"]]
        data = [
            {"request": {"mcp": {"params": {"arguments": arguments} if arguments else {}}}}
            for _, arguments in calls
        ]
        cases.append({"expressions": expressions, "data": data})

    def allows(authorization: dict[str, Any], tool: str, matched: list[bool]) -> bool:
        for rule, matches in zip(authorization["rules"], matched, strict=True):
            if matches and tool in {target["tool"] for target in rule["target"]["tools"]}:
                return bool(rule["action"] == "Allow")
        return bool(authorization["defaultAction"] == "Allow")

    return [
        [allows(authorization, tool, matched) for (tool, _), matched in zip(calls, answers, strict=True)]
        for authorization, (_, calls), answers in zip(
            authorizations, histories, run("cel", cases), strict=True
        )
    ]


def by_toolhive(histories: Histories) -> list[list[bool]]:
    """Cedar, with the arguments as attributes of the tool."""
    cases = [{"policies": toolhive.policies(policy, Losses()), "calls": calls} for policy, calls in histories]
    return run("cedar", cases)


def by_rego(histories: Histories) -> list[list[bool]]:
    """The module's own outcomes."""
    cases = [
        {"module": rego.write(policy, "server", Losses()), "calls": calls} for policy, calls in histories
    ]
    return [[outcome == "allow" for outcome in outcomes] for outcomes in run("rego", cases)]


def by_agentgateway(histories: Histories) -> list[list[bool]]:
    """The one rule; an error is no match, and without a match nothing is allowed."""
    cases = [
        {
            "expressions": [agentgateway.rule(policy, Losses())],
            "data": [{"mcp": {"tool": {"name": tool}}} for tool, _ in calls],
        }
        for policy, calls in histories
    ]
    return [[answer for (answer,) in answers] for answers in run("cel", cases)]


def by_intercept(histories: Histories) -> list[list[bool]]:
    """No engine of theirs is at hand, so our own reader of their files, which takes every doubt as a denial."""
    return by_us(
        [
            (read_policy(export_policy(policy, "intercept").text, "i.yaml"), calls)
            for policy, calls in histories
        ]
    )


def by_us(histories: Histories) -> list[list[bool]]:
    return [
        [
            decide(law, Call(tool=tool, arguments=arguments), Unlimited(), 0.0).outcome == "allow"
            for tool, arguments in calls
        ]
        for law, calls in ((Law(policy), calls) for policy, calls in histories)
    ]


def histories(**narrowed: Any) -> Iterator[tuple[Policy, Calls]]:
    """The same fifty policies, each with two hundred calls."""
    for seed in range(POLICIES):
        source = generated.Source(seed, **narrowed)
        text = msgspec.json.Encoder(decimal_format="number").encode(source.document()).decode()
        yield read_policy(text, "generated.json"), source.calls(CALLS)


NO_CONTAINS = tuple(op for op in generated.OPERATORS if op != "contains")
NO_REGEX = tuple(op for op in NO_CONTAINS if op != "regex")


@pytest.mark.parametrize(
    ("engine", "narrowed"),
    [
        (by_rego, {"escapes": False, "nested": True}),  # regopy keeps the escapes of the texts in its input
        (by_envoy, {"operators": NO_CONTAINS, "mixed": False, "nested": True}),
        (by_toolhive, {"operators": NO_REGEX, "mixed": False, "whole": True, "given": True}),
        (by_agentgateway, {"by_name": True}),
    ],
    ids=["rego", "envoy", "toolhive", "agentgateway"],
)
def test_what_can_be_expressed_decides_alike(engine: Engine, narrowed: dict[str, Any]) -> None:
    """Every one of ten thousand calls, over policies within what the target can say."""
    made = list(histories(**narrowed))
    ours = by_us(made)

    assert engine(made) == ours
    assert sum(map(len, ours)) == 10_000
    assert 0.1 < sum(map(sum, ours)) / 10_000 < 0.9


@pytest.mark.parametrize(
    ("engine", "narrowed"),
    [
        (by_envoy, {"nested": True}),
        (by_toolhive, {"nested": True}),
        (by_agentgateway, {}),
        (by_intercept, {}),
    ],
    ids=["envoy", "toolhive", "agentgateway", "intercept"],
)
def test_what_cannot_be_expressed_is_never_open(engine: Engine, narrowed: dict[str, Any]) -> None:
    """Over policies that use everything, the target lets nothing through that ours would not."""
    made = list(histories(**narrowed))
    looser = [
        (policy, call)
        for (policy, calls), theirs, ours in zip(made, engine(made), by_us(made), strict=True)
        for call, there, here in zip(calls, theirs, ours, strict=True)
        if there and not here
    ]

    assert looser == []


def test_what_came_from_intercept_goes_back_without_loss() -> None:
    """Conditions that must hold, denials and rates: ten thousand calls are judged as before."""
    made: Histories = []
    for seed in range(POLICIES):
        source = generated.Source(seed, mixed=False)  # to it, 5 and "5" in one list are one value
        document = {
            "version": "1",
            "default": "deny",
            "tools": {tool: {"rules": source.intercept()} for tool in ("get_a", "put_a", "pay")},
        }
        text = msgspec.json.Encoder(decimal_format="number").encode(document).decode()
        made.append((read_policy(text, "theirs.json"), source.calls(CALLS)))
    ours = by_us(made)

    assert by_intercept(made) == ours
    assert 0.1 < sum(map(sum, ours)) / 10_000 < 0.9


@pytest.mark.parametrize(
    ("condition", "arguments"),
    [
        (Condition(path="args.n", op="gt", value=100), {"n": 1e15}),
        (Condition(path="args.n", op="gt", value=100), {"n": 922337203685477.5807}),
        (Condition(path="args.n", op="gt", value=100), {"n": [101]}),
        (Condition(path="args.n", op="eq", value="rm"), {"n": {"x": "rm"}}),
        (Condition(path="args.n", op="eq", value=True), {"n": 1e300}),
        (Condition(path="args.n", op="contains", value="5"), {"n": 5e20}),
        (Condition(path="args.n", op="exists", value=True), {"n": 1e300}),
    ],
)
def test_what_toolhive_does_not_see_is_not_let_through(
    condition: Condition, arguments: dict[str, Any]
) -> None:
    """It drops numbers beyond its decimals, and of lists and objects knows only that they are there."""
    policy = Policy(default="deny", tools={"t": ToolRules(deny_if=(Rule(conditions=(condition,)),))})
    made: Histories = [(policy, [("t", arguments)])]

    assert (by_toolhive(made), by_us(made)) == ([[False]], [[False]])


def test_toolhive_asks_for_amounts_as_decimals() -> None:
    """What JSON calls 100 is a decimal there, and a comparison with a whole number would err."""
    condition = Condition(path="args.n", op="gt", value=Decimal("100.5"))
    policy = Policy(default="deny", tools={"t": ToolRules(deny_if=(Rule(conditions=(condition,)),))})
    calls: Calls = [("t", {"n": number}) for number in (0, 100, 100.5, 100.6, "1")]

    assert by_toolhive([(policy, calls)]) == by_us([(policy, calls)]) == [[True, True, True, False, False]]


def test_a_bound_with_more_digits_than_a_decimal_of_toolhive_s_is_told() -> None:
    """It would be a policy that Cedar cannot judge by."""
    condition = Condition(path="args.n", op="gt", value=Decimal("100000000000.000000000000000000001"))
    policy = Policy(default="deny", tools={"t": ToolRules(deny_if=(Rule(conditions=(condition,)),))})
    exported = export_policy(policy, "toolhive")

    assert "decimal(" not in exported.text
    assert [loss.rule for loss in exported.losses] == ["/tools/t/deny_if/0"]


def test_envoy_lists_what_may_be_called_without_arguments() -> None:
    """Its lists are filtered by the same rules, over params that hold no arguments."""
    condition = Condition(path="args.n", op="gt", value=5)
    policy = Policy(
        default="deny",
        tools={
            "optional": ToolRules(deny_if=(Rule(conditions=(condition,)),)),
            "needed": ToolRules(require=(Rule(conditions=(condition,)),)),
        },
    )
    losses = export_policy(policy, "envoy").losses

    assert by_envoy([(policy, [("optional", {}), ("needed", {})])]) == [[True, False]]
    assert [loss.rule for loss in losses] == ["/tools/needed"]


def test_names_are_quoted() -> None:
    """A tool whose name is made to break out of a string stays one name."""
    hostile = 'a" || true || "\\ \n é'
    policy = Policy(default="deny", tools={hostile: ToolRules()})
    made: Histories = [(policy, [(hostile, {}), ("other", {}), ("a", {})])]

    answers = [engine(made) for engine in (by_envoy, by_toolhive, by_agentgateway)]

    assert answers == [[[True, False, False]]] * 3


def test_exact_bounds_stay_exact() -> None:
    """A bound that a double cannot hold closes the tool rather than moving."""
    condition = Condition(path="args.n", op="gt", value=9007199254740993)
    policy = Policy(default="deny", tools={"t": ToolRules(deny_if=(Rule(conditions=(condition,)),))})
    made: Histories = [(policy, [("t", {"n": 9007199254740993})])]

    assert (by_envoy(made), by_us(made)) == ([[False]], [[True]])
