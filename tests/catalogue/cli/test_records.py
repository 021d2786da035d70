"""The commands that show and move records, as a person types them."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]

MAKE = {"name": "make_video", "description": "Makes a video.", "inputSchema": {"type": "object"}}
DROP = {"name": "drop_all", "description": "Deletes everything. \u202e", "inputSchema": {"type": "object"}}


def line(name: str, *tools: object, taken_at: str = "2026-01-02T00:00:00Z", release: str = "1") -> str:
    snapshot = {"method": "live", "release": release, "taken_at": taken_at}
    return json.dumps({"server": {"name": name, "version": release}, "tools": tools, "snapshot": snapshot})


@pytest.fixture
def filled(tollhouse: Run, tmp_path: Path) -> Run:
    """A command line whose record holds two servers."""
    file = tmp_path / "servers.jsonl"
    file.write_text(f"{line('pypi:mcp-sora', MAKE, DROP)}\n\n{line('npm:@x/mcp-sora', MAKE)}\n")
    assert tollhouse("import", str(file)) == (0, "", "2 servers read, 0 bad lines\n")
    return tollhouse


def test_show_lists_the_tools_of_a_server(filled: Run) -> None:
    """Hidden characters are made visible, here as everywhere."""
    code, out, err = filled("show", "pypi:mcp-sora")

    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "pypi:mcp-sora 1",
        "tools: 2, live, release 1, 2026-01-02T00:00:00Z",
        "",
        "not judged         make_video",
        "not judged         drop_all",
    ]


def test_show_tells_one_tool(filled: Run) -> None:
    """With its description and digest."""
    code, out, _ = filled("show", "pypi:mcp-sora", "drop_all")

    assert code == 0
    assert "Deletes everything. [U+202E]" in out


def test_show_as_json_is_one_object(filled: Run) -> None:
    """Whole enough for a script."""
    code, out, _ = filled("show", "pypi:mcp-sora", "--json")
    shown = json.loads(out)

    assert code == 0
    assert (shown["server"], [tool["name"] for tool in shown["tools"]]) == (
        "pypi:mcp-sora",
        ["make_video", "drop_all"],
    )


def test_a_name_that_fits_several_servers_exits_with_2_and_lists_them(filled: Run) -> None:
    """Nothing is guessed."""
    assert filled("show", "mcp-sora") == (
        2,
        "",
        "tollhouse: 'mcp-sora' is several servers; write one of these:\n  npm:@x/mcp-sora\n  pypi:mcp-sora\n",
    )


FAULTS = [
    (("show", "pypi:mcp-sorra"), 3, "no server in the catalogue is called 'pypi:mcp-sorra'; did you mean"),
    (("show", "pypi:mcp-sora", "fly"), 3, "pypi:mcp-sora has no tool called 'fly'"),
    (("search", "nothing", "like", "it"), 1, "nothing found"),
    (("import", "/nowhere/at/all"), 2, "cannot read /nowhere/at/all"),
    (("classify", "/nowhere/at/all"), 2, "cannot read /nowhere/at/all"),
    (("review", "import", "/nowhere/at/all"), 2, "cannot read /nowhere/at/all"),
    (("show", "nothing-like-it"), 3, "`tollhouse crawl --package NAME` adds a package"),
    (("export", "--out", "/nowhere/at/all"), 3, "cannot write /nowhere/at/all"),
    (("changes", "--since", "yesterday"), 2, "'yesterday' is no day"),
    (("changes", "--since", "2026-02-30"), 2, "'2026-02-30' is no day"),
    (("changes", "--since", "2026-02-03T25"), 2, "'2026-02-03T25' is no day"),
    (("search", "", " "), 2, "name at least one word"),
    (("build", "--base-url", "javascript:alert(1)"), 2, "is no address such as"),
    (("build", "--issues-url", "catalogue.example"), 2, "is no address such as"),
    (("evaluate", "/nowhere/at/all"), 2, "does not exist"),
    (("train", "/nowhere/at/all"), 2, "does not exist"),
    (("introspect", ""), 2, "name a server, a file"),
    (("precheck", "--introspect", "a b"), 2, "'pypi:a b' is not a server name"),
    (("review", "pypi:mcp-sora", "make_video", "--category", "read", "--reason", " "), 2, "say why"),
    (("show", "pypi:mcp-sora", "make-video"), 3, "no tool called 'make-video'; did you mean 'make_video'?"),
    (("policy", "export", "/nowhere/at/all", "--format", "yaml"), 2, "cannot read /nowhere/at/all"),
    (("changes", "--between", "1", "2"), 2, "say of which --server"),
]


@pytest.mark.parametrize(("arguments", "expected", "sentence"), FAULTS)
def test_what_cannot_be_done_is_told_in_a_sentence(
    filled: Run, arguments: tuple[str, ...], expected: int, sentence: str
) -> None:
    """On stderr, with the exit code that says what kind of fault it is."""
    code, out, err = filled(*arguments)

    assert (code, out) == (expected, "")
    assert sentence in " ".join(err.replace("│", " ").split())


def test_what_gzip_has_packed_is_read_as_it_is(filled: Run, tmp_path: Path) -> None:
    """A site offers its catalogue so; one that was cut is read as far as it goes, and told."""
    _, lines, _ = filled("export")
    whole, cut = tmp_path / "catalogue.ndjson.gz", tmp_path / "cut.gz"
    whole.write_bytes(gzip.compress(lines.encode()))
    cut.write_bytes(whole.read_bytes()[:-10])

    assert filled("import", str(whole)) == (0, "", "2 servers read, 0 bad lines\n")
    assert filled("export")[1] == lines
    code, _, err = filled("import", str(cut))
    assert (code, f"cannot read {cut} to its end: " in err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [(("show", "x"), 3), (("search", "x"), 1), (("policy", "suggest", "x"), 3), (("classify",), 0)],
)
def test_an_empty_catalogue_says_how_it_is_filled(
    tollhouse: Run, arguments: tuple[str, ...], expected: int
) -> None:
    """Whatever it was asked for."""
    code, out, err = tollhouse(*arguments)

    assert (code, out) == (expected, "")
    assert err.startswith("tollhouse: the catalogue is empty; `tollhouse crawl --starter` asks ten servers")


def test_an_export_goes_where_a_link_leads(filled: Run, tmp_path: Path) -> None:
    """The link stays one, and nothing unfinished is left beside the file."""
    link, file = tmp_path / "link", tmp_path / "there" / "all.jsonl"
    file.parent.mkdir()
    link.symlink_to(file)

    assert filled("export", "-o", str(link)) == (0, "", "")
    assert (link.is_symlink(), file.read_text()) == (True, filled("export")[1])
    assert list(file.parent.iterdir()) == [file]


def test_an_export_takes_the_place_of_no_pipe(filled: Run, tmp_path: Path) -> None:
    """Nor of `/dev/stdout`, which root could lose by it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    assert filled("export", "--out", str(pipe)) == (0, "", "")
    assert (pipe.is_fifo(), os.read(reader, 1 << 16).decode()) == (True, filled("export")[1])
    os.close(reader)


