"""Reading policy files: what is accepted, and how every mistake is named."""

from decimal import Decimal
from pathlib import Path

import pytest

from enforce.policy import AllTools, Approval, Condition, Hours, Limit, MethodRules, Policy, Rule, ToolRules
from enforce.policyfile import PolicyErrors, examine, load_policy, read_policy, read_source, write_policy

SEED = """{"version": "1", "default": "deny",
 "tools": {"Image-to-Video": {"limits": [{"counter": "image-to-video_rate", "window": "minute", "max": 30, "scope": "grant"}]},
           "create_refund":  {"deny_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 100}], "on_deny": "Over the refund limit."}]}}}
"""

RICH = """\
version: "1"
default: deny
description: Everything at once.
server: pypi:mcp-sora
release: 1.4.2
list: listed
hide: [drop_all, "@destructive"]
selectors:
  "@destructive": [wipe, purge]
all_tools:
  limits: [{counter: calls, window: minute, max: 300}]
drift: {changed: hold, new: hide, shadowing: deny, instructions: hide}
methods:
  resources/read:
    require: [{conditions: [{path: params.uri, op: regex, value: "^file:///srv/"}]}]
  prompts/*: deny
  unknown: {action: deny, on_deny: Not here., why: Nobody knows them.}
tools:
  get_*: {}
  pay:
    require:
      - conditions: [{path: args.to, op: in, value: [alice, bob]}]
        on_deny: Unknown payee.
        why: Only payees whom we know.
    deny_if:
      - {conditions: [{path: args.amount, op: gt, value: 100.25}], dry_run: true}
    limits:
      - {counter: spend, window: day, max: 500.5, cost: args.amount, scope: identity}
      - {counter: spend, window: 30 minutes, max: 100, cost: args.amount, scope: global}
    require_approval: {conditions: [{path: args.amount, op: gte, value: 50}], timeout: 5 minutes, on_hold: Asking.}
    pin: sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    validate: schema
    hours: [{days: [mon, fri], from: 09:00, to: 17:30, zone: Europe/London}]
    redact: {args: [args.card.number], result: [result.content.*.text]}
  call_tool:
    inner: {tool: args.name, args: args.arguments}
    list: hide
    require_approval: true
"""


def test_the_seed_reads_as_it_always_did() -> None:
    """The example of the language's first page."""
    expected = Policy(
        default="deny",
        tools={
            "Image-to-Video": ToolRules(limits=(Limit(counter="image-to-video_rate", window=60, max=30),)),
            "create_refund": ToolRules(
                deny_if=(
                    Rule(
                        conditions=(Condition(path="args.amount", op="gt", value=100),),
                        on_deny="Over the refund limit.",
                    ),
                )
            ),
        },
    )

    assert read_policy(SEED, "seed.json") == expected


def test_every_key_is_read() -> None:
    """A file that uses the whole language."""
    policy = read_policy(RICH, "rich.yaml")

    assert policy.hide == ("drop_all", "@destructive")
    assert policy.all_tools == AllTools(limits=(Limit(counter="calls", window=60, max=300),))
    assert policy.methods["prompts/*"] == MethodRules(action="deny")
    assert policy.methods["unknown"] == MethodRules(
        action="deny", on_deny="Not here.", why="Nobody knows them."
    )
    pay = policy.tools["pay"]
    assert pay.require[0].why == "Only payees whom we know."
    assert pay.deny_if[0].dry_run
    assert pay.limits[0].max == Decimal("500.5")
    assert pay.limits[1].window == 1800
    assert pay.require_approval[0].timeout == 300
    assert pay.pin == "a" * 64
    assert pay.hours == (Hours(days=("mon", "fri"), start=540, end=1050, zone="Europe/London"),)
    assert policy.tools["call_tool"].require_approval == (Approval(),)


@pytest.mark.parametrize("text", [SEED, RICH], ids=["seed", "rich"])
@pytest.mark.parametrize("syntax", ["json", "yaml"])
def test_what_is_written_reads_back_the_same(text: str, syntax: str) -> None:
    """Both syntaxes keep every value, and the digest with them."""
    policy = read_policy(text, "policy")
    again = read_policy(write_policy(policy, syntax), f"again.{syntax}")  # type: ignore[arg-type]

    assert (again, again.digest) == (policy, policy.digest)


