"""The policy commands, as a person types them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from enforce.export import FORMATS
from enforce.policyfile import read_policy

Run = Callable[..., tuple[int, str, str]]

TOOLS = [
    {"name": "list_notes", "description": "Lists notes.", "inputSchema": {"type": "object"}},
    {"name": "delete_note", "description": "Deletes a note for good.", "inputSchema": {"type": "object", "properties": {"id": {"type": "string"}}, "additionalProperties": False}},
]  # fmt: skip


@pytest.fixture
def filled(tollhouse: Run, tmp_path: Path) -> Run:
    """A command line whose record holds one server, not judged yet."""
    snapshot = {"method": "live", "release": "1.0", "taken_at": "2026-01-02T00:00:00Z"}
    file = tmp_path / "servers.jsonl"
    file.write_text(
        json.dumps(
            {"server": {"name": "pypi:mcp-notes", "version": "1.0"}, "tools": TOOLS, "snapshot": snapshot}
        )
    )
    assert tollhouse("import", str(file))[0] == 0
    return tollhouse


@pytest.fixture
def policy(tmp_path: Path) -> Callable[[str], str]:
    """Writes a policy and gives its path."""

    def write(text: str) -> str:
        file = tmp_path / "policy.yaml"
        file.write_text(f'version: "1"\n{text}')
        return str(file)

    return write


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_suggest_writes_a_policy_that_reads(filled: Run, form: str) -> None:
    """Tools that nobody has judged yet are judged on the spot."""
    code, out, err = filled("policy", "suggest", "mcp-notes", "--format", form)
    suggested = read_policy(out, f"p.{form}")

    assert (code, err) == (0, f"{suggested.description}\n")
    assert (list(suggested.tools), bool(suggested.tools["delete_note"].require_approval)) == (
        ["list_notes", "delete_note"],
        True,
    )


def test_suggest_in_another_format_and_into_a_file(filled: Run, tmp_path: Path) -> None:
    """A client's own words, straight from the catalogue."""
    file = tmp_path / "settings.json"
    code, out, err = filled(
        "policy", "suggest", "mcp-notes", "--format", "claude-code", "--as", "notes", "-o", str(file)
    )

    assert (code, out) == (0, "")
    assert f"wrote {file}" in err
    assert json.loads(file.read_text())["permissions"]["ask"] == ["mcp__notes__delete_note"]


def test_a_file_of_somebody_is_not_replaced_unasked(filled: Run, tmp_path: Path) -> None:
    """The same text again is no harm; where nothing can be written, a sentence says so."""
    file = tmp_path / "settings.json"
    file.write_text("{}")
    words = ("policy", "suggest", "mcp-notes", "-o")

    assert filled(*words, str(file))[0] == 3
    assert file.read_text() == "{}"
    assert [filled(*words, str(file), *more)[0] for more in (["--yes"], [])] == [0, 0]
    code, _, err = filled(*words, str(tmp_path / "none" / "x.json"))
    assert (code, "cannot write" in err) == (3, True)


@pytest.mark.parametrize(
    ("text", "code", "out"),
    [
        ("default: deny\ntools: {list_notes: {}}", 0, ""),
        ("default: deny\ntools: {list_notes: {require: [{conditions: []}]}}", 1, "{file}:3:32  warning  no-effect         A requirement without conditions always holds.\n"),
    ],
)  # fmt: skip
def test_check_by_itself(
    tollhouse: Run, policy: Callable[[str], str], text: str, code: int, out: str
) -> None:
    """Exit 0 where nothing is wrong, 1 where something is."""
    file = policy(text)

    assert tollhouse("policy", "check", file)[:2] == (code, out.format(file=file))


def test_check_tells_every_mistake_of_a_broken_file(tollhouse: Run, policy: Callable[[str], str]) -> None:
    """On standard error as sentences, and as findings in the forms for machines."""
    file = policy("tools: {a: {limit: []}}")
    code, out, err = tollhouse("policy", "check", file)

    assert (code, out) == (1, "")
    assert err.splitlines() == [
        f"{file}: line 1, column 1: default is required; write deny (only listed tools pass) or allow (all others pass)",
        f"{file}: line 2, column 13: /tools/a/limit: 'limit' is not known here; did you mean 'limits'?",
    ]
    code, out, _ = tollhouse("policy", "check", file, "--json")
    assert (code, [finding["code"] for finding in json.loads(out)["findings"]]) == (1, ["broken-policy"] * 2)


