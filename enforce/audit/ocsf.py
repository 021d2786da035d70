"""Audit records in the words of the Open Cybersecurity Schema Framework, class API Activity (6003), version 1.5.0."""

from datetime import datetime
from typing import Any

#: Actions and dispositions by our outcomes.
_ACTIONS = {
    "allow": (1, "Allowed", 1, "Allowed"),
    "deny": (2, "Denied", 2, "Blocked"),
    "hold": (2, "Denied", 2, "Blocked"),
}

#: Activities by what a method does: 2 reads, 99 is anything else.
_READS = frozenset(
    {
        "tools/list",
        "resources/list",
        "resources/read",
        "prompts/list",
        "prompts/get",
        "resources/templates/list",
    }
)


def event(record: dict[str, Any]) -> dict[str, Any] | None:
    """The event that a decision makes, or many that were counted; `None` for records that speak of no request."""
    if record.get("event") not in ("decision", "repeated") or record["outcome"] == "refused":
        return None
    method, outcome = record.get("mcp.method.name", "unknown"), record["outcome"]
    action_id, action, disposition_id, disposition = _ACTIONS[outcome]
    activity = 2 if method in _READS else 99
    return {
        "category_uid": 6,
        "category_name": "Application Activity",
        "class_uid": 6003,
        "class_name": "API Activity",
        "activity_id": activity,
        "activity_name": "Read" if activity == 2 else "Other",
        "type_uid": 600300 + activity,
        "time": _milliseconds(record["time"]),
        **_counted(record),
        "severity_id": 1 if outcome == "allow" else 3,
        "severity": "Informational" if outcome == "allow" else "Medium",
        "status_id": 1 if outcome == "allow" else 2,
        "status": "Success" if outcome == "allow" else "Failure",
        "action_id": action_id,
        "action": action,
        "disposition_id": disposition_id,
        "disposition": disposition,
        "message": record.get("reason", ""),
        "actor": {
            "user": {"name": record.get("identity", "")},
            "session": {"uid": record.get("session", "")},
        },
        "api": {
            "operation": record.get("gen_ai.tool.name", method),
            "service": {"name": record.get("server", "")},
            "request": {"uid": str(record.get("jsonrpc.request.id", ""))},
        },
        "src_endpoint": {"name": record.get("identity", "")},
        "policy": {"uid": record["rule"]},
        "metadata": {
            "version": "1.5.0",
            "product": {"name": "tollhouse-proxy", "vendor_name": "Tollhouse"},
            "uid": record.get("hash", ""),
            "sequence": record.get("seq", 0),
            "profiles": ["security_control"],
        },
        "unmapped": {"mcp.method.name": method, "keys": record.get("keys", []), "outcome": outcome},
    }


def _counted(record: dict[str, Any]) -> dict[str, int]:
    """How many requests an event speaks of, where it is not one."""
    if "count" not in record:
        return {}
    start, end = _milliseconds(record["since"]), _milliseconds(record["time"])
    return {"count": record["count"], "start_time": start, "end_time": end}


def _milliseconds(time: str) -> int:
    return int(datetime.fromisoformat(time).timestamp() * 1000)