def test_two_spellings_of_one_law_have_one_digest() -> None:
    """JSON or YAML, a number written 100 or 1e2, a default written out or left out."""
    one = read_policy(
        '{"version": "1", "default": "allow", "tools": {"a": {"rate_limit": "5/hour"}}}', "a.json"
    )
    other = read_policy(
        "tools: {a: {limits: [{counter: a_rate, window: 3600, max: 5.0, scope: grant}]}}\ndefault: allow\n"
        'version: "1"\nhide: []\n',
        "a.yaml",
    )

    assert one.digest == other.digest


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        ({"action": "deny", "reason": "No."}, ToolRules(deny_if=(Rule(on_deny="No."),))),
        ({"action": "allow"}, ToolRules()),
        ({"rate_limit": "5/hour"}, ToolRules(limits=(Limit(counter="t_rate", window=3600, max=5),))),
        (
            {"rate_limit": {"max": 10, "window": 60}, "reason": "Slow down."},
            ToolRules(limits=(Limit(counter="t_rate", window=60, max=10, on_deny="Slow down."),)),
        ),
        ({"rate_limit": {"max": 10, "window": "day"}}, ToolRules(limits=(Limit(counter="t_rate", window=86400, max=10),))),
    ],
)  # fmt: skip
def test_older_spellings_are_synonyms(tool: dict[str, object], expected: ToolRules) -> None:
    """The forms that the catalogue's questions and older files use."""
    import json

    text = json.dumps({"version": "1", "default": "deny", "tools": {"t": tool}})

    assert read_policy(text, "t.json").tools["t"] == expected


INTERCEPT = """\
version: "1"
description: Theirs.
hide: [transfer]
tools:
  create_charge:
    rules:
      - name: max single charge
        conditions:
          - {path: args.amount, op: lte, value: 50000}
          - {path: args.currency, op: neq, value: xxx}
        on_deny: Too much.
      - name: daily spend
        conditions: [{path: state.create_charge.daily_spend, op: lt, value: 1000000}]
        state: {counter: daily_spend, window: day, increment_from: args.amount}
  delete_customer:
    rules: [{name: never, action: deny, on_deny: Not by agents.}]
  "*":
    rules: [{name: global, rate_limit: 60/minute}]
"""


def test_an_intercept_file_is_read_as_it_stands() -> None:
    """Conditions are required, counters become limits, a missing default is allow and worth a warning."""
    reading = examine(INTERCEPT, "intercept.yaml")

    assert [fault.message for fault in reading.warnings] == [
        "there is no default, which Intercept reads as allow, and so do we; better write it down"
    ]
    assert reading.policy == Policy(
        default="allow",
        description="Theirs.",
        hide=("transfer",),
        tools={
            "create_charge": ToolRules(
                require=(
                    Rule(
                        conditions=(
                            Condition(path="args.amount", op="lte", value=50000),
                            Condition(path="args.currency", op="exists", value=True),
                            Condition(path="args.currency", op="neq", value="xxx"),
                        ),
                        on_deny="Too much.",
                        why="max single charge",
                    ),
                ),
                limits=(
                    Limit(
                        counter="daily_spend", window=86400, max=999999, cost="args.amount", why="daily spend"
                    ),
                ),
            ),
            "delete_customer": ToolRules(deny_if=(Rule(on_deny="Not by agents.", why="never"),)),
            "*": ToolRules(limits=(Limit(counter="*_rate_minute", window=60, max=60, why="global"),)),
        },
    )


BROKEN = """\
{"version": 1,
 "defalt": "deny",
 "hide": ["a", "a", "@money"],
 "tools": {
   "x": {"limits": [{"counter": "c", "window": "minut", "max": 0},
                    {"counter": "d", "window": "hour", "max": 1.5}],
         "deny_if": [{"conditions": [{"path": "arg.n", "op": "regx", "value": "("}]}],
         "require": [{"conditions": [{"path": "args.n", "op": "regex", "value": "(a)\\\\1"}, {"path": "args.n", "op": "lt", "value": "5"}]},
                     {"on_deny": 7}]},
   "x": {},
   "y": {"pin": "abc", "validate": "yes", "hours": [{"from": "9", "zone": "Mars"}], "denyif": []}}}
"""

