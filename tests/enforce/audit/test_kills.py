"""A writer that is killed between any two steps, and files that are reached by more than one name."""

import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from enforce.audit.log import AuditFailed, AuditLog
from enforce.audit.verify import verify

#: Bytes after which these logs are put away, which is after every third record or so.
ROTATE_AT = 600
RECORDS = 8

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nothing is forked there")


def write_until_killed(path: Path, steps: int, told: Connection) -> None:
    """Write records and say so of each; die before the step with this number."""
    left = steps

    def dying(call: Callable[..., Any]) -> Callable[..., Any]:
        def instead(*arguments: Any, **options: Any) -> Any:
            nonlocal left
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1
            return call(*arguments, **options)

        return instead

    for name in ("open", "close", "write", "truncate", "ftruncate"):
        setattr(os, name, dying(getattr(os, name)))
    Path.rename = dying(Path.rename)  # type: ignore[method-assign]
    log = AuditLog(path, rotate_at=ROTATE_AT)
    for number in range(RECORDS):
        log.write({"event": "decision", "n": number})
        told.send(number)
    told.send(None)


@pytest.mark.parametrize("torn", [b"", b'{"seq":3,"event":"dec', b"\0" * 50])
def test_a_writer_that_is_killed_at_any_step_leaves_a_whole_chain(tmp_path: Path, torn: bytes) -> None:
    """While it puts a full file away, while it sets aside what another crash has left, and everywhere else."""
    forking = multiprocessing.get_context("fork")
    steps, done = 0, False
    while not done:
        path = tmp_path / str(steps) / "audit.jsonl"
        log = AuditLog(path)
        log.write({"event": "one"}, {"event": "two"})
        log.close()
        with path.open("ab") as file:
            file.write(torn)
        heard, told = forking.Pipe(duplex=False)
        writer = forking.Process(target=write_until_killed, args=(path, steps, told))
        writer.start()
        told.close()
        on_record = 2
        try:
            while heard.recv() is not None:
                on_record += 1
            done = True
        except EOFError:
            pass
        writer.join()
        assert verify(path).damages == (), steps
        log = AuditLog(path, rotate_at=ROTATE_AT)
        log.write({"event": "after"})
        log.close()
        report = verify(path)
        assert (report.damages, report.torn) == ((), ()), steps
        assert report.records >= on_record + 1 + bool(torn), steps
        noted = [name for record in read(path) if (name := record.get("kept"))]
        assert noted == (["audit.jsonl.torn-3"] if torn else []), steps
        assert not torn or (path.parent / noted[0]).read_bytes() == torn
        steps += 1
    assert steps > 20


def read(path: Path) -> list[dict[str, Any]]:
    """All records, whatever file they are in."""
    lines = [line for file in path.parent.glob("audit.jsonl*") if "torn" not in file.name for line in file.read_text().splitlines()]  # fmt: skip
    return sorted(map(json.loads, lines), key=lambda record: int(record["seq"]))


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_log_has_one_writer_by_whatever_name(tmp_path: Path, link: Callable[[Path, Path], None]) -> None:
    """Two would fork its chain; a link alone is as good as the file."""
    path, other = tmp_path / "audit.jsonl", tmp_path / "other.jsonl"
    log = AuditLog(path)
    log.write({"event": "one"})
    link(path, other)
    with pytest.raises(AuditFailed, match="another process writes it by another name"):
        AuditLog(other)
    log.write({"event": "two"})
    log.close()
    log = AuditLog(other, rotate_at=ROTATE_AT)
    for number in range(RECORDS):
        log.write({"event": "more", "n": number})
    log.close()
    assert (verify(other).damages, verify(other).records) == ((), 2 + RECORDS)


@pytest.mark.parametrize("text", ['{"version": "1", "default": "deny"}', "[", "notes\nto self"])
def test_a_file_of_somebody_s_is_no_log(tmp_path: Path, text: str) -> None:
    """It is neither continued nor emptied, and nobody calls it whole."""
    path = tmp_path / "policy.json"
    path.write_text(text)
    with pytest.raises(AuditFailed, match="it is no audit log"):
        AuditLog(path)
    assert [file.name for file in tmp_path.iterdir()] == ["policy.json"]
    assert path.read_text() == text
    assert len(verify(path).damages) == 1
