"""Reads [{policies, calls}] from standard input; writes, for each, which calls are allowed."""

import json
import sys

import cedarpy


def allowed(policies: cedarpy.PolicySet, tool: str, arguments: dict[str, object]) -> bool:
    """With the arguments as attributes of the tool, as ToolHive gives them."""
    resource = {"type": "Tool", "id": tool}
    request = {
        "principal": {"type": "Client", "id": "c"},
        "action": {"type": "Action", "id": "call_tool"},
        "resource": resource,
        "context": {},
    }
    attributes = {f"arg_{name}": value for name, value in arguments.items()}
    return cedarpy.is_authorized(
        request, policies, [{"uid": resource, "attrs": attributes, "parents": []}]
    ).allowed


answers = []
for case in json.load(sys.stdin):
    policies = cedarpy.PolicySet.from_str("\n".join(case["policies"]))
    answers.append([allowed(policies, tool, arguments) for tool, arguments in case["calls"]])
json.dump(answers, sys.stdout)