EXPECTED = """\
broken.json: line 1, column 1: default is required; write deny (only listed tools pass) or allow (all others pass)
broken.json: line 1, column 2: /version: must be "1", in quotes
broken.json: line 2, column 2: /defalt: 'defalt' is not known here; did you mean 'default'?
broken.json: line 3, column 16: /hide/1: 'a' is hidden twice
broken.json: line 3, column 21: /hide/2: the selector @money is not resolved; list its tools under selectors
broken.json: line 10, column 4: /tools/x: 'x' is here twice
broken.json: line 11, column 10: /tools/y/pin: must be the SHA-256 of a definition: 64 hexadecimal digits in lower case
broken.json: line 11, column 24: /tools/y/validate: must be off or schema, not 'yes'
broken.json: line 11, column 54: /tools/y/hours/0/from: must be a time of day such as "09:30"
broken.json: line 11, column 67: /tools/y/hours/0/zone: 'Mars' is no time zone known on this machine
broken.json: line 11, column 85: /tools/y/denyif: 'denyif' is not known here; did you mean 'deny_if'?"""


def test_every_mistake_is_reported_at_once_with_its_place() -> None:
    """All of them, in the order of the file, with what was perhaps meant."""
    with pytest.raises(PolicyErrors) as caught:
        read_policy(BROKEN, "broken.json")

    assert str(caught.value) == EXPECTED


@pytest.mark.parametrize(
    "most",
    ["123456789012345678.5", "999999999999999999.999999999999999999", "0.000000000000000001", "1.50e17"],
)
def test_a_limit_of_money_has_eighteen_digits_on_either_side(most: str) -> None:
    """Together more than the numbers of the library hold by themselves."""
    limit = f'{{"counter": "c", "window": "day", "max": {most}, "cost": "args.n"}}'
    policy = read_policy(
        f'{{"version": "1", "default": "deny", "tools": {{"t": {{"limits": [{limit}]}}}}}}', "t.json"
    )

    assert policy.tools["t"].limits[0].max == Decimal(most)
    assert read_policy(write_policy(policy), "again.json") == policy