@pytest.mark.usefixtures("filled")
def test_whoever_reads_the_output_may_leave() -> None:
    """`tollhouse export | head` is no failure, and brings no trace."""
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-c", "from catalogue.cli import main; main()", "export"]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)

    assert (done.returncode, done.stderr) == (0, b"")


def test_search_finds_by_words(filled: Run) -> None:
    """A line a server; as JSON an object a line."""
    _, text, _ = filled("search", "drop_all")
    _, lines, _ = filled("search", "mcp-sora", "--json")

    assert text.split()[:2] == ["pypi:mcp-sora", "1"]
    assert [json.loads(one)["server"] for one in lines.splitlines()] == ["npm:@x/mcp-sora", "pypi:mcp-sora"]


def test_changes_tell_what_a_later_import_changed(filled: Run, tmp_path: Path) -> None:
    """In the order in which it was seen, words that went and came marked."""
    reworded = {**MAKE, "description": "Makes a film."}
    file = tmp_path / "later.jsonl"
    file.write_text(line("pypi:mcp-sora", reworded, taken_at="2026-01-03T00:00:00Z", release="2"))
    filled("import", str(file))

    code, out, _ = filled("changes", "--since", "2026-01-03", "--server", "pypi:mcp-sora")
    told = [" ".join(one.split()) for one in out.splitlines() if "server_added" not in one]
    _, as_json, _ = filled("changes", "--json")
    hour = filled("changes", "--since", "2026-01-03T00Z", "--server", "pypi:mcp-sora")

    assert hour == (code, out, "") == (0, out, "")
    assert told == [
        "2026-01-03T00:00:00Z released pypi:mcp-sora 1 -> 2",
        "2026-01-03T00:00:00Z tool_removed pypi:mcp-sora drop_all Deletes everything. [U+202E]",
        "2026-01-03T00:00:00Z reworded pypi:mcp-sora make_video Makes a [-video-]{+film+}.",
    ]
    assert json.loads(as_json.splitlines()[-1]) == {
        "server": "pypi:mcp-sora",
        "kind": "reworded",
        "seen_at": "2026-01-03T00:00:00Z",
        "tool": "make_video",
        "release": "2",
        "before": "Makes a video.",
        "after": "Makes a film.",
    }


def test_two_releases_are_compared(filled: Run, tmp_path: Path) -> None:
    """In either direction; a release that nobody saw is told with those that somebody did."""
    file = tmp_path / "later.jsonl"
    file.write_text(line("pypi:mcp-sora", MAKE, taken_at="2026-01-03T00:00:00Z", release="2"))
    filled("import", str(file))

    _, forth, _ = filled("changes", "--server", "pypi:mcp-sora", "--between", "1", "2")
    _, back, _ = filled("changes", "--server", "pypi:mcp-sora", "--between", "2", "1")
    unknown = filled("changes", "--server", "pypi:mcp-sora", "--between", "2", "3")

    assert [one.split()[1] for one in forth.splitlines()] == ["released", "tool_removed"]
    assert [one.split()[1] for one in back.splitlines()] == ["released", "tool_added"]
    assert unknown == (3, "", "tollhouse: of pypi:mcp-sora 3 no tools are known, but of 1, 2\n")


