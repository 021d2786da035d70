"""One thing that is odd about a policy, and the forms in which findings are read: table, JSON, SARIF, annotations."""

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Self

from msgspec import Struct, to_builtins

from enforce.reading.trees import Place

Level = Literal["error", "warning", "note"]

#: What each code means, for the list of rules in SARIF and in the documentation.
CODES = {
    "broken-policy": "The policy cannot be read.",
    "unknown-tool": "A rule names a tool that the server does not have.",
    "unknown-argument": "A condition or spend cap names an argument that the tool's schema does not have.",
    "never-compares": "A comparison can never hold by the type that the schema gives the argument.",
    "never-holds": "A comparison can never hold by the values that the schema allows.",
    "always-holds": "A comparison always holds by the values that the schema allows.",
    "unreachable-rule": "A rule that can never decide, since another one already has.",
    "no-effect": "A rule that changes nothing.",
    "no-rule": "A tool that no rule speaks of.",
    "dangerous-open": "A dangerous tool that is left open.",
    "poisoned-open": "A tool whose definition tries to instruct the model is left open.",
    "stale-pin": "A pin that the definition no longer fits.",
    "other-release": "The policy was written for another release.",
    "unsure-tools": "The server's tools are not known for certain.",
}


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that is odd about a policy."""

    level: Level
    #: One of CODES.
    code: str
    #: JSON Pointer into the policy, "" for the whole.
    pointer: str
    message: str

    @classmethod
    def error(cls, code: str, pointer: str, message: str) -> Self:
        """The policy does not do what it seems to."""
        return cls(level="error", code=code, pointer=pointer, message=message)

    @classmethod
    def warning(cls, code: str, pointer: str, message: str) -> Self:
        """The policy probably does not do what was meant."""
        return cls(level="warning", code=code, pointer=pointer, message=message)

    @classmethod
    def note(cls, code: str, pointer: str, message: str) -> Self:
        """Worth knowing; no reason to fail."""
        return cls(level="note", code=code, pointer=pointer, message=message)


def near(word: str, known: Iterable[str]) -> str:
    """`; the nearest is 'x'`, or nothing."""
    found = difflib.get_close_matches(word[:200], list(known), n=1, cutoff=0.5)
    return f"; the nearest is {found[0]!r}" if found else ""


def as_table(findings: Sequence[Finding], places: Mapping[str, Place]) -> str:
    """A line each, in the order of the file."""
    return "\n".join(
        f"{place.line}:{place.column}  {finding.level:7}  {finding.code:16}  {finding.message}"
        for finding, place in _placed(findings, places)
    )


def as_json(findings: Sequence[Finding], places: Mapping[str, Place], source: str) -> str:
    """One object: the file and its findings with their places."""
    listed = [
        {**to_builtins(finding), "line": place.line, "column": place.column}
        for finding, place in _placed(findings, places)
    ]
    return json.dumps({"file": source, "findings": listed}, indent=2)


def as_annotations(findings: Sequence[Finding], places: Mapping[str, Place], source: str) -> str:
    """Workflow commands that GitHub Actions shows beside the line."""
    names = {"error": "error", "warning": "warning", "note": "notice"}
    return "\n".join(
        f"::{names[finding.level]} file={_property(source)},line={place.line},col={place.column},"
        f"title={_property(finding.code)}::{_data(finding.message)}"
        for finding, place in _placed(findings, places)
    )


def as_sarif(findings: Sequence[Finding], places: Mapping[str, Place], source: str, version: str) -> str:
    """SARIF 2.1.0, for code scanning."""
    return sarif_log(
        CODES,
        [
            sarif_result(finding.code, finding.level, finding.message, source, place)
            for finding, place in _placed(findings, places)
        ],
        version,
    )


def sarif_log(codes: Mapping[str, str], results: Sequence[dict[str, object]], version: str) -> str:
    """A whole log of one run, with what each of *codes* means."""
    driver = {
        "name": "tollhouse",
        "version": version,
        "rules": [{"id": code, "shortDescription": {"text": text}} for code, text in codes.items()],
    }
    run = {"tool": {"driver": driver}, "results": list(results), "columnKind": "unicodeCodePoints"}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2)


def sarif_result(code: str, level: Level, message: str, source: str, place: Place) -> dict[str, object]:
    """One result of a log; *source* is a path relative to the repository."""
    region = {"startLine": place.line, "startColumn": place.column}
    return {
        "ruleId": code,
        "level": level,
        "message": {"text": message},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": source}, "region": region}}],
    }


def _placed(findings: Sequence[Finding], places: Mapping[str, Place]) -> list[tuple[Finding, Place]]:
    """Each with the place of the nearest part of the file that there is."""
    placed = []
    for finding in findings:
        at = finding.pointer
        while at and at not in places:
            at = at.rpartition("/")[0]
        placed.append((finding, places.get(at, Place(1, 1))))
    return sorted(placed, key=lambda pair: pair[1])


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