@pytest.mark.parametrize(
    ("tool", "message"),
    [
        ('{"limits": [{"counter": "c", "window": "minute", "max": 0}]}', "must be a whole number of at least 1"),
        ('{"limits": [{"counter": "c", "window": "minute", "max": 1.5}]}', "must be a whole number of at least 1"),
        ('{"limits": [{"counter": "c", "window": "fortnight", "max": 1}]}', "must be one of second, minute"),
        ('{"limits": [{"counter": "c", "window": 0, "max": 1}]}', "must be one of second, minute"),
        ('{"limits": [{"counter": "c", "max": 1}]}', "window is required"),
        ('{"limits": [{"counter": "c", "window": "day", "max": 1}, {"counter": "c", "window": "day", "max": 2}]}', "here twice"),
        ('{"limits": [{"counter": "c", "window": "day", "max": 0, "cost": "args.n"}]}', "must be above 0"),
        ('{"limits": [{"counter": "c", "window": "day", "max": 1e30, "cost": "args.n"}]}', "more than 18 digits"),
        ('{"limits": [{"counter": "c", "window": "day", "max": 99999999999.0000000000000000001, "cost": "args.n"}]}', "more than 18 digits"),
        ('{"rate_limit": {"max": 1000000000000000000, "window": 60}}', "more than 18 digits"),
        ('{"rules": [{"conditions": [{"path": "state.t.c", "op": "lt", "value": 1e30}], "state": {"counter": "c", "window": "day"}}]}', "more than 18 digits"),
        ('{"deny_if": [{"conditions": [{"path": "args.n", "op": "regex", "value": "(?=a)"}]}]}', "look-around is not linear-time"),
        ('{"deny_if": [{"conditions": [{"path": "args.n", "op": "regex", "value": "(a)\\\\1"}]}]}', "back-references are not linear-time"),
        ('{"deny_if": [{"conditions": [{"path": "args.n", "op": "lt", "value": "5"}]}]}', "must be a number, not '5'"),
        ('{"deny_if": [{"conditions": [{"path": "args.n", "op": "in", "value": "5"}]}]}', "must be a list, not '5'"),
        ('{"deny_if": [{"conditions": [{"path": "args.n", "op": "exists", "value": 1}]}]}', "must be true or false, not 1"),
        ('{"deny_if": [{"conditions": [{"path": "args.n", "op": "eq"}]}]}', "value is required by eq"),
        ('{"deny_if": [{"conditions": [{"path": "args", "op": "eq", "value": 1}]}]}', "is no path"),
        ('{"deny_if": [{"conditions": [{"path": "args.n", "op": "eqs", "value": 1}]}]}', "did you mean 'eq'?"),
        ('{"deny_if": [{"conditions": [{"path": "args.n", "op": ">=", "value": 1}]}]}', "did you mean 'gte'?"),
        ('{"deny_if": [{"conditions": [{"path": "arg.n", "op": "eq", "value": 1}]}]}', "did you mean 'args.n'?"),
        ('{"hours": []}', "must not be empty; leave it out for all hours, or deny the tool"),
        ('{"redact": {"args": ["token"]}}', "did you mean 'args.token'?"),
        ('{"redact": {"result": ["structuredContent.a"]}}', "did you mean 'result.structuredContent.a'?"),
        ('{"limits": [{"counter": "c", "window": "5 mins", "max": 1}]}', "did you mean '5 minutes'?"),
        ('{"limits": [{"counter": "c", "window": "Hours", "max": 1}]}', "did you mean 'hour'?"),
        ('{"hours": [{"from": "9:30"}]}', "did you mean '09:30'?"),
        ('{"hours": [{"days": []}]}', "leave it out for all days"),
        ('{"hours": [{"zone": "Europe/Londn"}]}', "did you mean 'Europe/London'?"),
        ('"allow"', "must be an object, not 'allow'; write {}"),
        ('"deny"', """must be an object, not 'deny'; write {"action": "deny"}"""),
        ('{"deny_if": [{}]}', "conditions is required"),
        ('{"deny_if": {}}', "must be a list, not an object"),
        ('{"require_approval": {"timeout": "soon"}}', "must be one of second, minute"),
        ('{"reason": "why"}', "goes with action: deny or rate_limit"),
        ('{"rate_limit": "often"}', "must be a rate such as 5/hour"),
        ('{"inner": {}}', "tool is required"),
        ('{"deny_if": [{"conditions": [{"path": "args.n", "op": "eq", "value": NaN}]}]}', "NaN is no number"),
        ('{"deny_if": [{"conditions": [{"path": "args.n", "op": "eq", "value": 1e999}]}]}', "is no number of up to 40 digits"),
        ('{"why": "\\ud800"}', "half of a surrogate pair"),
        ("[]", "must be an object, not a list"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_tool_is_named(tool: str, message: str) -> None:
    """One mistake, one sentence that names it."""
    with pytest.raises(PolicyErrors) as caught:
        read_policy(f'{{"version": "1", "default": "deny", "tools": {{"t": {tool}}}}}', "t.json")

    assert [message in fault.message for fault in caught.value.faults] == [True]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must be an object, not null"),
        ("a: &x 1\nb: *x", "anchors and aliases are not read here"),
        ("<<: {a: 1}", "'<<' is not known here"),
        ('{"default": "deny", "version": "1", "selectors": {"@x": ["a*"]}}', "letter for letter"),
        (
            '{"default": "deny", "version": "1", "methods": {"tools/*": "deny"}}',
            "tool calls are judged by tools",
        ),
        ("on: 1", "a key must be a string; put it in quotes"),
        ("version: 1\n---\nversion: 1", "a policy is one document"),
        ("description: !!python/object:os.system x", "has the tag"),
        ("version: !!map {}", "the tag tag:yaml.org,2002:map is not read here"),
        ("default: no", "put it in quotes"),
        ("default: deny\nversion: 0x1", 'must be "1", in quotes'),
        ("[" * 200_000, "nested more than 64 levels deep"),
        ("a: [", "did not find expected node content"),
        ("a: \x00", "control characters are not allowed"),
    ],
)
def test_yaml_that_means_different_things_to_different_readers_is_refused(text: str, message: str) -> None:
    """What another reader of the file could take for something else is an error, not a guess."""
    with pytest.raises(PolicyErrors) as caught:
        read_policy(text, "t.yaml")

    assert any(message in fault.message for fault in caught.value.faults)


@pytest.mark.parametrize("text", ["{", "[" * 200_000, '{"a": 1}x', "\ufeff{}", "'"])
def test_text_that_is_no_json_is_one_error(text: str) -> None:
    """The decoder's own complaint, with its place."""
    with pytest.raises(PolicyErrors) as caught:
        read_policy(text, "t.json")

    assert len(caught.value.faults) == 1


def test_a_file_that_cannot_be_read_is_a_policy_error(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Missing, and not UTF-8."""
    bad = tmp_path / "bad.json"
    bad.write_bytes(b'{"version": "\xff"}')
    for path, message in ((tmp_path / "none.json", "No such file"), (bad, "byte 13 is no UTF-8")):
        with pytest.raises(PolicyErrors) as caught:
            load_policy(path)
        assert message in str(caught.value)


@pytest.mark.parametrize("text", ['{"version": "1", "default": "deny"}', "version: '1'\ndefault: deny\n"])
def test_a_mark_that_an_editor_of_windows_put_first_is_passed_over(tmp_path: Path, text: str) -> None:
    """In JSON and in YAML."""
    file = tmp_path / "policy"
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())

    assert load_policy(file).default == "deny"


def test_five_hundred_rules_are_checked_in_one_go() -> None:
    """A large policy reads whole; nothing in reading grows faster than the file."""
    import json

    rule = {"conditions": [{"path": "args.path", "op": "regex", "value": "^/srv/[a-z]+$"}], "on_deny": "No."}
    tools = {f"tool_{index}": {"deny_if": [rule] * 5} for index in range(100)}
    policy = read_policy(json.dumps({"version": "1", "default": "deny", "tools": tools}), "big.json")

    assert sum(len(tool.deny_if) for tool in policy.tools.values()) == 500


@pytest.mark.parametrize(
    "text", ["0bbea5bc", "1e5", "0123", "1_000", "yes", "NULL", "~", "5", "-", "a: b", "'", ".5", "0x1g", "- a", "é\u2028", "#"]
)  # fmt: skip
def test_a_text_that_looks_like_something_else_is_written_in_quotes(text: str) -> None:
    """So that it comes back as it was, as a value and as a name."""
    policy = Policy(default="deny", description=text, tools={text: ToolRules(why=text)})

    assert read_policy(write_policy(policy, "yaml"), "p.yaml") == policy


def test_what_fits_on_a_line_stands_on_one() -> None:
    """A policy is read by people: a rule is a line where it can be, and no line is longer than it has to be."""
    limit = Limit(counter="c", window=60, max=30, why="Enough.")
    long = Rule(conditions=(Condition(path="args.a", op="regex", value="x" * 200),), why="w")
    text = write_policy(
        Policy(default="deny", tools={"a": ToolRules(), "b": ToolRules(limits=(limit,), deny_if=(long,))})
    )

    assert '    "a": {},\n' in text
    assert '      "limits": [{"counter": "c", "window": "minute", "max": 30, "why": "Enough."}]\n' in text
    assert [line.strip() for line in text.splitlines() if len(line) > 128] == [f'"value": "{"x" * 200}"']


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('tools: {"pay ": {action: deny}}', "'pay ' has spaces around it"),
        ('tools: {pay: {deny_if: [{conditions: [{path: args.to, op: in, value: [1, "a"]}]}]}}', "has values of several kinds"),
        ('hide: [" pay"]', "' pay' has spaces around it"),
        ('selectors: {"@a": ["pay "]}', "'pay ' has spaces around it"),
        ('tools: {"delete_[ab]*": {action: deny}}', "globs know * and ? alone"),
        ('hide: ["{read,write}_*"]', "globs know * and ? alone"),
        ("methods: {resource/read: deny}", "the protocol has no method resource/read, but it has resources/read"),
        ('tools: {pay: {deny_if: [{conditions: [{path: "args. amount", op: gt, value: 5}]}]}}', "has spaces around a name"),
    ],
)  # fmt: skip
def test_words_that_fit_nothing_are_warned_of(text: str, words: str) -> None:
    """They are no mistakes, since a server might call things so, but under `default: allow` they leave open what was to be closed."""
    (warning,) = examine(f'version: "1"\ndefault: allow\n{text}\n', "p.yaml").warnings
    assert words in warning.message


def test_a_pattern_of_a_block_of_yaml_is_a_mistake() -> None:
    """It ends with the end of a line, and so would match nearly nothing."""
    block = "tools:\n  sh:\n    deny_if:\n      - conditions:\n          - path: args.command\n            op: regex\n            value: |\n              ^rm\n"
    with pytest.raises(PolicyErrors, match="ends with the end of a line"):
        read_policy(f'version: "1"\ndefault: allow\n{block}', "p.yaml")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is empty"),
        (b"\xef\xbb\xbf \n", "it is empty"),
        (b"#" * 32_000_001, "it is longer than 8000000 characters"),
    ],
)
def test_a_file_that_says_nothing_or_has_no_end_is_named_so(
    tmp_path: Path, content: bytes, words: str
) -> None:
    """No more of it is read than a policy may have, and no part of it is taken for the whole."""
    (tmp_path / "policy.yaml").write_bytes(content)
    with pytest.raises(PolicyErrors, match=words):
        read_source(tmp_path / "policy.yaml")
