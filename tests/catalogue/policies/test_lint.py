"""Linting a policy against a server: planted mistakes are found, good policies are left in peace."""

import json
from typing import Any

import pytest

from catalogue.entries import Entry
from catalogue.policies.lint import lint
from catalogue.policies.lint_findings import CODES, Checked, as_annotations, as_json, as_sarif, as_table
from catalogue.policies.suggest import suggest
from classifier.categories import Category
from classifier.evidence import Evidence, Finding
from classifier.verdicts import Verdict
from crawler.servers import Server, ServerName
from crawler.snapshots import Method, Snapshot
from crawler.tools import Tool
from enforce.policyfile import locate, read_policy

NAME = ServerName.parse("pypi:mcp-x")
TIME = "2026-01-01T00:00:00Z"
NUMBER = {"type": "number", "minimum": 0, "maximum": 1000}


def tool(name: str, properties: dict[str, Any], **schema: Any) -> Tool:
    shape = {"type": "object", "properties": properties, "additionalProperties": False, **schema}
    return Tool.read({"name": name, "inputSchema": shape})


TOOLS = [
    (tool("search", {"query": {"type": "string"}}), Category.READ),
    (tool("create_note", {"text": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}}}), Category.WRITE),
    (tool("run_job", {"name": {"enum": ["fast", "slow"]}, "options": {"type": "object", "properties": {"n": {"type": "integer"}}}}), Category.EXECUTE),
    (tool("delete_note", {"id": {"anyOf": [{"type": "string"}, {"type": "null"}]}}), Category.DESTRUCTIVE),
    (tool("pay", {"amount": NUMBER, "to": {"$ref": "#/$defs/person"}}, **{"$defs": {"person": {"type": "string"}}}), Category.FINANCIAL),
]  # fmt: skip


def entry(method: Method = Method.LIVE, poisoned: str = "") -> Entry:
    snapshot = Snapshot(
        server=NAME, release="1.1", method=method, tools=tuple(one for one, _ in TOOLS), taken_at=TIME
    )
    trick = Finding(
        code="instructs-model",
        strength="hard",
        message="A trick.",
        evidence=Evidence(field="name", quote="x", start=0, end=1),
    )
    return Entry(
        server=Server(name=NAME),
        outcome=snapshot,
        snapshot=snapshot,
        verdicts={
            one.digest: Verdict(
                category=category,
                confidence=0.9,
                version="1",
                findings=(trick,) if one.name == poisoned else (),
            )
            for one, category in TOOLS
        },
        first_seen=TIME,
        last_seen=TIME,
    )


PLANTED = """\
version: "1"
default: allow
release: "1.0"
hide: [serch]
tools:
  creat_note: {}
  search:
    deny_if: [{conditions: [{path: args.qery, op: contains, value: x}]}]
  create_note:
    deny_if:
      - {conditions: [{path: args.tags, op: regex, value: "^x"}]}
      - {conditions: [{path: args.text, op: gt, value: 5}]}
      - {conditions: [{path: args.text, op: regex, value: "a^b"}]}
  run_job:
    require: [{conditions: []}]
    deny_if:
      - {conditions: [{path: args.name, op: eq, value: medium}]}
      - {conditions: [{path: args.options.m, op: eq, value: 1}]}
      - {conditions: []}
      - {conditions: [{path: args.name, op: eq, value: fast}]}
  pay:
    pin: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    deny_if:
      - {conditions: [{path: args.amount, op: gt, value: 2000}]}
      - {conditions: [{path: args.amount, op: gte, value: 0}]}
    limits: [{counter: c, window: day, max: 5, cost: args.to}]
"""

FOUND = """\
3:1  note     other-release     The policy was written for release 1.0; the catalogue knows 1.1.
4:8  error    unknown-tool      The server has no tool 'serch'; the nearest is 'search'.
6:3  error    unknown-tool      The server has no tool 'creat_note'; the nearest is 'create_note'.
8:29  error    unknown-argument  'search' has no argument 'qery'; the nearest is 'query'.
11:23  error    never-compares    args.tags of 'create_note' is array, which regex cannot compare with '^x'.
12:23  error    never-compares    args.text of 'create_note' is string, which gt cannot compare with 5.
13:23  warning  never-holds       'a^b' can match nothing: it wants the start or the end of the text in its middle.
15:15  warning  no-effect         A requirement without conditions always holds.
17:23  warning  never-holds       No value that the schema allows for args.name of 'run_job' makes this hold.
18:23  warning  unknown-argument  'run_job' has no argument 'm'.
20:9  warning  unreachable-rule  /tools/run_job/deny_if/2 already denies every call.
22:5  error    stale-pin         The definition of 'pay' is not the pinned one; every call is denied.
24:23  warning  never-holds       No value that the schema allows for args.amount of 'pay' makes this hold.
25:23  warning  always-holds      Every value that the schema allows for args.amount of 'pay' makes this hold.
26:48  error    never-compares    args.to of 'pay' is no number, so every call is denied."""


def _checked(file: str = "p.yaml") -> Checked:
    findings = lint(read_policy(PLANTED, "p.yaml"), entry())
    return Checked(file=file, findings=findings, places=locate(PLANTED, "p.yaml"))


