"""Entries to build sites from: ordinary, odd and hostile ones, always the same, as many as asked for."""

import random
from collections.abc import Iterator

from catalogue.entries import Change, Entry
from classifier.categories import Category
from classifier.evidence import Evidence, Finding, Signal, Trait
from classifier.verdicts import Verdict
from crawler.servers import Package, Repository, Server, ServerName, Variable
from crawler.snapshots import Method, Observation, Profile, Rung, Skipped, SkipReason, Snapshot
from crawler.tools import Tool

#: Would run, break out or confuse if any context forgot to escape it.
PAYLOADS = (
    "<script>window.pwned=1</script>",
    '"><img src=x onerror=window.pwned=1>',
    "'-alert(1)-'",
    "</script><script>window.pwned=1</script>",
    "{{ 7*7 }}{% for x in y %}",
    "javascript:window.pwned=1",
    "\u202egnp.exe \u200bhidden\U000e0041\U000e0042",
    "\x1b[31mred\x00nul",
    "]]><svg onload=window.pwned=1>",
    "&lt;b&gt; & \u2028 \u2029 ünï",
)

_NOUN_LIST = "invoice message file issue user order record page branch bucket table image video note ticket"
_NOUNS = tuple(_NOUN_LIST.split())
_VERBS = {
    Category.READ: ("get", "list", "search", "describe", "fetch", "count"),
    Category.WRITE: ("create", "update", "send", "upload", "tag", "move"),
    Category.EXECUTE: ("run", "execute", "start", "deploy", "invoke"),
    Category.DESTRUCTIVE: ("delete", "drop", "purge", "revoke", "wipe"),
    Category.FINANCIAL: ("pay", "refund", "transfer", "buy", "order"),
}
_SIGNALS = {
    Category.READ: ("untrusted-content",),
    Category.WRITE: ("sends-message", "personal-data"),
    Category.EXECUTE: ("runs-code", "changes-infrastructure"),
    Category.DESTRUCTIVE: ("deletes-data", "bulk-operation"),
    Category.FINANCIAL: ("moves-money", "personal-data"),
}
_SHARES = [0.58, 0.22, 0.10, 0.07, 0.03]
_PROSE = (
    "the caller may give a filter and a limit results are returned in pages of at most one hundred with the newest first "
    "this call needs a token with the right scope and fails with an error when the account is not allowed to see it "
    "use it whenever the person asks for details about one of their own records"
)
_WORDS = _PROSE.split()


def entries(servers: int, *, seed: int = 1, tools: int = 10) -> Iterator[Entry]:
    """As many ordinary servers as asked for, in name order, with about *tools* tools each."""
    for number in range(servers):
        yield ordinary(number, seed=seed, tools=tools)


def ordinary(number: int, *, seed: int = 1, tools: int = 10) -> Entry:
    """The server of that number; the same number and seed always give the same entry."""
    random_ = random.Random(f"{seed}/{number}")
    noun = random_.choice(_NOUNS)
    name = ServerName("pypi", f"mcp-{number:06d}-{noun}")
    count = max(1, round(random_.gauss(tools, tools / 4)))
    made = [_tool(random_, position) for position in range(count)]
    server = Server(
        name=name,
        title=f"{noun.title()} server {number}",
        description=f"Gives an agent the {noun} interface of Example {number}.",
        version=f"1.{number % 9}.0",
        repository=Repository(url=f"https://github.com/example/{name.name}"),
        license="MIT",
        author="Example Ltd",
        packages=(Package(registry_type="pypi", identifier=name.name, version=f"1.{number % 9}.0",
                          environment=(Variable(name="EXAMPLE_TOKEN", required=True, secret=True),)),),
        released_at="2026-10-01T08:00:00Z",
    )  # fmt: skip
    snapshot = Snapshot(
        server=name,
        release=server.version,
        method=random_.choice((Method.LIVE, Method.LIVE, Method.STATIC)),
        profile=Profile(command=(name.name,), environment={"EXAMPLE_TOKEN": "dummy"}, step="readme_env", sandbox="bubblewrap"),
        tools=tuple(tool for tool, _ in made),
        taken_at="2026-11-20T03:00:00Z",
        protocol_version="2025-11-25",
        observations=(Observation(kind="host", what="api.example.com"),) if number % 3 == 0 else (),
        rungs=(Rung(step="bare", outcome="needs_config"), Rung(step="readme_env", outcome="listed")),
        resolved={"mcp": "2.3.0"},
    )  # fmt: skip
    changes = (Change(server=name, kind="released", seen_at=f"2026-11-{1 + number % 20:02d}T03:00:00Z", release=server.version),
               Change(server=name, kind="server_added", seen_at=f"2026-10-{1 + number % 28:02d}T03:00:00Z"))  # fmt: skip
    return Entry(
        server=server,
        listings=(server,),
        outcome=snapshot,
        snapshot=snapshot,
        verdicts={tool.digest: verdict for tool, verdict in made},
        changes=changes,
        first_seen=f"2026-10-{1 + number % 28:02d}T03:00:00Z",
        last_seen="2026-11-20T03:00:00Z",
    )


def hostile() -> list[Entry]:
    """Servers whose every text is an attack on the page, and servers that never spoke."""
    return sorted((*_attackers(), *_silent()), key=lambda entry: str(entry.server.name))


