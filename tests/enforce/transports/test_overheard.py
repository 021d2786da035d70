"""What a server's program says on standard error: in a terminal it steers nothing, elsewhere it stands as it is."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from enforce.audit.verify import verify
from enforce.transports.overheard import spelled

#: Says what a hostile server might: a title, a cleared screen, a line written over, an eight-bit control, a byte that is none.
WORDS = b"\x1b]0;mine\x07 \x1b[2Jgone\rover\xc2\x9b2J \xe2\x80\xae turned \xff\tend\r\n\xc3\xa4\n"
SHOWN = rb"\x1b]0;mine\x07 \x1b[2Jgone\rover\x9b2J \u202e turned \xff" + b"\tend\r\n\xc3\xa4\n"
SERVER = [sys.executable, "-c", f"import os; os.write(2, {WORDS!r}); os.read(0, 1)"]


@pytest.fixture
def policy(tmp_path: Path) -> str:
    (tmp_path / "policy.json").write_text('{"version": "1", "default": "allow"}')
    return str(tmp_path / "policy.json")


def started(folder: Path, kind: str, policy: str, error: Any) -> subprocess.Popen[bytes]:
    own = ["--policy", policy, "--audit", str(folder / "a.jsonl"), "--state", str(folder / "state.db")]
    own += ["--listen", "127.0.0.1:0"] if kind == "http" else []
    command = [sys.executable, "-m", "enforce", kind, *own, "--", *SERVER]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=error)


def test_a_program_steers_no_terminal(tmp_path: Path, policy: str) -> None:
    """Its last words are shown before the gate ends."""
    ours, theirs = os.openpty()
    gate = started(tmp_path, "stdio", policy, theirs)
    os.close(theirs)
    shown = b""
    while b"\xc3\xa4" not in shown:
        shown += os.read(ours, 10_000)
    assert SHOWN.replace(b"\n", b"\r\n") in shown  # as a terminal ends lines
    gate.communicate(timeout=30)
    os.close(ours)


def test_a_log_holds_what_a_program_wrote(tmp_path: Path, policy: str) -> None:
    gate = started(tmp_path, "stdio", policy, subprocess.PIPE)
    assert WORDS in gate.communicate(timeout=30)[1]


def test_control_characters_are_spelled_and_letters_stay() -> None:
    assert (
        spelled("a\x00\x7f\u2066b ü 日本 \U0001f600\r\n\t") == "a\\x00\\x7f\\u2066b ü 日本 \U0001f600\r\n\t"
    )


@pytest.mark.parametrize("closed", [2, 0, 1])
def test_a_closed_stream_is_no_other_file_s_place(tmp_path: Path, policy: str, closed: int) -> None:
    """What is told to people goes to no client, and the log and the state take nobody's place."""
    own = ["--policy", policy, "--audit", str(tmp_path / "a.jsonl"), "--state", str(tmp_path / "state.db")]
    raw = str(Path(__file__).parents[1] / "servers" / "raw.py")
    command = [sys.executable, "-m", "enforce", "stdio", *own, "--", sys.executable, raw]
    gate = subprocess.Popen(
        ["sh", "-c", f'exec "$@" {closed}{"<" if not closed else ">"}&-', "sh", *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, err = gate.communicate(b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n{bad\n', timeout=60)
    assert gate.returncode == 0
    answered = {json.loads(line).get("id") for line in out.splitlines()}
    assert answered == ({1, None} if closed == 2 else set())
    assert (b"was refused" in err) is (closed == 1)
    assert verify(tmp_path / "a.jsonl").damages == ()
