"""The commands about the law alone: check, explain, replay."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from enforce.audit.files import chains
from enforce.cli import FINE, FOUND, USAGE
from enforce.clocks import steady_clock
from enforce.counters.memory import MemoryCounters
from enforce.decide import Call, Decision, decide
from enforce.explain import explain as explain_call
from enforce.law import Law
from enforce.policyfile import PolicyErrors, examine, load_policy, read_source


def check(options: argparse.Namespace) -> int:
    """Say everything that is wrong with a policy, or how much it rules."""
    try:
        reading = examine(read_source(options.file), options.file)
    except PolicyErrors as error:
        print(error, file=sys.stderr)
        return FOUND
    for warning in reading.warnings:
        print(f"{options.file}: warning: {warning}", file=sys.stderr)
    policy = reading.policy
    print(
        f"{options.file}: fine; default {policy.default}, {len(policy.tools)} tools, {len(policy.hide)} hidden"
    )
    return FINE


def explain(options: argparse.Namespace) -> int:
    """Print the steps of one decision, counted from empty counters."""
    try:
        arguments = json.loads(options.args)
    except ValueError as error:
        print(f"--args is no JSON: {error}", file=sys.stderr)
        return USAGE
    if not isinstance(arguments, dict):
        print("--args must be a JSON object", file=sys.stderr)
        return USAGE
    law = _law(options.file)
    if law is None:
        return FOUND
    call = Call(tool=options.tool, arguments=arguments, identity=options.identity, grant=options.identity)
    steps = explain_call(law, call, MemoryCounters(), steady_clock()())
    if options.json:
        print(msgspec.json.encode(steps).decode())
    else:
        for step in steps:
            print(f"{step.verdict:11} {step.rule}\n            {step.text}")
    return FINE if steps[-1].verdict == "allows" else FOUND


def replay(options: argparse.Namespace) -> int:
    """Judge recorded tool calls anew. The log has no argument values, so rules about them are not asked."""
    law = _law(options.file)
    if law is None:
        return FOUND
    changes = [change for record in _calls(Path(options.audit)) if (change := _change(law, record))]
    for change in changes:
        print(
            json.dumps(change)
            if options.json
            else "{seq}: {tool}: {was} -> {becomes} by {rule}".format(**change)
        )
    return FOUND if changes else FINE


def _calls(path: Path) -> list[dict[str, Any]]:
    lines = [line for files in chains(path) for file in files for line in file.read_bytes().splitlines()]
    records = [msgspec.json.decode(line, type=dict[str, Any]) for line in lines]
    return [
        record for record in records if record.get("event") == "decision" and "gen_ai.tool.name" in record
    ]


def _change(law: Law, record: dict[str, Any]) -> dict[str, Any] | None:
    tool = record["gen_ai.tool.name"]
    decision = _judge(law, tool)
    if decision.outcome == record["outcome"]:
        return None
    return {
        "seq": record["seq"],
        "tool": tool,
        "was": record["outcome"],
        "becomes": decision.outcome,
        "rule": decision.rule,
    }


def _judge(law: Law, tool: str) -> Decision:
    return decide(law, Call(tool=tool), MemoryCounters(), 0.0)


def _law(path: str) -> Law | None:
    try:
        return Law(load_policy(path))
    except PolicyErrors as error:
        print(error, file=sys.stderr)
        return None
