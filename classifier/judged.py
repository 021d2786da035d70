"""A judged tool as one JSON object: the form in which `tollhouse classify` prints it."""

import json
from typing import Any

import msgspec

from classifier.evidence import Evidence
from classifier.verdicts import Verdict
from crawler.tools import Tool


def as_json(server: str, tool: Tool, verdict: Verdict) -> dict[str, Any]:
    """The verdict as plain JSON values, keys in the documented order."""
    return {
        "server": server,
        "name": tool.name,
        "category": verdict.category.value,
        "severity": verdict.severity.value,
        "confidence": verdict.confidence,
        "signals": [{"code": one.code, "evidence": _quoted(one.evidence)} for one in verdict.signals],
        "traits": [{"code": one.code, "evidence": _quoted(one.evidence)} for one in verdict.traits],
        "findings": [
            {
                "code": one.code,
                "strength": one.strength,
                "message": one.message,
                "evidence": _quoted(one.evidence),
            }
            for one in verdict.findings
        ],
        "poisoned": verdict.poisoned,
        "why": list(verdict.why),
    }


def line(judged: dict[str, Any]) -> str:
    """One line of JSON; lone surrogates, which hostile definitions hold, come out as escapes."""
    try:
        return msgspec.json.encode(judged).decode()
    except UnicodeEncodeError:
        return json.dumps(judged)


def _quoted(evidence: Evidence) -> dict[str, Any]:
    return {"field": evidence.field, "quote": evidence.quote, "start": evidence.start, "end": evidence.end}
