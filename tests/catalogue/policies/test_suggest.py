"""Suggested policies: what each preset makes of each kind of tool, and that every one of them reads and decides."""

import json
from typing import Any

import jsonschema_rs
import pytest
from msgspec.structs import replace

from catalogue.entries import Entry, Review
from catalogue.policies.policy_files import policy_files, tool_policy
from catalogue.policies.suggest import PRESETS, NothingToSuggest, suggest
from classifier.categories import Category
from classifier.evidence import Evidence, Finding, Signal, Trait
from classifier.verdicts import Verdict
from crawler.servers import Server, ServerName
from crawler.snapshots import Method, Skipped, SkipReason, Snapshot
from crawler.tools import Tool
from enforce.counters.memory import Unlimited
from enforce.decide import Call, decide, visible
from enforce.law import Law
from enforce.policy import Approval, Condition, Limit, Rule, ToolRules
from enforce.policyfile import read_policy, write_policy
from enforce.schema import policy_schema

NAME = ServerName.parse("pypi:mcp-x")
TIME = "2026-01-01T00:00:00Z"


def tool(name: str, properties: dict[str, Any] | None = None, **more: Any) -> Tool:
    return Tool.read(
        {"name": name, "inputSchema": {"type": "object", "properties": properties or {}}, **more}
    )


def verdict(category: Category, *traits: tuple[str, str], poisoned: bool = False) -> Verdict:
    evidence = Evidence(field="name", quote="seen", start=0, end=4)
    finding = Finding(
        code="instructs-model", strength="hard", message="It speaks to the model.", evidence=evidence
    )
    return Verdict(
        category=category,
        confidence=0.9,
        signals=(Signal(code="a-signal", evidence=evidence),),
        traits=tuple(
            Trait(
                code=code,
                evidence=Evidence(field=f"inputSchema.properties.{name}", quote=name, start=0, end=1),
            )
            for code, name in traits
        ),
        findings=(finding,) if poisoned else (),
        why=("The name says “seen”.",),
        version="1",
    )


def entry(
    *pairs: tuple[Tool, Verdict], method: Method = Method.LIVE, unstable: tuple[str, ...] = ()
) -> Entry:
    snapshot = Snapshot(
        server=NAME,
        release="1.0",
        method=method,
        tools=tuple(one for one, _ in pairs),
        taken_at=TIME,
        unstable=unstable,
    )
    return Entry(
        server=Server(name=NAME),
        outcome=snapshot,
        snapshot=snapshot,
        verdicts={one.digest: judged for one, judged in pairs},
        first_seen=TIME,
        last_seen=TIME,
    )


def why(category: str) -> str:
    return f"{category}, confidence 0.90. Shows a-signal (name: “seen”)."


def rate(name: str, most: int, category: str) -> Limit:
    return Limit(counter=f"{name}_rate", window=60, max=most, why=why(category))


EVERY = entry(
    (tool("look"), verdict(Category.READ)),
    (tool("make"), verdict(Category.WRITE)),
    (tool("run"), verdict(Category.EXECUTE)),
    (tool("wipe"), verdict(Category.DESTRUCTIVE)),
    (tool("pay"), verdict(Category.FINANCIAL)),
    (tool("trick"), verdict(Category.READ, poisoned=True)),
)
TRICK = "Read, confidence 0.90. It speaks to the model. Shows a-signal (name: “seen”)."


def test_the_recommended_preset() -> None:
    """Reads are free, writes and executions limited, what is grave is held, what is poisoned hidden."""
    policy = suggest(EVERY)

    assert policy.default == "deny"
    assert policy.hide == ("trick",)
    assert [limit.max for limit in policy.all_tools.limits] == [300]
    assert policy.tools == {
        "look": ToolRules(),
        "make": ToolRules(limits=(rate("make", 30, "Write"),)),
        "run": ToolRules(limits=(rate("run", 10, "Execute"),)),
        "wipe": ToolRules(require_approval=(Approval(why=why("Destructive")),)),
        "pay": ToolRules(require_approval=(Approval(why=why("Financial")),)),
        "trick": ToolRules(deny_if=(Rule(on_deny="This tool is not allowed.", why=TRICK),)),
    }