def test_check_takes_many_files(tollhouse: Run, policy: Callable[[str], str], tmp_path: Path) -> None:
    """As a hook before a commit hands them over; one that is broken keeps no other from being checked."""
    odd = policy("default: deny\ntools: {list_notes: {require: [{conditions: []}]}}")
    broken = tmp_path / "broken.json"
    broken.write_text("{")

    code, out, err = tollhouse("policy", "check", str(broken), odd)
    documents = json.loads(tollhouse("policy", "check", str(broken), odd, "--json")[1])
    (run,) = json.loads(tollhouse("policy", "check", str(broken), odd, "--format", "sarif")[1])["runs"]

    assert (code, out.startswith(f"{odd}:3:32  warning")) == (1, True)
    assert err.startswith(f"{broken}: line 1, column 2: ")
    assert [one["findings"][0]["code"] for one in documents] == ["broken-policy", "no-effect"]
    assert [result["ruleId"] for result in run["results"]] == ["broken-policy", "no-effect"]


def test_check_against_a_server(filled: Run, policy: Callable[[str], str]) -> None:
    """In every form, with the same exit code."""
    file = policy(
        "default: deny\ntools: {delete_notes: {}, delete_note: {deny_if: [{conditions: [{path: args.idd, op: eq, value: x}]}]}}"
    )
    outputs = {
        form: filled("policy", "check", file, "--against", "mcp-notes", "--format", form)
        for form in ("table", "json", "sarif", "github")
    }

    assert {code for code, _, _ in outputs.values()} == {1}
    assert [line.split()[2] for line in outputs["table"][1].splitlines()] == [
        "no-rule",
        "unknown-tool",
        "unknown-argument",
    ]
    assert json.loads(outputs["sarif"][1])["runs"][0]["results"][1]["ruleId"] == "unknown-tool"
    assert outputs["github"][1].splitlines()[1].startswith(f"::error file={file},line=3,")


def test_export_tells_losses_and_fails_when_strict(tollhouse: Run, policy: Callable[[str], str]) -> None:
    """What a target cannot say is on standard error; with --strict nothing is written."""
    file = policy("default: deny\ntools: {a: {rate_limit: 5/hour}}")
    loss = f"{file}: lost: /tools/a/limits/0: at most 5 in 3600 s (not enforced there)\n"

    assert tollhouse("policy", "export", file, "--format", "docker") == (
        0,
        "docker mcp gateway run --servers server --tools server:a\n",
        loss,
    )
    assert tollhouse("policy", "export", file, "--format", "docker", "--strict") == (1, "", loss)
    assert tollhouse("policy", "export", file, "--format", "vscode", "--strict")[0] == 1
    assert tollhouse("policy", "export", file, "--format", "pdf")[0] == 2


def test_losses_are_told_for_every_target(tollhouse: Run, policy: Callable[[str], str]) -> None:
    """One heading each, with its losses below; nothing is written."""
    file = policy("default: deny\ntools: {a: {rate_limit: 5/hour}}")

    code, out, _ = tollhouse("policy", "export", file, "--losses")

    assert (code, [line.split()[0] for line in out.splitlines() if line[0] != " "]) == (0, list(FORMATS))
    assert (
        "docker        1 not enforced there, 0 stricter there\n    /tools/a/limits/0: at most 5 in 3600 s (not enforced there)\n"
        in out
    )
    assert tollhouse("policy", "export", file, "--losses", "--strict")[0] == 1
    assert tollhouse("policy", "export", file)[0] == 2


def test_import_writes_an_intercept_policy_in_ours(tollhouse: Run, policy: Callable[[str], str]) -> None:
    """With the warning that its missing default deserves."""
    code, out, err = tollhouse(
        "policy", "import", policy("tools: {a: {rules: [{name: n, rate_limit: 5/hour}]}}")
    )

    assert (code, json.loads(out)["tools"]) == (
        0,
        {"a": {"limits": [{"counter": "a_rate_hour", "window": "hour", "max": 5, "why": "n"}]}},
    )
    assert "there is no default, which Intercept reads as allow" in err


def test_diff_shows_a_call_for_each_difference(tollhouse: Run, tmp_path: Path) -> None:
    """Exit 1 where there is one, 0 where the two do the same."""
    one, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
    text = 'version: "1"\ndefault: deny\ntools: {t: {deny_if: [{conditions: [{path: args.n, op: gt, value: 5}]}]}}'
    one.write_text(text)
    other.write_text(text.replace("gt", "gte"))

    assert tollhouse("policy", "diff", str(one), str(one)) == (0, "", "")
    assert tollhouse("policy", "diff", str(one), str(other)) == (
        1,
        't: allow by /tools/t -> deny by /tools/t/deny_if/0\n    with {"n":5}\n',
        "",
    )
    assert json.loads(tollhouse("policy", "diff", str(one), str(other), "--json")[1])[0]["witness"] == {
        "n": 5
    }