def _attackers() -> Iterator[Entry]:
    for number, payload in enumerate(PAYLOADS):
        name = ServerName(
            "github", f"evil/attack{number}#{payload.replace(' ', '')[:60].replace(chr(0), '')}"
        )
        made = [_evil_tool(payload, position) for position in range(4)]
        server = Server(
            name=name, title=payload, description=payload * 3, version=payload[:40], homepage=payload, license=payload,
            author=payload, repository=Repository(url=payload), keywords=(payload,), mcp_name=payload, yanked=payload,
            readme=payload, packages=(Package(registry_type="pypi", identifier=payload, arguments=(payload,)),),
        )  # fmt: skip
        snapshot = Snapshot(
            server=name, release=payload, method=Method.LIVE, tools=tuple(tool for tool, _ in made),
            profile=Profile(command=(payload, payload), environment={payload: payload}, repairs=(payload,)),
            taken_at="2026-11-20T03:00:00Z", protocol_version=payload, server_info={"name": payload, "version": payload},
            instructions=payload, observations=(Observation(kind="host", what=payload),), unstable=(made[0][0].name,),
            rungs=(Rung(step="bare", outcome="listed", detail=payload),), resolved={payload: payload},
        )  # fmt: skip
        change = Change(server=name, kind="reworded", seen_at="2026-11-19T03:00:00Z", tool=made[0][0].name,
                        release=payload, before=payload, after=payload[::-1])  # fmt: skip
        yield Entry(
            server=server, listings=(server,), conflicts=(payload,), outcome=snapshot, snapshot=snapshot,
            verdicts={tool.digest: verdict for tool, verdict in made}, changes=(change,),
            first_seen="2026-11-01T03:00:00Z", last_seen="2026-11-20T03:00:00Z",
        )  # fmt: skip


def _silent() -> Iterator[Entry]:
    for reason in (SkipReason.TIMEOUT, SkipReason.NO_WHEEL, SkipReason.NEEDS_CONFIG):
        name = ServerName("npm", f"@silent/{reason.value}")
        outcome = Skipped(
            server=name, release="1.0.0", reason=reason, detail=PAYLOADS[0], taken_at="2026-11-20T03:00:00Z"
        )
        yield Entry(server=Server(name=name, description="Says nothing."), outcome=outcome,
                    first_seen="2026-11-01T03:00:00Z", last_seen="2026-11-20T03:00:00Z")  # fmt: skip


def _evil_tool(payload: str, position: int) -> tuple[Tool, Verdict]:
    category = list(Category)[position % 5]
    tool = Tool.read({
        "name": f"{payload} {position}", "title": payload, "description": f"Deletes {payload} for good. {payload}",
        "inputSchema": {"type": "object", "required": [payload], "properties": {payload: {
            "type": payload, "description": payload, "enum": [payload], "default": payload, "pattern": payload}}},
        "annotations": {"title": payload, "readOnlyHint": True},
    })  # fmt: skip
    text = tool.description or ""
    quote = Evidence(field="description", quote=text[8 : 8 + len(payload)], start=8, end=8 + len(payload))
    inside = Evidence(
        field=f"inputSchema.properties.{payload}.description", quote=payload, start=0, end=len(payload)
    )
    verdict = Verdict(
        category=category, confidence=0.61, signals=(Signal(code="deletes-data", evidence=quote),),
        traits=(Trait(code="takes-url", evidence=inside),),
        findings=(Finding(code="hidden-characters", strength="hard" if position == 0 else "soft", message=payload, evidence=quote),),
        why=(payload, "It says that it deletes."), version="rules-1",
    )  # fmt: skip
    return tool, verdict


def _tool(random_: random.Random, position: int) -> tuple[Tool, Verdict]:
    category = random_.choices(list(Category), _SHARES)[0]
    verb, noun = random_.choice(_VERBS[category]), random_.choice(_NOUNS)
    lead = f"{verb.title()}s the {noun} that the caller names."
    description = f"{lead} {_prose(random_, 60)}\n\nArgs:\n    {noun}_id: {_prose(random_, 8)}"
    names = [
        f"{noun}_id",
        *random_.sample(["limit", "query", "url", "path", "amount", "recipient", "format", "dry_run"], 4),
    ]
    tool = Tool.read({
        "name": f"{verb}_{noun}" if position % 7 else f"{verb}_{noun}_{position}",
        "description": description,
        "inputSchema": {"type": "object", "required": names[:1], "properties": {
            name: {"type": random_.choice(["string", "integer", "boolean"]), "description": f"{name}: {_prose(random_, 10)}"}
            for name in names}},
        "annotations": {"readOnlyHint": category is Category.READ} if position % 3 else {},
    })  # fmt: skip
    quote = Evidence(field="description", quote=lead[: len(verb) + 1], start=0, end=len(verb) + 1)
    named = Evidence(field="name", quote=verb, start=0, end=len(verb))
    path = f"inputSchema.properties.{names[1]}"
    verdict = Verdict(
        category=category,
        confidence=round(random_.uniform(0.55, 0.995), 3),
        signals=tuple(Signal(code=code, evidence=evidence) for code, evidence in zip(_SIGNALS[category], (quote, named), strict=False)),
        traits=(Trait(code=f"takes-{names[1]}", evidence=Evidence(field=path, quote=names[1], start=0, end=len(names[1]))),),
        why=(f"The name begins with “{verb}”.", f"The description says “{lead[:40]}”.", "No annotation says otherwise."),
        version="rules-1",
    )  # fmt: skip
    return tool, verdict


def _prose(random_: random.Random, words: int) -> str:
    start = random_.randrange(len(_WORDS))
    return " ".join(_WORDS[(start + step) % len(_WORDS)] for step in range(words)).capitalize() + "."