def test_the_strict_preset() -> None:
    """What destroys is hidden and denied as well; everything else is pinned and validated."""
    policy = suggest(EVERY, "strict")
    digests = {one.name: one.digest for one in EVERY.snapshot.tools} if EVERY.snapshot else {}

    assert (policy.list, policy.hide) == ("listed", ("@destructive", "trick"))
    assert policy.selectors == {"@destructive": ("wipe",)}
    assert {name: (rules.pin, rules.validate) for name, rules in policy.tools.items()} == {
        **{name: (digests[name], "schema") for name in ("look", "make", "run", "pay")},
        "wipe": (None, "off"),
        "trick": (None, "off"),
        "@destructive": (None, "off"),
    }
    assert policy.tools["wipe"] == ToolRules(why=why("Destructive"))
    assert [
        decide(Law(policy), Call(tool=name), Unlimited(), 0.0).rule for name in ("wipe", "trick", "nothing")
    ] == [
        "/hide/0",
        "/hide/1",
        "(not listed)",
    ]
    assert decide(Law(replace(policy, hide=())), Call(tool="wipe"), Unlimited(), 0.0).outcome == "deny"


def test_the_permissive_preset() -> None:
    """Nothing is denied or held; the log says what would have been."""
    policy = suggest(EVERY, "permissive")
    law = Law(policy)
    decisions = {
        name: decide(law, Call(tool=name), Unlimited(), 0.0) for name in (*policy.tools, "unheard-of")
    }

    assert {decision.outcome for decision in decisions.values()} == {"allow"}
    assert {
        name: [would.outcome for would in decision.would]
        for name, decision in decisions.items()
        if decision.would
    } == {
        "wipe": ["hold"],
        "pay": ["hold"],
        "trick": ["deny"],
    }
    assert policy.tools["wipe"].limits == (rate("wipe", 10, "Destructive"),)


ACTIONS = {"action": {"type": "string", "enum": ["list", "create", "delete"]}}


@pytest.mark.parametrize(
    ("arguments", "recommended", "strict"),
    [
        ({"action": "list"}, "allow", "allow"),
        ({"action": "create"}, "allow", "allow"),
        ({"action": "delete"}, "hold", "deny"),
        ({"action": "DELETE"}, "hold", "deny"),
        ({"action": ["delete"]}, "hold", "deny"),
        ({"action": None}, "hold", "deny"),
        ({}, "hold", "deny"),
    ],
)
def test_a_tool_of_several_actions_is_judged_by_the_action(
    arguments: dict[str, Any], recommended: str, strict: str
) -> None:
    """The harmless members are free; the dangerous, the unknown and the absent one are not."""
    one = entry((tool("manage_user", ACTIONS), verdict(Category.DESTRUCTIVE)))

    class Fits:
        def digest(self, _: str) -> str:
            return one.snapshot.tools[0].digest if one.snapshot else ""

        def fault(self, _: str, __: Any) -> None:
            return None

    call = Call(tool="manage_user", arguments=arguments, definitions=Fits())
    outcomes = [
        decide(Law(suggest(one, preset)), call, Unlimited(), 0.0).outcome
        for preset in ("recommended", "strict")
    ]

    assert outcomes == [recommended, strict]
    assert suggest(one).tools["manage_user"].limits[0].max == 30


