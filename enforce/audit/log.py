"""Appending to the audit log: one writer a file, nothing forwarded that could not be written down."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from enforce.audit.chain import START, BadLine, Link, is_torn, read, seal
from enforce.audit.files import beside, chains, rotated
from enforce.errors import EnforceError
from enforce.locks import try_lock

#: Bytes after which a log is put away and a new file continues the chain.
ROTATE_AT = 64_000_000

#: Bytes of all its files together after which nothing more is written, unless the operator says otherwise.
LIMIT = 10_000_000_000

#: The part of them after which the operator is told.
NEARLY = 0.8

#: Seconds after which it is looked whether the file is there still.
LOOK = 1.0

#: Proxies that may write beside one another under one audit path.
MOST_WRITERS = 1_000

#: No line is longer, since every field of a record is cut to a bounded length.
LONGEST_LINE = 1_000_000

#: Bytes at the beginning of a file by which a log is known.
LOOKED_AT = 65_536

#: In place of a descriptor that may be another file's by now.
_CLOSED = -1

_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)

_SET_ASIDE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)


class AuditFailed(EnforceError):
    """The log cannot be written or continued; nothing may be forwarded."""

    def __init__(self, path: Path, fault: str) -> None:
        super().__init__(path, fault)
        self.path = path
        self.fault = fault

    def __str__(self) -> str:
        return f"the audit log {self.path} cannot be written: {self.fault}"


class AuditLog:
    """The open end of one chain. The first free of `audit.jsonl`, `audit@2.jsonl`, ... is ours until we exit."""

    #: The next record's number, and the hash that it names as the one before.
    seq: int
    head: str
    _file: int
    #: Bytes in the file, and up to how many it is written to without a look at the others.
    _end: int
    _fill = 0
    #: When it is next looked whether the file is there still, in seconds of a clock that only runs forward.
    _look_at = 0.0
    #: Whether it was told that there will soon be no more room.
    _is_told = False

    def __init__(
        self,
        path: Path,
        *,
        sync: bool = False,
        rotate_at: int = ROTATE_AT,
        limit: int = 0,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        """*limit* bounds the bytes of all files of the log, 0 for no bound; *tell* hears when it is nearly reached."""
        self._whole = path
        self._limit = limit
        self._tell = tell
        self._sync = sync
        self._held: list[bytes] | None = None
        #: Whether there may be more in the file than whole lines.
        self._torn = False
        self._rotate_at = rotate_at
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path, self._lock = _claim(path)
        except OSError as error:
            raise AuditFailed(path, str(error)) from error
        self._file = _CLOSED
        try:
            self._open()
        except BaseException as error:
            self.close()  # else whoever tries again would become another writer
            if isinstance(error, OSError):
                raise AuditFailed(path, str(error)) from error
            raise

    def write(self, *records: Any) -> int:
        """Append records in one write and give the last one's number; raises AuditFailed, and leaves no half line behind."""
        if len(records) == 1 and self._held is None:
            line, head = seal(self.seq, self.head, records[0])
            self._append(line)
            self.head = head
            self.seq += 1
            return self.seq - 1
        seq, head, lines = self.seq, self.head, []
        for record in records:
            line, head = seal(seq, head, record)
            lines.append(line)
            seq += 1
        if self._held is None:
            self._append(b"".join(lines))
        else:
            self._held += lines
        self.seq, self.head = seq, head
        return seq - 1

    @contextmanager
    def together(self) -> Iterator[None]:
        """Write all records of a block at its end, at once; none of them, where it ends with an error."""
        start = self.seq, self.head
        held: list[bytes] = []
        self._held = held
        try:
            yield
            if held:
                self._append(b"".join(held))
        except BaseException:
            self.seq, self.head = start
            raise
        finally:
            self._held = None

    def close(self) -> None:
        """Let go of the file, and of the lock."""
        if self._file != _CLOSED:
            os.close(self._file)
        os.close(self._lock)

    def _append(self, lines: bytes) -> None:
        try:
            if self._torn:
                self._mend()
            if monotonic() > self._look_at:
                self._look()
            if self._end + len(lines) > self._fill:
                self._make_room(len(lines))
            self._torn = True
            if os.write(self._file, lines) != len(lines):
                raise OSError("the disk is full")
            if self._sync:
                os.fsync(self._file)
        except OSError as error:
            with suppress(OSError):  # tried again before the next line
                self._mend()
            raise AuditFailed(self.path, str(error)) from error
        self._torn = False
        self._end += len(lines)

    def _make_room(self, more: int) -> None:
        """Go on in a new file where this one is full; raises OSError where all files together would be too large."""
        if self._end and self._end + more > self._rotate_at:
            self._rotate()
        end, marks = self._end + more, [self._rotate_at]
        if self._limit:
            others = sum(file.stat().st_size for files in chains(self._whole) for file in files)
            others -= self._end
            if others + end > self._limit:
                raise OSError(
                    f"{_bound(self._limit)} is reached; put older files away elsewhere, or raise it"
                )
            marks += [self._limit - others, int(NEARLY * self._limit) - others]
            if marks[-1] < end and not self._is_told:
                self._is_told = True
                self._tell(f"the audit log {self._whole} has filled most of {_bound(self._limit)}; beyond it all is denied")  # fmt: skip
        self._fill = min((mark for mark in marks if mark >= end), default=end)

    def _look(self) -> None:
        """Go on in a new file where somebody has removed the one that is written to, or moved it away: nobody would look for records there. `audit verify` sees the gap."""
        if self._is_gone():
            os.close(self._file)
            self._file, self._torn = _CLOSED, True  # so that whoever finds no folder for it tries again
            self._take()
            self._end, self._fill, self._torn = os.fstat(self._file).st_size, 0, False
            self._tell(
                f"somebody has removed or moved the audit log {self.path}, and its records with it; another continues it"
            )
        self._look_at = monotonic() + LOOK

    def _is_gone(self) -> bool:
        """Whether the file's name leads to another file by now, or to none."""
        ours = os.fstat(self._file)
        try:
            there = self.path.stat()
        except FileNotFoundError:
            return True
        return (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino)

    def _mend(self) -> None:
        """Leave no half line behind, and have a file to write to."""
        if self._file == _CLOSED:
            self._take()
            self._end = os.fstat(self._file).st_size
        os.ftruncate(self._file, self._end)
        self._torn = False

    def _rotate(self) -> None:
        earlier = rotated(self.path)  # some of them may have been put away elsewhere
        number = int(earlier[-1].suffix[1:]) + 1 if earlier else 1
        full = self.path.with_name(f"{self.path.name}.{number}")
        self._torn = True
        os.close(self._file)  # before the renaming, since some systems rename no open file
        self._file = _CLOSED
        self.path.rename(full)
        self._end = self._fill = 0
        self._mend()

    def _open(self) -> None:
        """Find where the chain ends. Bytes after its last whole line are set aside, never adopted, and noted."""
        self._take()
        last, torn = _tail(self.path)
        self._end = self.path.stat().st_size - len(torn)
        source = self.path
        for earlier in reversed(rotated(self.path)):
            if not last:
                last, source = _tail(earlier)[0], earlier
        link = self._link(last, source) if last else None
        self.seq, self.head = (link.seq + 1, link.hash) if link else (1, START)
        if torn:
            self._set_aside(torn)
        elif self._aside().is_file():  # a crash came between setting it aside and noting it
            self._note_torn(self._aside().read_bytes())

    def _take(self) -> None:
        """Open the file, which nobody else may write: not by another name either, such as a link."""
        file = os.open(self.path, _APPEND, 0o600)
        if not try_lock(file):
            os.close(file)
            raise OSError("another process writes it by another name")
        self._file = file

    def _link(self, line: bytes, source: Path) -> Link:
        try:
            return read(line)
        except BadLine as error:
            whose = "its last line" if source == self.path else f"the last line of {source.name}"
            raise AuditFailed(self.path, f"{whose} is damaged ({error}); see `audit verify`") from error

    def _set_aside(self, torn: bytes) -> None:
        with os.fdopen(
            os.open(self._aside(), _SET_ASIDE, 0o600), "wb"
        ) as file:  # no link that somebody put there
            file.write(torn)
        os.truncate(self.path, self._end)
        self._note_torn(torn)

    def _aside(self) -> Path:
        """Where what is torn is kept, by the number of the record that notes it."""
        return self.path.with_name(f"{self.path.name}.torn-{self.seq}")

    def _note_torn(self, torn: bytes) -> None:
        digest = hashlib.sha256(torn).hexdigest()
        now = datetime.now(UTC).isoformat()
        self.write(
            {"time": now, "event": "torn", "kept": self._aside().name, "bytes": len(torn), "sha256": digest}
        )


