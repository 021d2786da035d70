"""Reads [{policies, calls}] from standard input; writes, for each, which calls are allowed."""

import json
import math
import sys
from collections.abc import Iterator

import cedarpy


def allowed(policies: cedarpy.PolicySet, tool: str, arguments: dict[str, object]) -> bool:
    """With the arguments as attributes of the tool, as ToolHive gives them; there an error is a denial."""
    resource = {"type": "Tool", "id": tool}
    request = {
        "principal": {"type": "Client", "id": "c"},
        "action": {"type": "Action", "id": "call_tool"},
        "resource": resource,
        "context": {},
    }
    attributes = dict(seen for name, value in arguments.items() for seen in attribute(f"arg_{name}", value))
    answer = cedarpy.is_authorized(request, policies, [{"uid": resource, "attrs": attributes, "parents": []}])
    return bool(answer.allowed) and not answer.diagnostics.errors


def attribute(name: str, value: object) -> Iterator[tuple[str, object]]:
    """What ToolHive makes of one argument: a large number leaves nothing, and of what is no scalar only that it is there."""
    if isinstance(value, bool | str):
        yield name, value
    elif not isinstance(value, int | float):
        yield f"{name}_present", True
    elif abs(scaled := float(value) * 10**4) <= 2.0**63:
        units = math.trunc(scaled)
        units = -(2**63) if units == 2**63 else units  # Go's conversion wraps around
        sign, units = "-" if units < 0 else "", abs(units)
        yield name, {"__extn": {"fn": "decimal", "arg": f"{sign}{units // 10**4}.{units % 10**4:04}"}}


answers = []
for case in json.load(sys.stdin):
    policies = cedarpy.PolicySet.from_str("\n".join(case["policies"]))
    answers.append([allowed(policies, tool, arguments) for tool, arguments in case["calls"]])
json.dump(answers, sys.stdout)