@pytest.mark.parametrize(
    ("code", "category", "schema", "good", "bad"),
    [
        ("takes-path", Category.READ, {"type": "string"}, ["a/b", "/srv/x..y", "..x/y"], ["../x", "a/../b", "a\\..\\b", "..", "a/%2e%2E/b", "..%2fetc"]),
        (
            "takes-url",
            Category.READ,
            {"type": "string"},
            ["https://example.com/a", "http://example.com:80/?u=file:x", "https://10things.example/", "example.com"],
            ["http://localhost/", "http://127.0.0.1:9", "https://user@10.0.0.1/", "file:///etc/passwd", "FILE:/x",
             "http://169.254.169.254/latest", "http://[::1]/", "http://2130706433/", "http://db.internal/", "http://172.20.1.1",
             "localhost:8080/x", " 127.0.0.1", "http:\\\\127.0.0.1\\x", "http://0177.0.0.1/", "http://a@b@localhost/", "//10.1.1.1/x", "http://x.local\\y"],
        ),
        ("takes-path", Category.READ, {"anyOf": [{"type": "string"}, {"type": "null"}]}, ["a", None], ["../x"]),
        ("takes-amount", Category.WRITE, {"type": "number"}, [0, 5.5], [-0.01, "5"]),
        ("takes-amount", Category.WRITE, {"type": "string"}, ["0", "5.5", "1-2"], ["-1", " -0.5"]),
        ("takes-recipient", Category.WRITE, {"type": "string"}, ["a@b.example", "Doe, Jane <jane@b.example>"], ["a@b.example, c@d.example"]),
        ("takes-query", Category.READ, {"type": "string"}, ["SELECT 1"], ["DROP TABLE x", "mutation { removeUser(id: 1) }"]),
        ("takes-query", Category.EXECUTE, {"type": "string"}, ["SELECT 1", "select created from t"], ["DROP TABLE x", "select 1; delete from t"]),
    ],
)  # fmt: skip
def test_arguments_get_rules_where_the_schema_allows_a_good_one(
    code: str, category: Category, schema: dict[str, Any], good: list[Any], bad: list[Any]
) -> None:
    """And nothing ordinary is caught by them."""
    law = Law(suggest(entry((tool("t", {"x": schema}), verdict(category, (code, "x"))))))

    def outcome(value: Any) -> str:
        return decide(law, Call(tool="t", arguments={"x": value}), Unlimited(), 0.0).outcome

    assert {value: outcome(value) for value in good} == dict.fromkeys(good, "allow")
    assert {value: outcome(value) for value in bad} == dict.fromkeys(
        bad, "hold" if code in ("takes-query", "takes-recipient") else "deny"
    )


@pytest.mark.parametrize(
    ("category", "schema", "outcomes"),
    [
        (Category.WRITE, {"type": "array", "items": {"type": "string"}}, ["allow", "allow", "hold"]),
        (Category.WRITE, {"anyOf": [{"type": "array"}, {"type": "null"}]}, ["allow", "allow", "hold"]),
        # Whoever only reads sends nothing: `to` is as likely the end of a stretch of time.
        (Category.READ, {"type": "array"}, ["allow", "allow", "allow"]),
    ],
)
def test_a_message_to_many_in_a_list_is_asked_about(
    category: Category, schema: dict[str, Any], outcomes: list[str]
) -> None:
    """One recipient is no list to worry about."""
    sending = (tool("t", {"to": schema}), verdict(category, ("takes-recipient", "to")))
    law = Law(suggest(entry(sending)))
    calls = [Call(tool="t", arguments=given) for given in ({}, {"to": ["a@b.c"]}, {"to": ["a@b.c", "d@e.f"]})]

    assert [decide(law, call, Unlimited(), 0.0).outcome for call in calls] == outcomes


def test_an_amount_that_the_schema_bounds_gets_no_rule() -> None:
    bounded = {"x": {"type": "integer", "minimum": 1}}

    assert (
        suggest(entry((tool("t", bounded), verdict(Category.READ, ("takes-amount", "x"))))).tools["t"]
        == ToolRules()
    )


def test_a_query_is_found_where_only_the_tool_speaks_of_one() -> None:
    """The argument itself is merely called a query, which a search has as well."""
    judged = Verdict(
        category=Category.EXECUTE,
        confidence=0.9,
        signals=(Signal(code="raw-query", evidence=Evidence(field="name", quote="sql", start=0, end=3)),),
        version="1",
    )
    law = Law(suggest(entry((tool("run_sql", {"query": {"type": "string"}}), judged))))
    outcomes = [
        decide(law, Call(tool="run_sql", arguments={"query": text}), Unlimited(), 0.0).outcome
        for text in ("SELECT 1", "DROP TABLE x")
    ]

    assert outcomes == ["allow", "hold"]


