"""The chain of records: what is written can be trusted, and whatever was done to it is seen and placed."""

import errno
import json
import multiprocessing
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from enforce.audit.heads import BadHead, load_key, read_heads
from enforce.audit.log import AuditFailed, AuditLog
from enforce.audit.verify import verify


def written(path: Path, count: int = 5, **options: int) -> Path:
    log = AuditLog(path, **options)
    for number in range(count):
        log.write({"event": "decision", "n": number})
    log.close()
    return path


def faults(path: Path) -> list[tuple[str, int, str]]:
    return [(each.path.name, each.line, each.fault) for each in verify(path).damages]


def test_records_are_numbered_and_chained(tmp_path: Path) -> None:
    """A reopened log continues its chain, and the whole is found whole."""
    path = written(tmp_path / "logs" / "audit.jsonl", 2)
    written(path, 1)
    records = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(record["seq"], record["n"]) for record in records] == [(1, 0), (2, 1), (3, 0)]
    assert [record["prev"] for record in records[1:]] == [record["hash"] for record in records[:-1]]
    report = verify(path)
    assert (report.records, report.damages, report.torn) == (3, (), ())
    assert path.stat().st_mode & 0o077 == 0


def edit(lines: list[bytes]) -> None:
    lines[2] = lines[2].replace(b'"n":2', b'"n":7')


def delete(lines: list[bytes]) -> None:
    del lines[2]


def insert(lines: list[bytes]) -> None:
    lines.insert(3, lines[2])


def reorder(lines: list[bytes]) -> None:
    lines[2], lines[3] = lines[3], lines[2]


def behead(lines: list[bytes]) -> None:
    del lines[0]


def foreign(lines: list[bytes]) -> None:
    lines[2] = b"not a record\n"


def rehash(lines: list[bytes]) -> None:
    """Edit a record and make its own hash right again."""
    from enforce.audit.chain import read, seal

    link = read(lines[2].strip())
    record = {key: value for key, value in link.record.items() if key not in ("seq", "prev", "hash")}
    lines[2] = seal(link.seq, link.prev, {**record, "n": 7})[0]


@pytest.mark.parametrize(
    ("tamper", "line", "fault"),
    [
        (edit, 3, "its hash is not that of its text: the line was changed"),
        (delete, 3, "it says that it is record 4: records are missing, doubled or out of order"),
        (insert, 4, "it says that it is record 3: records are missing, doubled or out of order"),
        (reorder, 3, "it says that it is record 4: records are missing, doubled or out of order"),
        (behead, 1, "it says that it is record 2: records are missing, doubled or out of order"),
        (foreign, 3, "it is not a record with a hash"),
        (rehash, 4, "it does not follow from the record before: the chain forks or a record was replaced"),
    ],
)
def test_tampering_is_seen_and_placed(tmp_path: Path, tamper: Callable[[list[bytes]], None], line: int, fault: str) -> None:  # fmt: skip
    """Each kind of change is found at its line."""
    path = written(tmp_path / "audit.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    tamper(lines)
    path.write_bytes(b"".join(lines))
    assert faults(path) == [("audit.jsonl", line, fault)]


def test_every_single_byte_counts(tmp_path: Path) -> None:
    """No byte of a log can be changed without notice."""
    path = written(tmp_path / "audit.jsonl", 2)
    whole = path.read_bytes()
    for position in range(len(whole)):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        report = verify(path)
        assert report.damages or report.torn, position


def test_a_kept_head_shows_a_cut_off_end(tmp_path: Path) -> None:
    """Truncation and rewriting leave a chain that is right in itself; only the head kept elsewhere tells."""
    path = written(tmp_path / "audit.jsonl")
    key = load_key(tmp_path / "keys" / "audit.key")
    assert load_key(tmp_path / "keys" / "audit.key") == key
    head = verify(path).heads[0].signed(key)
    text = json.dumps({"file": head.file, "seq": head.seq, "hash": head.hash, "signature": head.signature})
    kept = read_heads(text.encode(), key)
    assert verify(path, kept).damages == ()

    written(path, 3)
    assert verify(path, kept).damages == ()

    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3]))
    assert verify(path).damages == ()
    assert [each.fault for each in verify(path, kept).damages] == [
        "the log ends before record 5, which the kept head names: its end was cut off"
    ]

    written(path, 4)
    assert [each.fault for each in verify(path, kept).damages] == [
        "the kept head names another record with this number: the log was rewritten"
    ]

    path.unlink()
    assert [each.fault for each in verify(path, kept).damages] == ["the whole file is missing"]


@pytest.mark.parametrize(
    "text",
    ["nonsense", '{"file":"a","seq":5,"hash":"0","signature":"00"}', '{"file":"a","seq":5,"hash":"0"}'],
)
def test_a_head_that_was_not_signed_is_no_head(tmp_path: Path, text: str) -> None:
    """An edited or invented head is refused."""
    with pytest.raises(BadHead):
        read_heads(text.encode(), load_key(tmp_path / "key"))