def test_planted_mistakes_are_found() -> None:
    """Each by its line, with what was perhaps meant; the tool that is left open too."""
    table = as_table(_checked()).splitlines()

    by_default = "p.yaml:2:1 "
    open_by_default = (
        "error    dangerous-open    'delete_note' is destructive, and nothing but a limit stands before it."
    )
    assert f"{by_default} {open_by_default}" in table
    assert [line for line in table if not line.startswith(by_default)] == [
        f"p.yaml:{line}" for line in FOUND.splitlines()
    ]


@pytest.mark.parametrize("preset", ["recommended", "strict"])
def test_what_we_suggest_has_no_faults(preset: str) -> None:
    """Our own policies pass our own lint."""
    findings = lint(suggest(entry(), preset), entry())

    assert [finding for finding in findings if finding.level != "note"] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("default: deny", [("note", "no-rule")] * 5),
        ("default: allow", [("note", "no-rule"), ("warning", "no-rule"), ("warning", "dangerous-open"), ("error", "dangerous-open"), ("error", "dangerous-open")]),
        ('default: allow\nhide: ["*"]', []),
        ('default: allow\ntools: {"*": {require_approval: true}}', [("note", "no-rule"), *[("warning", "no-rule")] * 4]),
        ('default: deny\ntools: {"*": {}}', [("note", "no-effect"), *[("note", "no-rule")] * 5]),
        ("default: deny\nhide: [search]\ntools: {search: {}}", [("warning", "unreachable-rule"), *[("note", "no-rule")] * 4]),
        ("default: deny\ntools: {\"got_*\": {}}", [("warning", "unknown-tool"), *[("note", "no-rule")] * 5]),
        ("default: deny\nselectors: {\"@x\": [serch]}\ntools: {\"@x\": {}}", [("error", "unknown-tool"), *[("note", "no-rule")] * 5]),
        ("default: deny\ntools: {run_job: {rate_limit: 5/hour}}", [("note", "no-rule")] * 4),
    ],
)  # fmt: skip
def test_what_is_left_open_or_has_no_effect(text: str, expected: list[tuple[str, str]]) -> None:
    """Grave tools that are open are errors; what is merely closed is worth a note."""
    findings = lint(read_policy(f'version: "1"\n{text}', "p.yaml"), entry())

    assert [(finding.level, finding.code) for finding in findings] == expected


def test_a_poisoned_tool_that_may_be_called_is_an_error() -> None:
    """However harmless its category."""
    policy = read_policy('version: "1"\ndefault: deny\ntools: {search: {}}', "p.yaml")

    assert "poisoned-open" in [
        finding.code for finding in lint(policy, entry(poisoned="search")) if finding.level == "error"
    ]


def test_a_guess_is_not_held_against_a_policy() -> None:
    """Where tools were read from source, one that is missing may still exist."""
    policy = read_policy(
        f'version: "1"\ndefault: deny\ntools: {{other: {{pin: {"a" * 64}}}, search: {{pin: {"a" * 64}}}}}',
        "p.yaml",
    )
    findings = lint(policy, entry(method=Method.STATIC))

    assert [(finding.level, finding.code) for finding in findings if finding.level != "note"] == [
        ("warning", "unknown-tool")
    ]
    assert findings[-1].code == "unsure-tools"


def test_a_schema_that_refers_to_itself_ends() -> None:
    """Hostile schemas nest without end."""
    loop: dict[str, Any] = {"anyOf": [{"$ref": "#/$defs/a"}, {"type": "string"}]}
    endless = tool("t", {"x": {"$ref": "#/$defs/a"}}, **{"$defs": {"a": {"$ref": "#/$defs/a"}, "b": loop}})
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(200):
        deep = {"anyOf": [deep, {"type": "number"}]}
    one = Snapshot(server=NAME, method=Method.LIVE, tools=(endless, tool("u", {"x": deep})), taken_at=TIME)
    judged = {each.digest: Verdict(category=Category.READ, confidence=1, version="1") for each in one.tools}
    known = Entry(
        server=Server(name=NAME), outcome=one, snapshot=one, verdicts=judged, first_seen=TIME, last_seen=TIME
    )
    condition = "{deny_if: [{conditions: [{path: args.x, op: lt, value: 5}]}]}"

    assert (
        lint(
            read_policy(f'version: "1"\ndefault: deny\ntools: {{t: {condition}, u: {condition}}}', "p.yaml"),
            known,
        )
        == []
    )


def test_findings_in_the_forms_that_machines_read() -> None:
    """JSON, SARIF and annotations carry the same places."""
    checked = _checked("a b.yaml")
    listed = json.loads(as_json([checked]))["findings"]
    results = json.loads(as_sarif([checked], "1.0"))["runs"][0]["results"]
    annotations = as_annotations(_checked("a,b:c.yaml")).splitlines()

    assert [(one["line"], one["column"], one["code"], one["level"]) for one in listed] == [
        (region["startLine"], region["startColumn"], result["ruleId"], result["level"])
        for result in results
        for region in [result["locations"][0]["physicalLocation"]["region"]]
    ]
    assert annotations[1].startswith(
        "::notice file=a%2Cb%3Ac.yaml,line=3,col=1,title=other-release::"
    ) or any(
        line.startswith("::notice file=a%2Cb%3Ac.yaml,line=3,col=1,title=other-release::")
        for line in annotations
    )
    assert {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results} == {
        "a%20b.yaml"
    }
    assert {finding.code for finding in checked.findings} <= set(CODES)
