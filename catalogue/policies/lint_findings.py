"""One thing that is odd about a policy, and the forms in which findings are read: table, JSON, SARIF, annotations."""

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Self
from urllib.parse import quote

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


class Checked(Struct, frozen=True, kw_only=True):
    """One policy file with what was found in it."""

    file: str
    findings: Sequence[Finding]
    #: Place of every part of the file, by JSON Pointer; needed only where something was found.
    places: Mapping[str, Place] = {}

    @property
    def placed(self) -> list[tuple[Finding, Place]]:
        """In the order of the file, each with the place of the nearest part of it that there is."""
        return sorted(
            ((finding, self._place(finding)) for finding in self.findings), key=lambda pair: pair[1]
        )

    def _place(self, finding: Finding) -> Place:
        at = finding.pointer
        while at and at not in self.places:
            at = at.rpartition("/")[0]
        return self.places.get(at, Place(1, 1))


def as_table(checked: Checked) -> str:
    """A line each; whoever reads a broken policy has been told in sentences."""
    return "\n".join(
        f"{checked.file}:{place.line}:{place.column}  {finding.level:7}  {finding.code:16}  {finding.message}"
        for finding, place in checked.placed
        if finding.code != "broken-policy"
    )


def as_json(checked: Sequence[Checked]) -> str:
    """One object a file, with its findings and their places; an array where there are several files."""
    documents = [{"file": one.file, "findings": list(map(_object, one.placed))} for one in checked]
    return json.dumps(documents[0] if len(documents) == 1 else documents, indent=2)


def _object(placed: tuple[Finding, Place]) -> dict[str, object]:
    finding, place = placed
    return {**to_builtins(finding), "line": place.line, "column": place.column}


def as_annotations(checked: Checked) -> str:
    """Workflow commands that GitHub Actions shows beside the line."""
    names = {"error": "error", "warning": "warning", "note": "notice"}
    return "\n".join(
        f"::{names[finding.level]} file={_property(checked.file)},line={place.line},col={place.column},"
        f"title={_property(finding.code)}::{_data(finding.message)}"
        for finding, place in checked.placed
    )


def as_sarif(checked: Sequence[Checked], version: str) -> str:
    """SARIF 2.1.0, for code scanning."""
    results = [
        sarif_result(finding.code, finding.level, finding.message, one.file, place)
        for one in checked
        for finding, place in one.placed
    ]
    return sarif_log(CODES, results, version)


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
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(source)}, "region": region}}],
    }


def _uri(source: str) -> str:
    """A path as a reference that every reader of SARIF takes for the same file."""
    return quote(source.replace("\\", "/"))


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