@pytest.mark.parametrize("cut", [1, 20, 100])
def test_a_torn_tail_is_set_aside_and_told(tmp_path: Path, cut: int) -> None:
    """What a crash left half written is kept beside the log, and the chain goes on from the last whole record."""
    path = written(tmp_path / "audit.jsonl")
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    assert [torn.name for torn in verify(path).torn] == ["audit.jsonl"]
    written(path, 1)
    records = [json.loads(line) for line in path.read_text().splitlines()]
    torn = records[4]
    assert (torn["seq"], torn["event"], torn["kept"]) == (5, "torn", "audit.jsonl.torn-5")
    last_line = whole.splitlines(keepends=True)[-1]
    assert (tmp_path / torn["kept"]).read_bytes() == last_line[:-cut]
    assert (records[5]["seq"], verify(path).damages) == (6, ())


def test_a_damaged_end_is_not_continued(tmp_path: Path) -> None:
    """A log whose last record was changed cannot be appended to."""
    path = written(tmp_path / "audit.jsonl")
    path.write_bytes(path.read_bytes().replace(b'"n":4', b'"n":5'))
    with pytest.raises(AuditFailed, match="its last line is damaged"):
        AuditLog(path)


@pytest.mark.skipif(sys.platform == "win32", reason="a file that is open cannot be removed there")
def test_a_log_that_somebody_removes_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is decided from then on is on record, and the gap is seen; where there is no place for it, nothing passes."""
    monkeypatch.setattr("enforce.audit.log.LOOK", 0.0)
    told: list[str] = []
    path = tmp_path / "logs" / "audit.jsonl"
    log = AuditLog(path, tell=told.append)
    log.write({"n": 1}, {"n": 2})
    path.unlink()
    log.write({"n": 3})
    assert [json.loads(line)["seq"] for line in path.read_text().splitlines()] == [3]
    assert [words for _, _, words in faults(path)] == [
        "it says that it is record 3: records are missing, doubled or out of order"
    ]
    assert (len(told), "somebody has removed or moved the audit log" in told[0]) == (1, True)
    path.rename(tmp_path / "elsewhere")
    log.write({"n": 4})
    assert [json.loads(line)["seq"] for line in path.read_text().splitlines()] == [4]
    assert len((tmp_path / "elsewhere").read_text().splitlines()) == 1
    path.parent.rename(tmp_path / "away")
    for _ in range(2):
        with pytest.raises(AuditFailed, match="No such file"):
            log.write({"n": 5})
    (tmp_path / "away").rename(path.parent)
    log.write({"n": 6})
    assert [json.loads(line)["n"] for line in path.read_text().splitlines()] == [4, 6]
    log.close()


def test_a_log_under_a_link_stays_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the link leads to is the log."""
    monkeypatch.setattr("enforce.audit.log.LOOK", 0.0)
    told: list[str] = []
    (tmp_path / "log").touch()
    (tmp_path / "audit.jsonl").symlink_to(tmp_path / "log")
    log = AuditLog(tmp_path / "audit.jsonl", tell=told.append)
    for n in range(3):
        log.write({"n": n})
    log.close()
    assert (len((tmp_path / "log").read_text().splitlines()), told) == (3, [])


def test_a_damaged_end_is_named_by_its_file(tmp_path: Path) -> None:
    """Whoever puts a file beside the log keeps it from going on, and a person has to find which."""
    path = written(tmp_path / "audit.jsonl", 0)
    (tmp_path / "audit.jsonl.7").write_text("junk\n")
    for _ in range(
        3
    ):  # a page of approvals tries again and again, and must not become one writer more each time
        with pytest.raises(AuditFailed, match=r"the last line of audit\.jsonl\.7 is damaged"):
            AuditLog(path)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "audit.jsonl",
        "audit.jsonl.7",
        "audit.jsonl.lock",
    ]


def test_a_second_writer_gets_a_file_of_its_own(tmp_path: Path) -> None:
    """Two chains beside one another, both verified."""
    path = tmp_path / "audit.jsonl"
    first, second = AuditLog(path), AuditLog(path)
    first.write({"n": 1})
    second.write({"n": 2})
    assert (first.path.name, second.path.name) == ("audit.jsonl", "audit@2.jsonl")
    assert verify(path).records == 2
    second.close()
    third = AuditLog(path)
    assert (third.path.name, third.write({"n": 3})) == ("audit@2.jsonl", 2)
    for log in (first, third):
        log.close()
    (tmp_path / "audit@2.jsonl").write_bytes(b"x\n")
    assert faults(path) == [("audit@2.jsonl", 1, "it is not a record with a hash")]


def test_a_full_log_continues_in_a_new_file(tmp_path: Path) -> None:
    """The chain runs on across files, also after a restart between them."""
    path = written(tmp_path / "audit.jsonl", 9, rotate_at=500)
    written(path, 9, rotate_at=500)
    names = sorted(file.name for file in tmp_path.iterdir() if not file.name.endswith(".lock"))
    assert names == ["audit.jsonl", *(f"audit.jsonl.{n}" for n in range(1, len(names)))]
    assert (len(names) > 5, verify(path).records, verify(path).damages) == (True, 18, ())
    (tmp_path / "audit.jsonl.2").unlink()
    assert faults(path)[0][0] == "audit.jsonl.3"
    written(path, 9, rotate_at=500)  # what was put away elsewhere leaves no name that is used again
    after = {file.name for file in tmp_path.iterdir() if not file.name.endswith(".lock")}
    assert after > set(names) - {"audit.jsonl.2"}
    assert "audit.jsonl.2" not in after


