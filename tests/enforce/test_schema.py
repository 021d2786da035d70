"""The published schema and the documentation know every word that the reader knows."""

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from catalogue.policies.lint_findings import CODES
from enforce.export import FORMATS
from enforce.policyfile import PolicyErrors, read_policy
from enforce.reading import keys
from enforce.schema import policy_schema
from enforce.windows import SECONDS

spec = importlib.util.spec_from_file_location("documents", Path(__file__).with_name("documents.py"))
assert spec is not None
assert spec.loader is not None
documents = importlib.util.module_from_spec(spec)
spec.loader.exec_module(documents)

DOCUMENT = (Path(__file__).parents[2] / "docs/policy-language.md").read_text(encoding="utf-8")
SCHEMA = policy_schema()
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA)


def properties(name: str) -> set[str]:
    """The keys of one object of the language, as the schema has them."""
    places: dict[str, Any] = {
        "policy": SCHEMA,
        "all_tools": SCHEMA["properties"]["all_tools"],
        "drift": SCHEMA["properties"]["drift"],
        "method": SCHEMA["$defs"]["method"]["anyOf"][1],
        "condition": SCHEMA["$defs"]["condition"]["allOf"][0],
    }
    return set(places.get(name, SCHEMA["$defs"].get(name))["properties"])


@pytest.mark.parametrize("name", keys.KEYS)
def test_the_schema_has_the_keys_that_the_reader_has(name: str) -> None:
    """No more and no fewer."""
    assert properties(name) == set(keys.KEYS[name])


WORDS = sorted(
    {key for group in keys.KEYS.values() for key in group}
    | {*keys.OPERATORS, *keys.SCOPES, *keys.EFFECTS, *keys.REACTIONS, *SECONDS, *CODES, *FORMATS}
)


@pytest.mark.parametrize("word", WORDS)
def test_every_word_of_the_language_is_documented(word: str) -> None:
    """Keys, options, findings and formats stand in docs/policy-language.md as code."""
    assert any(mark in DOCUMENT for mark in (f"`{word}`", f"`{word}:", f".{word}`"))


GOOD = """\
version: "1"
default: deny
list: listed
hide: [a, "@x"]
selectors: {"@x": [b]}
all_tools: {limits: [{counter: c, window: minute, max: 3}]}
drift: {changed: hold, instructions: hide}
methods: {resources/read: {require: [{conditions: [{path: params.uri, op: regex, value: a}]}]}, "prompts/*": deny}
tools:
  t:
    require: [{conditions: [{path: args.n, op: in, value: [1]}], why: w}]
    deny_if: [{conditions: [{path: args.n, op: exists}], on_deny: d, dry_run: true}]
    limits: [{counter: c, window: 5 minutes, max: 0.5, cost: args.n, scope: global}]
    require_approval: [{timeout: 60}]
    pin: sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    validate: schema
    hours: [{days: [mon], from: "09:00", to: "24:00", zone: UTC}]
    redact: {args: [args.a], result: [result.b]}
    inner: {tool: args.name, args: args.arguments}
    list: hide
  u: {action: deny, reason: r}
  v: {rate_limit: 5/hour}
  w: {rate_limit: {max: 5, window: 3600}, require_approval: true}
  x: {rules: [{name: n, action: deny}]}
"""


def test_the_schema_accepts_what_the_reader_accepts() -> None:
    """A file that uses every key."""
    read_policy(GOOD, "good.yaml")

    assert [error.message for error in VALIDATOR.iter_errors(yaml.safe_load(GOOD))] == []


#: Whole policies in the documentation, and parts of some, which stand alone but for the two keys that every policy has.
EXAMPLES = [
    text if "version" in text else f'version: "1"\ndefault: deny\n{text}'
    for page in sorted((Path(__file__).parents[2] / "docs").glob("*.md"))
    for text in re.findall(
        r"^```(?:json|yaml)\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    if re.search(r"^(?:methods|tools):|^\{\"version\"", text, re.MULTILINE)
]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 2


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_reader_and_the_schema_accept_every_example_of_the_documentation(text: str) -> None:
    read_policy(text, "example.json" if text.startswith("{") else "example.yaml")

    assert [error.message for error in VALIDATOR.iter_errors(yaml.safe_load(text))] == []


@pytest.mark.parametrize(
    "text",
    [
        "default: deny",
        'version: "1"',
        'version: "1"\ndefault: maybe',
        'version: "1"\ndefault: deny\nextra: 1',
        'version: "1"\ndefault: deny\ntools: {t: {extra: 1}}',
        'version: "1"\ndefault: deny\ntools: {t: {deny_if: [{}]}}',
        'version: "1"\ndefault: deny\ntools: {t: {deny_if: [{conditions: [{path: x.n, op: eq, value: 1}]}]}}',
        'version: "1"\ndefault: deny\ntools: {t: {deny_if: [{conditions: [{path: args.n, op: eq}]}]}}',
        'version: "1"\ndefault: deny\ntools: {t: {deny_if: [{conditions: [{path: args.n, op: lt, value: "1"}]}]}}',
        'version: "1"\ndefault: deny\ntools: {t: {deny_if: [{conditions: [{path: args.n, op: in, value: 1}]}]}}',
        'version: "1"\ndefault: deny\ntools: {t: {deny_if: [{conditions: [{path: args.n, op: exists, value: 1}]}]}}',
        'version: "1"\ndefault: deny\ntools: {t: {limits: [{counter: c, window: minut, max: 1}]}}',
        'version: "1"\ndefault: deny\ntools: {t: {limits: [{counter: c, window: minute, max: 0}]}}',
        'version: "1"\ndefault: deny\ntools: {t: {pin: abc}}',
        'version: "1"\ndefault: deny\nselectors: {x: [a]}',
        'version: "1"\ndefault: deny\nselectors: {"@x": ["a*"]}',
        'version: "1"\ndefault: deny\nselectors: {"@x": ["@y"]}',
        'version: "1"\ndefault: deny\ntools: {t: {hours: [{days: []}]}}',
        'version: "1"\ndefault: deny\nmethods: {tools/call: deny}',
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(text: str) -> None:
    """Mistakes that an editor can show while they are typed."""
    with pytest.raises(PolicyErrors):
        read_policy(text, "bad.yaml")

    assert not VALIDATOR.is_valid(yaml.safe_load(text))


#: What a JSON Schema has no words for.
BEYOND_A_SCHEMA = (
    "the selector ",
    "tool calls are judged by tools",
    "is no regular expression that RE2 reads",
    "is no time zone known on this machine",
    "with this window and scope is here twice",
    "digits on one side of the point",
    "is here twice",
    "names another counter than the state beside it",
    "leaves room for nothing",
    "must be one of second, minute, hour",  # 400 days in hours
)


def test_the_schema_and_the_reader_agree_on_thousands_of_policies() -> None:
    """Over whole ones and ones with mistakes; what only the reader refuses is on a short list."""
    only_schema, only_reader, both = [], [], {True: 0, False: 0}
    for seed in range(2000):
        document = documents.Source(seed).mistaken()
        faults: list[str] = []
        try:
            read_policy(json.dumps(document), "p.json")
        except PolicyErrors as errors:
            faults = [fault.message for fault in errors.faults]
        if VALIDATOR.is_valid(document) is not bool(faults):
            both[not faults] += 1
        elif not faults:
            only_schema.append(document)
        elif not all(any(words in fault for words in BEYOND_A_SCHEMA) for fault in faults):
            only_reader.append((faults, document))

    assert (only_schema, only_reader) == ([], [])
    assert min(both.values()) > 400
