"""The commands as a person runs them: what they print, and how they end."""

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from enforce.approvals import Approvals
from enforce.audit.heads import load_key
from enforce.audit.log import AuditFailed, AuditLog
from enforce.cli import main
from enforce.cli.words import MOST_KINDS, MOST_TOLD, Pace, tell
from enforce.counters import Reservation
from enforce.counters.opening import open_counters
from enforce.decide import Call
from enforce.gatewayfile import load_gateway
from enforce.identities import token_digest
from enforce.pins import Pins
from enforce.policy import Approval, Redact
from enforce.state import open_state

POLICY = {
    "version": "1",
    "default": "deny",
    "tools": {
        "pay": {"deny_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 100}]}]},
        "drop": {},
    },
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in that is also where state lies by default."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOLLHOUSE_STATE_DIR", str(tmp_path))
    (tmp_path / "policy.json").write_text(json.dumps(POLICY))
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command; its exit code and what it printed on either stream."""

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def test_check_tells_a_good_policy_from_a_bad_one(run: Any, home: Path) -> None:
    """Fine is 0; otherwise every mistake with its line, and 1."""
    assert run("check", "policy.json") == (0, "policy.json: fine; default deny, 2 tools, 0 hidden\n", "")
    (home / "group.yaml").write_text(
        "version: '1'\ndefault: deny\ntools: {pay: {}, '@x': {require_approval: true}}\nselectors: {'@x': [pay]}\n"
    )
    assert run("check", "group.yaml")[1] == "group.yaml: fine; default deny, 1 tool, 0 hidden\n"
    (home / "bad.yaml").write_text("version: '1'\ndefault: never\ntools:\n  x: {limts: []}\n")
    code, out, err = run("check", "bad.yaml")
    assert (code, out) == (1, "")
    assert [line.split(",")[0] for line in err.splitlines()] == ["bad.yaml: line 2", "bad.yaml: line 4"]


@pytest.mark.parametrize(
    ("arguments", "code", "last"),
    [
        (["--tool", "pay", "--args", '{"amount": 5}'], 0, "allows      /tools/pay"),
        (["--tool", "pay", "--args", '{"amount": 500}'], 1, "denies      /tools/pay/deny_if/0"),
        (["--tool", "other"], 1, "denies      (default deny)"),
    ],
)
def test_explain_shows_the_steps(run: Any, arguments: list[str], code: int, last: str) -> None:
    """The last step is the decision; the exit code says whether the call passes."""
    ended, out, err = run("explain", "policy.json", *arguments)
    assert (ended, out.splitlines()[-2], err) == (code, last, "")
    ended, out, _ = run("explain", "policy.json", *arguments, "--json")
    assert (ended, json.loads(out)[-1]["verdict"]) == (code, last.split()[0])


def test_explain_counts_floats_as_the_gate_does(run: Any) -> None:
    """A decimal on the command line is exact."""
    assert (
        run("explain", "policy.json", "--tool", "pay", "--args", '{"amount": 100.00000000000000001}')[0] == 1
    )


@pytest.mark.parametrize("args", ["{", "[]", "1", '{"a":1,"a":2}'])
def test_explain_wants_an_object(run: Any, args: str) -> None:
    """Anything else is a usage error."""
    assert run("explain", "policy.json", "--tool", "pay", "--args", args)[0] == 2


def test_explain_reads_arguments_that_the_locale_could_not(run: Any) -> None:
    """As Python gives them where it takes the command line for ASCII."""
    typed = '{"amount": 1, "to": "\xfc"}'.encode().decode("ascii", "surrogateescape")
    assert run("explain", "policy.json", "--tool", "pay", "--args", typed)[0] == 0
    assert run("explain", "policy.json", "--tool", "pay", "--args", '{"to": "\udcff"}')[0] == 2


def test_explain_tells_a_mistake_by_its_place_in_what_was_typed(run: Any) -> None:
    """And not in the message that is made of it."""
    _, _, err = run("explain", "policy.json", "--tool", "pay", "--args", "{amount: 1}")
    assert err == "--args cannot be read: JSON is malformed: object keys must be strings (byte 1)\n"


def written(home: Path) -> AuditLog:
    log = AuditLog(home / "audit.jsonl")
    for number, (tool, outcome) in enumerate([("drop", "allow"), ("gone", "allow"), ("pay", "deny")]):
        time = f"2026-11-23T00:00:0{number}Z"
        log.write(
            {"time": time, "event": "decision", "gen_ai.tool.name": tool, "outcome": outcome, "rule": "/x"}
        )
    return log


def test_the_audit_log_is_verified_against_a_kept_head(run: Any, home: Path) -> None:
    """Whole, cut off, damaged, missing."""
    written(home).close()
    assert run("audit", "verify") == (0, "3 records, whole\n", "")
    code, head, _ = run("audit", "head")
    (home / "head").write_text(head)
    path = home / "audit.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2]))
    assert run("audit", "verify")[0] == 0
    code, out, _ = run("audit", "verify", "--head", "head")
    assert (code, "its end was cut off" in out) == (1, True)
    path.write_bytes(lines[1])
    code, out, _ = run("audit", "verify", "--json")
    assert (code, len(json.loads(out)["damages"])) == (1, 1)
    assert run("audit", "verify", "nothing.jsonl")[0] == 3
    (home / "head").write_text(head.replace('"seq":3', '"seq":2'))
    assert run("audit", "verify", "--head", "head")[0] == 3


def test_tail_prints_the_latest_and_escapes_what_an_agent_chose(run: Any, home: Path) -> None:
    """A tool's name cannot steer the terminal."""
    log = written(home)
    log.write(
        {
            "time": "2026-11-24",
            "event": "decision",
            "gen_ai.tool.name": "\x1b[2J\u202eevil",
            "outcome": "deny",
        }
    )
    log.close()
    code, out, _ = run("audit", "tail", "-n", "2")
    assert (code, len(out.splitlines())) == (0, 2)
    assert "\\x1b[2J\\u202eevil" in out
    assert out.isascii()
    assert "\x1b" not in out


def test_tail_tells_what_a_person_answered_and_who_it_was(run: Any, home: Path) -> None:
    """Whatever it was about."""
    log = AuditLog(home / "audit.jsonl")
    for record in (
        {"event": "approval", "question": "8e1e8373", "outcome": "approved", "by": "ann"},
        {"event": "reset", "counter": "*", "by": "ann"},
        {"event": "accepted", "server": "s", "tool": "pay", "definitions": 1, "by": "bob"},
        {
            "event": "decision",
            "gen_ai.tool.name": "pay",
            "outcome": "deny",
            "reason": "No.",
            "count": 3,
            "since": "T",
        },
        {"event": "outcome", "status": "ok", "of": 4},
        {
            "event": "decision",
            "gen_ai.tool.name": "pay",
            "outcome": "allow",
            "rule": "(dry run)",
            "would": [{"outcome": "deny", "rule": "/tools/pay/deny_if/0", "reason": "No."}],
        },
        {"event": "decision", "gen_ai.tool.name": "odd", "outcome": "allow", "would": [1, {"x": 2}]},
    ):
        log.write({"time": "T", **record})
    log.close()

    assert run("audit", "tail")[1].splitlines() == [
        "T      1 approved   8e1e8373 by ann",
        "T      2 reset      * by ann",
        "T      3 accepted   pay by bob",
        "T      4 deny       pay 3 times since T No.",
        "T      5 ok         of 4",
        "T      6 allow      pay (dry run) would deny by /tools/pay/deny_if/0: No.",
        "T      7 allow      odd would None by None: None",
    ]


def test_decisions_are_exported_in_the_words_of_a_security_schema(run: Any, home: Path) -> None:
    """One event a decision; other records make none."""
    log = AuditLog(home / "audit.jsonl")
    decision = {
        "event": "decision",
        "identity": "ann",
        "mcp.method.name": "tools/call",
        "gen_ai.tool.name": "pay",
    }
    log.write({"time": "2026-11-23T00:00:01Z", **decision, "outcome": "deny", "rule": "/x", "reason": "No."})
    log.write({"time": "2026-11-23T00:00:02Z", "event": "outcome", "of": 1})
    log.close()
    code, out, _ = run("audit", "export")
    (event,) = [json.loads(line) for line in out.splitlines()]
    assert (code, event["class_uid"], event["type_uid"], event["time"]) == (0, 6003, 600399, 1795392001000)
    assert (event["action"], event["disposition"], event["message"]) == ("Denied", "Blocked", "No.")
    assert (event["actor"]["user"]["name"], event["api"]["operation"]) == ("ann", "pay")


def test_counters_are_listed_and_reset(run: Any, home: Path) -> None:
    """A person can look and start anew, under their name."""
    open_counters("state.db").reserve([Reservation(key="k", window=10**6, max=5, amount=2)], 1.8e9)
    code, out, _ = run("counters", "list", "--json")
    assert (code, json.loads(out)[0]["key"]) == (0, "k")
    assert "k" in run("counters", "list")[1]
    assert run("counters", "reset", "nothing")[0] == 3
    assert run("counters", "reset", "k", "--by", "ann") == (0, "1 emptied\n", "")
    assert run("counters", "reset", "--all", "--by", "bob") == (0, "0 emptied\n", "")
    assert noted(home, "reset", "counter", "by") == [["k", "ann"], ["*", "bob"]]


def noted(home: Path, event: str, *fields: str) -> list[list[Any]]:
    """What the audit log says of one kind of event."""
    records = [json.loads(line) for line in (home / "audit.jsonl").read_text().splitlines()]
    return [[record[field] for field in fields] for record in records if record["event"] == event]


def test_pins_show_the_difference_and_are_accepted(run: Any, home: Path) -> None:
    """What was accepted, what changed and how, what is new."""
    pins = Pins(open_state(Path("state.db")))
    pins.note("notes", "same", "a", {"name": "same"}, 1, accept=True)
    pins.note("notes", "t", "a", {"name": "t", "description": "old"}, 1, accept=True)
    pins.note("notes", "t", "b", {"name": "t", "description": "new\x1b[2J"}, 2, accept=False)
    pins.note("notes", "z", "c", {"name": "z"}, 2, accept=False)
    code, out, _ = run("pins", "list")
    assert (code, out.splitlines()[0]) == (0, "accepted  notes  same")
    assert '-  "description": "old",' in out.splitlines()
    assert '+  "description": "new\\u001b[2J",' in out.splitlines()
    assert "new       notes  z  c" in out.splitlines()
    assert run("pins", "accept", "nobody")[0] == 3
    assert run("pins", "accept", "notes", "t", "--digest", "a", "--by", "ann")[:2] == (3, "0 accepted\n")
    assert run("pins", "accept", "notes", "t", "--digest", "b", "--by", "ann") == (
        0,
        "b  t\n1 accepted\n",
        "",
    )
    assert run("pins", "accept", "notes", "--by", "bob") == (0, "c  z\n1 accepted\n", "")
    assert noted(home, "accepted", "tool", "definitions", "by") == [
        ["t", 0, "ann"],
        ["t", 1, "ann"],
        ["*", 1, "bob"],
    ]
    code, out, _ = run("pins", "list", "--json")
    assert [pin["digest"] == pin["accepted"] for pin in json.loads(out)] == [True, True, True]


def test_approvals_are_listed_and_answered_in_another_terminal(run: Any, home: Path) -> None:
    """An answer is recorded in the log, and given once."""
    approvals = Approvals(open_state(home / "state.db"), load_key(home / "audit.key"))
    call = Call(tool="drop", arguments={"n": 1}, identity="local", server="notes")
    now = 4e9  # far ahead of the clock of the command, so that nothing has expired
    asked = approvals.ask(call, Approval(), Redact(), "law", now)
    assert asked.id
    code, out, _ = run("approvals", "list")
    assert (code, out.split()[0:2]) == (0, [asked.id, "waiting"])
    assert run("approvals", "approve", "nothing")[0] == 3
    assert run("approvals", "approve", asked.id, "--by", "ann") == (0, f"{asked.id} approved\n", "")
    assert run("approvals", "deny", asked.id)[0] == 3
    code, out, _ = run("approvals", "list", "--all", "--json")
    assert [(each["state"], each["answered_by"]) for each in json.loads(out)] == [("approved", "ann")]
    record = json.loads((home / "audit.jsonl").read_text().splitlines()[-1])
    assert (record["event"], record["question"], record["by"]) == ("approval", asked.id, "ann")


@pytest.mark.parametrize("fault", [KeyError, OSError])
def test_who_has_no_login_name_is_asked_for_one(
    run: Any, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    """A container's user that is only a number; releases of Python differ in what they raise."""

    def nobody() -> str:
        raise fault("uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", nobody)
    open_state(Path("state.db"))

    code, _, said = run("approvals", "approve", "nothing")
    assert code == 3
    assert "no login name; say who you are with --by NAME" in said
    assert "no such call waits" in run("approvals", "approve", "nothing", "--by", "ann")[2]


def test_nothing_that_a_person_does_counts_unless_it_is_on_record(
    run: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk must not let an answer, an acceptance or a reset pass in silence."""
    state = open_state(home / "state.db")
    Pins(state).note("notes", "z", "c", {"name": "z"}, 2, accept=False)
    open_counters("state.db").reserve([Reservation(key="k", window=10**9, max=5, amount=2)], 1.8e9)
    approvals = Approvals(state, load_key(home / "audit.key"))
    asked = approvals.ask(Call(tool="drop", server="notes"), Approval(), Redact(), "law", 4e9)

    def full(*_: Any) -> Any:
        raise AuditFailed(home / "audit.jsonl", "the disk is full")

    monkeypatch.setattr("enforce.audit.log.seal", full)
    for command in (
        ["pins", "accept", "notes"],
        ["counters", "reset", "--all"],
        ["approvals", "approve", asked.id],
    ):
        assert run(*command)[0] == 3
    assert [pin.accepted for pin in Pins(state).listing()] == [None]
    assert [each.state for each in approvals.listing()] == ["waiting"]
    assert "k" in run("counters", "list")[1]


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["stdio"], ["audit"], ["counters", "reset"]])
def test_a_wrong_command_line_is_a_usage_error(run: Any, arguments: list[str]) -> None:
    """Exit code 2, and the usage."""
    code, _, err = run(*arguments)
    assert (code, "usage: tollhouse-proxy" in err) == (2, True)


def test_a_state_file_that_is_none_is_one_sentence(run: Any, home: Path) -> None:
    """Exit code 3."""
    (home / "state.db").write_bytes(b"something else" * 1000)
    code, out, err = run("counters", "list")
    assert (code, out) == (3, "")
    assert err.startswith("tollhouse-proxy: the state file ")


@pytest.mark.parametrize("place", ["redis://:s3cret@127.0.0.1:1/0", "rediss://ann:s3cret@h", "postgres://ann:s3cret@h/db"])  # fmt: skip
@pytest.mark.parametrize("command", [["approvals", "list"], ["pins", "list"], ["counters", "list"]])
def test_no_password_of_an_address_is_shown(run: Any, command: list[str], place: str) -> None:
    """Where a file was to be named, or another address."""
    code, out, err = run(*command, "--state", place)
    assert (code, "s3cret" in out + err) == (3, False)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["audit", "verify"], "there is no audit log"),
        (["audit", "verify", "nowhere/audit.jsonl"], "there is no audit log"),
        (["audit", "head"], "there is no audit log"),
        (["audit", "tail", "nowhere"], "there is no audit log nowhere"),
        (["audit", "export", "nowhere"], "there is no audit log nowhere"),
        (["audit", "verify", "log", "--head", "nowhere"], "No such file or directory: nowhere"),
        (["counters", "list", "--state", "redis://127.0.0.1:1"], "the counters cannot be used"),
        (["counters", "reset", "--all", "--state", "redis://127.0.0.1:1"], "the counters cannot be used"),
        (["stdio", "--policy", "policy.json", "--", "cat"], "holds no key"),
    ],
)
@pytest.mark.parametrize("key", ["", "no key", "ab"])
def test_what_cannot_be_done_is_said_in_a_sentence(
    run: Any, home: Path, arguments: list[str], words: str, key: str
) -> None:
    """Also where a crash has left an empty file of the key, by which anybody could sign."""
    (home / "audit.key").write_text(key)
    if "log" in arguments:
        AuditLog(home / "log").write({"event": "one"})
        (home / "audit.key").unlink()
    code, _, err = run(*arguments)
    assert (code, len(err.splitlines())) == (3, 1)
    assert words in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["audit", "verify", "log", "--head", "policy.json", "--key", "nowhere"],
            "the key nowhere cannot be read: No such file",
        ),
        (
            ["audit", "verify", "log", "--head", "policy.json", "--key", "good"],
            "policy.json: line 1 is no head",
        ),
        (["counters", "list", "--state", "nowhere"], "there is no state file nowhere"),
        (["counters", "list"], "there is no state file"),
        (["counters", "reset", "--all", "--state", "nowhere"], "there is no state file nowhere"),
        (["pins", "list", "--state", "nowhere"], "there is no state file nowhere"),
        (["pins", "accept", "s", "--state", "nowhere"], "there is no state file nowhere"),
        (["approvals", "list", "--state", "nowhere"], "there is no state file nowhere"),
        (["approvals", "list", "--all", "--state", "nowhere"], "there is no state file nowhere"),
        (["approvals", "approve", "x", "--state", "nowhere"], "there is no state file nowhere"),
        (["approvals", "serve", "--state", "nowhere"], "there is no state file nowhere"),
        (["approvals", "list", "--state", "other.db"], "the database of another program"),
        (["counters", "reset", "--all", "--state", "other.db"], "the database of another program"),
        (
            ["stdio", "--policy", "policy.json", "--state", "other.db", "--", "cat"],
            "the database of another program",
        ),
        (
            ["stdio", "--policy", "policy.json", "--audit", "policy.json", "--", "cat"],
            "it is no audit log: name another file",
        ),
        (["stdio", "--policy", "policy.json", "--audit", "good", "--", "cat"], "it is no audit log"),
        (
            ["stdio", "--policy", "policy.json", "--audit", "pipe", "--", "cat"],
            "it is a pipe, and no file",
        ),
        *[
            (["stdio", "--policy", "policy.json", option, place, "--", "cat"], "it is no file")
            for option, place in (("--audit", "folder"), ("--state", os.devnull))
        ],
        (["stdio", "--policy", "policy.json", "--upstream", "nonsense"], "is no address"),
        (
            ["stdio", "--policy", "policy.json", "--headers", "nowhere", "--upstream", "http://127.0.0.1:1/"],
            "nowhere: No such file",
        ),
        (
            ["http", "--policy", "policy.json", "--oauth", "nowhere", "--upstream", "http://127.0.0.1:1/"],
            "nowhere: No such file",
        ),
        (
            ["http", "--policy", "policy.json", "--webhook", "http://chat.example/", "--", "cat"],
            "is no address for a webhook",
        ),
    ],
)
def test_who_names_a_wrong_file_is_told_and_nothing_is_made(
    run: Any, home: Path, arguments: list[str], words: str
) -> None:
    """Neither in its place nor in the state folder, where the gate's own files must not seem to be new; and no file is changed."""
    (home / "good").write_text("ab" * 32)
    AuditLog(home / "log").write({"event": "one"})
    other = sqlite3.connect("other.db")
    other.execute("CREATE TABLE bookmarks (url TEXT)")
    other.close()
    if hasattr(os, "mkfifo"):
        os.mkfifo("pipe")
    (home / "folder").mkdir()
    before = contents(home)
    code, _, err = run(*arguments)
    assert (code, len(err.splitlines())) == (3, 1)
    assert words in err
    # A gate that finds no log to write to has found its other files, and puts nothing beside what is no log.
    made = contents(home).keys() - before.keys()
    kept = {"audit.key", "state.db", "state.db-wal", "state.db-shm"}
    assert made <= (kept if "--audit" in arguments else set())
    assert before.items() <= contents(home).items()


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() if file.is_file() else b"" for file in folder.iterdir()}


@pytest.mark.parametrize("name", ["", " x", "x ", "a\nb", "\x1b[2J", "local", "a\u2028"])
def test_nobody_gets_a_token_under_a_name_that_the_gateway_refuses(run: Any, name: str) -> None:
    code, out, err = run("grants", "new", name)
    assert (code, out, "\x1b" in err) == (2, "", False)


@pytest.mark.parametrize("name", ["ann-laptop", "bob@example.com", "a: b", 'a"b', "Zoë", "no"])
def test_what_is_to_be_put_into_the_file_can_be_read_there(run: Any, home: Path, name: str) -> None:
    code, token, err = run("grants", "new", name)
    (home / "gateway.yaml").write_text(f"servers: {{}}\nidentities:\n{err.splitlines()[-1]}\n")
    (found,) = load_gateway(home / "gateway.yaml").identities
    assert (code, found.name, found.token_sha256) == (0, name, token_digest(token.strip()))


def test_a_damaged_log_gets_no_head(run: Any, home: Path) -> None:
    """To sign it would make it the log that was written."""
    AuditLog(home / "audit.jsonl").write({"event": "one"}, {"event": "two"})
    path = home / "audit.jsonl"
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[1])
    code, out, err = run("audit", "head")
    assert (code, out) == (1, "")
    assert "audit.jsonl:1: record 1" in err


def test_what_a_server_says_looks_like_no_line_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    tell("drift: new tool: a\npolicy.json: fine")
    assert capsys.readouterr().err == "tollhouse-proxy: drift: new tool: a\n     policy.json: fine\n"


def test_what_is_told_again_and_again_is_left_out() -> None:
    """What begins alike some hundred times a minute; other words are told meanwhile, and how many were left out after it."""
    pace = Pace()
    told = [pace.admits(f"noise: {number}", 0.0) for number in range(MOST_TOLD + 50)]
    assert told == [(True, 0)] * MOST_TOLD + [(False, 0)] * 50
    assert pace.admits("the disk is full", 59.0) == (True, 0)
    assert pace.admits("noise: again", 60.0) == (True, 50)
    assert pace.admits("noise: again", 60.0) == (True, 0)
    made_up = sum(pace.admits(f"{number}: made up", 120.0)[0] for number in range(1000))
    assert made_up == MOST_KINDS + MOST_TOLD


CRAFTED = {
    "no text": b"\xff\xfe\x00\n",
    "half a character": b'{"seq":1,"event":"decision","time":"\xc3","hash":"0"}\n',
    "no fields": b'{"event":"decision"}\n',
    "other types": b'{"seq":null,"time":5,"event":"decision","outcome":["x"],"rule":{},"mcp.method.name":7,"keys":3}\n',
    "no known outcome": b'{"seq":1,"time":"\\u001b[2J","event":"decision","outcome":"\\u001b]0;x","rule":"r","mcp.method.name":"m"}\n',
    "counts": b'{"seq":1,"event":"repeated","count":"\\u001b[2J","since":[],"outcome":"deny"}\n',
    "large numbers": b'{"seq":1e999,"event":"decision","count":%b}\n' % (b"9" * 5000),
    "a number": b'{"seq":%b,"event":"decision","count":1}\n' % (b"9" * 5000),
    "depth": b'{"seq":1,"event":"decision","keys":%b}\n' % (b"[" * 100_000),
    "depth in a record": b'{"seq":1,"event":"decision","keys":%b,"hash":"0"}\n' % (b"[" * 100_000),
    "a number that is none": b'{"seq":"x","prev":[],"hash":{},"hash":"0"}\n',
    "a long line": b"x" * 3_000_000 + b"\n",
    "names": b'{"seq":1,"event":"decision","time":"2026-01-01T00:00:00Z","outcome":"deny","rule":"r","mcp.method.name":"tools/call","gen_ai.tool.name":"\\u001b[2J\\u202e","keys":[]}\n',
}  # fmt: skip


@pytest.mark.parametrize("name", CRAFTED)
@pytest.mark.parametrize(
    "command",
    [["audit", "verify"], ["audit", "tail"], ["audit", "export"], ["audit", "head"], ["replay", "policy.json", "audit.jsonl"]],
)  # fmt: skip
def test_a_crafted_log_ends_no_command_and_steers_no_terminal(run: Any, home: Path, name: str, command: list[str]) -> None:  # fmt: skip
    """Whatever stands in the file, the command says something of it in plain words."""
    (home / "audit.jsonl").write_bytes(CRAFTED[name])
    code, out, err = run(*command)
    assert code in (0, 1, 3)
    assert (out + err).isascii()
    assert "\x1b" not in out + err
    if command[1] in ("verify", "head"):
        assert code == 1


HOSTILE = {
    "bad.json": '{"version":"1","default":"deny","tools":{"a\\u001b[2J":{"limts":[]}},"\\u009b2J":1}',
    "bad.yaml": 'version: "1"\ndefault: deny\ntools: {"a\\e[2J": {"x\\u202e": 2}}\n"k\\x9b2J": 1\n',
    "odd.yaml": 'version: "1"\ndefault: deny\ntools: {" a\\e[2J": {}}\nmethods: {"resource/read\\e[1m": allow}\n',
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    "command",
    [["check", "FILE"], ["explain", "FILE", "--tool", "\x1b[2J"], ["explain", "FILE", "--tool", "\u202e", "--json"],
     ["replay", "FILE", "log"], ["replay", "FILE", "log", "--json"], ["stdio", "--policy", "FILE", "--", "false"], ["grants", "list", "FILE"],
     ["grants", "revoke", "\x1b[2J", "FILE"], ["http", "--config", "FILE"], ["counters", "list", "--state", "redis+\x1b[2J://x"]],
)  # fmt: skip
def test_a_file_of_a_stranger_steers_no_terminal(run: Any, home: Path, name: str, command: list[str]) -> None:
    """Whatever names it has, and whatever an agent called, it is told in plain words."""
    (home / name).write_text(HOSTILE[name])
    said = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "\x1b[2J\u202e\x9b"}}
    (home / "log").write_text(json.dumps(said) + "\n")
    code, out, err = run(*(name if word == "FILE" else word for word in command))
    assert code in (0, 1, 3)
    assert (out + err).isascii()
    assert "\x1b" not in out + err


def test_logs_that_were_written_beside_one_another_are_replayed_in_the_order_of_time(
    run: Any, home: Path
) -> None:
    """Their calls drew on the same limits, though each log has its own numbers."""
    limits = {"limits": [{"counter": "c", "window": "minute", "max": 2}]}
    (home / "p.json").write_text(json.dumps({"version": "1", "default": "deny", "tools": {"t": limits}}))
    for name, minutes in (("audit.jsonl", (0, 30)), ("audit@2.jsonl", (10, 11, 12))):
        written = [
            {"seq": seq, "time": f"2026-01-01T00:{minute:02}:00.000000Z", "event": "decision",
             "mcp.method.name": "tools/call", "gen_ai.tool.name": "t", "keys": [], "outcome": "allow", "rule": "/tools/t"}
            for seq, minute in enumerate(minutes, 1)
        ]  # fmt: skip
        (home / name).write_text("".join(json.dumps(each) + "\n" for each in written))
    assert run("replay", "p.json", "audit.jsonl") == (0, "", "")