def test_two_snapshots_of_one_release_are_compared_by_their_days(filled: Run, tmp_path: Path) -> None:
    """A server may say something else without releasing anything; a day stands for what it said then."""
    file = tmp_path / "later.jsonl"
    file.write_text(line("pypi:mcp-sora", MAKE, taken_at="2026-01-03T00:00:00Z", release="1"))
    filled("import", str(file))

    def kinds(*moments: str) -> list[str]:
        _, told, _ = filled("changes", "--server", "pypi:mcp-sora", "--between", *moments)
        return [one.split()[1] for one in told.splitlines()]

    assert kinds("2026-01-02", "2026-01-03") == ["tool_removed"]
    assert kinds("2026-01-02", "2027-01-01") == ["tool_removed"]
    assert kinds("2025-01-01", "2026-01-02") == []
    assert kinds("2026-01-02", "1") == ["tool_removed"]


def test_an_export_into_a_file_is_whole(filled: Run, tmp_path: Path) -> None:
    """The same as on stdout, and nothing unfinished is left beside it."""
    _, out, _ = filled("export")
    file = tmp_path / "out" / "all.jsonl"
    file.parent.mkdir()

    assert filled("export", "--out", str(file)) == (0, "", "")
    assert file.read_text() == out
    assert list(file.parent.iterdir()) == [file]


def test_a_bad_line_does_not_stop_an_import(filled: Run, tmp_path: Path) -> None:
    """It is told, and the exit code is 1."""
    file = tmp_path / "bad.jsonl"
    file.write_text(f"nonsense\n{line('pypi:other', MAKE)}\n")

    code, out, err = filled("import", str(file))

    assert (code, out) == (1, "")
    assert err.startswith("tollhouse: line 1: ")
    assert err.endswith("1 server read, 1 bad line\n")


def test_a_review_counts_until_the_definition_changes(filled: Run, tmp_path: Path) -> None:
    """It can be exported, imported elsewhere, and is asked for again when the tool is reworded."""
    said = filled(
        "review", "pypi:mcp-sora", "drop_all", "--category", "read", "--reason", "A joke.", "--author", "Ada"
    )
    _, shown, _ = filled("show", "pypi:mcp-sora", "drop_all")
    _, exported, _ = filled("review", "export")
    _, training, _ = filled("review", "export", "--training")
    (tmp_path / "corrections.jsonl").write_text(exported)
    again = filled("review", "import", str(tmp_path / "corrections.jsonl"))
    before = filled("review", "list", "--outdated")
    (tmp_path / "later.jsonl").write_text(
        line("pypi:mcp-sora", {**DROP, "description": "Really."}, taken_at="2026-01-03T00:00:00Z")
    )
    filled("import", str(tmp_path / "later.jsonl"))
    after = filled("review", "list", "--outdated")

    assert said == (0, "", "pypi:mcp-sora drop_all: read, says Ada\n")
    assert "Ada judged it read: A joke." in shown
    assert json.loads(training) == {
        **DROP,
        "server": "pypi:mcp-sora",
        "category": "read",
        "drawn": "reviewed",
        "reason": "A joke.",
        "author": "Ada",
    }
    assert again == (0, "", "0 new reviews, 0 bad lines\n")
    assert before == (0, "", "")
    assert (after[0], after[1].split(" ", 2)[2]) == (1, "pypi:mcp-sora drop_all: read, says Ada: A joke.\n")


CORRECTIONS = [
    ({"tool": "make_video"}, 0, "1 new review, 0 bad lines\n"),
    (
        {"tool": "fly"},
        1,
        "tollhouse: line 1: pypi:mcp-sora has no tool called 'fly'\n0 new reviews, 1 bad line\n",
    ),
    ({"server": "pypi:new", "digest": "ab"}, 0, "1 new review, 0 bad lines\n"),
    (
        {"server": "pypi:new"},
        1,
        "tollhouse: line 1: pypi:new is not in the catalogue, so the line must give the definition's digest\n"
        "0 new reviews, 1 bad line\n",
    ),
]


@pytest.mark.parametrize(("fields", "code", "told"), CORRECTIONS)
def test_a_corrections_file_is_taken_over(
    filled: Run, tmp_path: Path, fields: dict[str, str], code: int, told: str
) -> None:
    """Without a digest, the definition of now is meant."""
    correction = {
        "server": "pypi:mcp-sora",
        "tool": "x",
        "category": "write",
        "reason": "r",
        "author": "a",
        **fields,
    }
    (tmp_path / "corrections.jsonl").write_text(json.dumps(correction))

    assert filled("review", "import", str(tmp_path / "corrections.jsonl")) == (code, "", told)