def test_a_full_disk_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that was written in part is taken back, and the next one fits again."""
    path = tmp_path / "audit.jsonl"
    log = AuditLog(path)
    log.write({"n": 1})
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:10]))
    with pytest.raises(AuditFailed, match="the disk is full"):
        log.write({"n": 2})

    def no_space(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", no_space)
    with pytest.raises(AuditFailed, match="No space left"):
        log.write({"n": 2})
    monkeypatch.setattr(os, "write", write)
    assert log.write({"n": 2}) == 2
    log.close()
    assert (verify(path).records, verify(path).damages, verify(path).torn) == (2, (), ())


def test_a_log_that_cannot_be_put_away_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rotation that fails denies the call that wanted it; no line goes astray, and the next one continues the chain."""
    path = tmp_path / "audit.jsonl"
    log = AuditLog(path, rotate_at=350)
    log.write({"n": 1})
    log.write({"n": 2})

    def busy(*_: object) -> None:
        raise PermissionError(errno.EACCES, "another program reads it")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", busy)
        for _ in range(2):
            with pytest.raises(AuditFailed, match="another program reads it"):
                log.write({"n": 3})
    with monkeypatch.context() as patch:
        opened = os.open
        patch.setattr(
            os,
            "open",
            lambda path, *rest: busy() if Path(path).name == "audit.jsonl" else opened(path, *rest),
        )
        with pytest.raises(AuditFailed, match="another program reads it"):
            log.write({"n": 3})
    assert log.write({"n": 3}) == 3
    log.close()
    assert (verify(path).records, verify(path).damages, verify(path).torn) == (3, (), ())
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "audit.jsonl",
        "audit.jsonl.1",
        "audit.jsonl.lock",
    ]


def test_records_together_are_one_write(tmp_path: Path) -> None:
    """A block's records appear at its end; where it fails, none of them does and the chain goes on."""
    path = tmp_path / "audit.jsonl"
    log = AuditLog(path)
    with log.together():
        assert [log.write({"n": 1}), log.write({"n": 2})] == [1, 2]
        assert path.read_bytes() == b""
    with suppress(ZeroDivisionError), log.together():
        log.write({"n": 3})
        raise ZeroDivisionError
    assert log.write({"n": 4}) == 3
    log.close()
    assert (verify(path).records, verify(path).damages) == (3, ())


def _write_until_killed(path: str, ready: "multiprocessing.synchronize.Event") -> None:
    log = AuditLog(Path(path))
    for number in range(1_000_000):
        log.write({"event": "decision", "n": number})
        if number == 100:
            ready.set()


def test_a_killed_writer_leaves_a_whole_chain(tmp_path: Path) -> None:
    """kill -9 in the middle of writing: nothing that was written is lost, and the lock is free."""
    context = multiprocessing.get_context("spawn")
    path = tmp_path / "audit.jsonl"
    for _ in range(3):
        ready = context.Event()
        writer = context.Process(target=_write_until_killed, args=(str(path), ready))
        writer.start()
        assert ready.wait(30)
        writer.kill()
        writer.join()
    log = AuditLog(path)
    log.write({"event": "last"})
    log.close()
    assert log.path == path
    assert verify(path).damages == ()


def test_a_log_that_has_reached_its_bound_takes_nothing_until_there_is_room(tmp_path: Path) -> None:
    """All its files together count, those of other writers too; before that it is told, once; the rest stays whole."""
    path, told = tmp_path / "audit.jsonl", list[str]()
    other = AuditLog(path)
    other.write(*({"n": number} for number in range(10)))
    log = AuditLog(path, rotate_at=2_000, limit=20_000, tell=told.append)

    def fill() -> None:
        for number in range(1000):
            log.write({"event": "decision", "n": number})

    with pytest.raises(AuditFailed, match="its bound of 20,000 bytes"):
        fill()
    assert len(told) == 1
    assert "has filled most of its bound" in told[0]
    size = sum(file.stat().st_size for file in tmp_path.iterdir())
    assert 18_000 < size <= 20_000
    with pytest.raises(AuditFailed):
        log.write({"event": "decision", "n": -1})
    assert verify(path).damages == ()
    (tmp_path / "audit@2.jsonl.1").rename(tmp_path / "elsewhere")
    log.write({"event": "decision", "n": -2})
    (tmp_path / "elsewhere").rename(tmp_path / "audit@2.jsonl.1")
    assert verify(path).damages == ()
    log.close()
    other.close()


@pytest.mark.parametrize("device", [os.devnull, "/dev/zero"])
def test_a_device_is_no_log(device: str) -> None:
    """One keeps nothing, another has no end; and nothing is put beside it."""
    with pytest.raises(AuditFailed, match="it is no file"):
        AuditLog(Path(device))
    assert not Path(f"{device}.lock").exists()