def _bound(limit: int) -> str:
    return f"its bound of {limit:,} bytes (--audit-limit)"


def _claim(path: Path) -> tuple[Path, int]:
    """The first file that no other process writes, with the descriptor of its lock.

    The lock is a file beside the log, so that the log can be renamed when it is full.
    """
    for writer in range(1, MOST_WRITERS + 1):
        file = beside(path, writer)
        _check_kind(file)
        lock = os.open(file.with_name(file.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        if try_lock(lock):
            return file, lock
        os.close(lock)
    raise OSError(f"{MOST_WRITERS} other processes write beside it")


def _check_kind(path: Path) -> None:
    """Leave alone what is no log, and put nothing beside it; raises OSError."""
    if path.is_fifo():  # to open one waits for who reads it, and it keeps nothing
        raise OSError("it is a pipe, and no file")
    if not path.is_file():
        if path.exists():  # a device keeps nothing either, and some have no end
            raise OSError("it is no file")
        return
    with path.open("rb") as file:
        if not is_torn(file.read(LOOKED_AT)):  # a file of somebody's would be written on, or emptied
            raise OSError("it is no audit log: name another file")


def _tail(path: Path) -> tuple[bytes, bytes]:
    """The last whole line without its newline, and the bytes after it."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 2 * LONGEST_LINE))
        whole, _, torn = file.read().rpartition(b"\n")
    return whole.rpartition(b"\n")[2], torn
