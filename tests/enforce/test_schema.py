"""The published schema and the documentation know every word that the reader knows."""

import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from catalogue.lint_findings import CODES
from enforce.export import FORMATS
from enforce.policyfile import PolicyErrors, read_policy
from enforce.reading import keys
from enforce.schema import policy_schema
from enforce.windows import SECONDS

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
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(text: str) -> None:
    """Mistakes that an editor can show while they are typed."""
    with pytest.raises(PolicyErrors):
        read_policy(text, "bad.yaml")

    assert not VALIDATOR.is_valid(yaml.safe_load(text))