@pytest.mark.parametrize(("confidence", "limited"), [(0.69, True), (0.7, False)])
def test_what_perhaps_only_reads_is_limited_like_what_writes(confidence: float, limited: bool) -> None:
    """The doubt stands beside the rule."""
    judged = Verdict(
        category=Category.READ,
        confidence=confidence,
        why=("Read and not write: the name says “look”.",),
        version="1",
    )

    limits = suggest(entry((tool("look"), judged))).tools["look"].limits

    assert [(limit.max, limit.why) for limit in limits] == (
        [(30, "Read, confidence 0.69: the name says “look”.")] if limited else []
    )


@pytest.mark.parametrize("preset", ["recommended", "strict"])
def test_a_rule_that_many_tools_repeat_is_said_once(preset: str) -> None:
    """Under a selector that names them; every call is judged as before."""
    path = {"path": {"type": "string"}}
    tools = [tool(name, path) for name in ("list", "read", "stat", "find")]
    many = suggest(entry(*((one, verdict(Category.READ, ("takes-path", "path"))) for one in tools)), preset)
    few = [suggest(entry((one, verdict(Category.READ, ("takes-path", "path")))), preset) for one in tools]
    calls = [Call(tool=one.name, arguments={"path": at}) for one in tools for at in ("a", "../a")]

    assert many.selectors == {"@path": ("list", "read", "stat", "find")}
    assert [bool(rules.deny_if) for rules in many.tools.values()] == [False, False, False, False, True]
    assert [decide(Law(many), call, Unlimited(), 0.0).reason for call in calls] == [
        decide(Law(few[at // 2]), call, Unlimited(), 0.0).reason for at, call in enumerate(calls)
    ]


def test_a_policy_for_one_tool_says_what_all_of_them_share() -> None:
    """The page of a tool stands by itself."""
    path = {"path": {"type": "string"}}
    shared = ((tool(name, path), verdict(Category.WRITE, ("takes-path", "path"))) for name in ("a", "b", "c"))
    (files,) = policy_files([entry(*shared)])
    assert files is not None

    alone = tool_policy(files.document, "b")

    assert alone is not None
    assert alone["tools"]["b"]["deny_if"] == files.document["tools"]["@path"]["deny_if"]
    assert alone["tools"]["b"]["limits"] == files.document["tools"]["b"]["limits"]
    assert read_policy(json.dumps(alone), "p.json").tools.keys() == {"b"}
    assert tool_policy(files.document, "z") is None


def test_a_list_of_paths_gets_no_rule_that_would_deny_every_call() -> None:
    """A pattern cannot be compared with a list, so there is none."""
    listed = tool("t", {"x": {"type": "array", "items": {"type": "string"}}})

    assert suggest(entry((listed, verdict(Category.READ, ("takes-path", "x"))))).tools["t"] == ToolRules()


@pytest.mark.parametrize(
    ("method", "unstable", "pinned", "says"),
    [
        (Method.LIVE, (), True, ""),
        (Method.LIVE, ("t",), False, ""),
        (Method.STATIC, (), False, "without running it"),
        (Method.README, (), False, "README"),
        (Method.IMPORTED, (), False, "another catalogue"),
    ],
)
def test_only_what_was_seen_for_certain_is_pinned(
    method: Method, unstable: tuple[str, ...], pinned: bool, says: str
) -> None:
    """And a policy from a guess says that it is one."""
    policy = suggest(entry((tool("t"), verdict(Category.READ)), method=method, unstable=unstable), "strict")

    assert (policy.tools["t"].pin is not None) == pinned
    assert says in (policy.description or "")


def test_a_review_is_the_reason_where_there_is_one() -> None:
    """By name, with the reviewer's words."""
    one = entry((tool("t"), verdict(Category.WRITE)))
    digest = tool("t").digest
    review = Review(
        server=NAME,
        tool="t",
        digest=digest,
        category=Category.WRITE,
        reason="It only adds.",
        author="Kim",
        reviewed_at=TIME,
    )
    reviewed = Entry(
        **{field: getattr(one, field) for field in one.__struct_fields__} | {"reviews": {digest: review}}
    )

    assert suggest(reviewed).tools["t"].limits[0].why == (
        "Write, reviewed by Kim: It only adds. Shows a-signal (name: “seen”)."
    )


@pytest.mark.parametrize("name", ["*", "get_*", "@all", " ", "a\u202eb", "a\nb", "?"])
@pytest.mark.parametrize("preset", ["recommended", "strict"])
def test_a_hostile_name_opens_nothing(name: str, preset: str) -> None:
    """A tool whose name would read as a glob or selector gets no rule, so it stays denied with everything like it."""
    policy = suggest(
        entry((tool(name), verdict(Category.READ)), (tool("fine"), verdict(Category.READ))), preset
    )
    law = Law(read_policy(write_policy(policy), "p.json"))

    assert list(policy.tools) == ["fine"]
    assert [decide(law, Call(tool=one), Unlimited(), 0.0).outcome for one in (name, "get_x", "x")] == [
        "deny"
    ] * 3
    assert "1 of its tools have names" in (policy.description or "")


@pytest.mark.parametrize("preset", PRESETS)
def test_editors_find_no_fault_with_what_is_suggested(preset: str) -> None:
    """By the schema that they are given; plain JSON, without any type of ours."""
    validator = jsonschema_rs.Draft202012Validator(policy_schema())
    documents = [
        json.loads(write_policy(suggest(one, preset)))
        for one in (EVERY, entry((tool("manage_user", ACTIONS), verdict(Category.DESTRUCTIVE))))
    ]

    assert [error.message for document in documents for error in validator.iter_errors(document)] == []


@pytest.mark.parametrize("preset", PRESETS)
def test_what_is_suggested_reads_back(preset: str) -> None:
    """In both syntaxes, whatever the definitions hold."""
    odd = verdict(Category.WRITE)
    hostile = Signal(
        code="a-signal", evidence=Evidence(field="name", quote='"\u202e\n\x1b[31m: &a *b', start=0, end=1)
    )
    odd = Verdict(category=odd.category, confidence=0.5, signals=(hostile,), why=("A\x00b.",), version="1")
    one = entry(
        (tool("a/b: {c} #d 'e' \"f\""), odd),
        *((t, EVERY.verdicts[t.digest]) for t in (EVERY.snapshot.tools if EVERY.snapshot else ())),
    )
    policy = suggest(one, preset)

    assert [read_policy(write_policy(policy, syntax), f"p.{syntax}") for syntax in ("json", "yaml")] == [
        policy,
        policy,
    ]
    assert all(
        character.isprintable()
        for character in json.loads(write_policy(policy))["tools"]["a/b: {c} #d 'e' \"f\""]["limits"][0][
            "why"
        ]
    )
    assert visible(Law(policy), "look")


def test_without_tools_there_is_nothing_to_suggest() -> None:
    """A server that was skipped has no policy."""
    skipped = Skipped(server=NAME, reason=SkipReason.TIMEOUT, taken_at=TIME)
    empty = Entry(server=Server(name=NAME), outcome=skipped, first_seen=TIME, last_seen=TIME)

    with pytest.raises(NothingToSuggest, match="no list of the tools of pypi:mcp-x"):
        suggest(empty)


def test_a_condition_of_a_choice_names_what_is_harmless() -> None:
    """So that what nobody thought of is held."""
    policy = suggest(entry((tool("manage_user", ACTIONS), verdict(Category.DESTRUCTIVE))))

    assert policy.tools["manage_user"].require_approval[0].conditions == (
        Condition(path="args.action", op="not_in", value=["list", "create"]),
    )
