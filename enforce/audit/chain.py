"""One line of the audit log, and the hash that ties it to the line before."""

from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct

from enforce.errors import EnforceError
from enforce.records import Alike, encoded

#: What the first line of a log names as the line before it.
START = "0" * 64

_MARK = b',"hash":"'
_BEGINNING = b'{"seq":'


class BadLine(EnforceError):
    """A line that is no record, or whose hash is not that of its bytes."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault

    def __str__(self) -> str:
        return self.fault


class Link(Struct, frozen=True, kw_only=True):
    """A record's place in the chain."""

    seq: int
    #: The hash of the line before.
    prev: str
    hash: str
    record: dict[str, Any]


def seal(seq: int, prev: str, record: Any) -> tuple[bytes, str]:
    """The record, a dict or a struct, as a line with its newline, and the line's hash: SHA-256 over all of it but the hash itself."""
    text = record.text if type(record) is Alike else encoded(record)
    body = b'{"seq":%d,%b,"prev":"%b"' % (seq, text[1:-1], prev.encode())
    digest = sha256(body + b"}").hexdigest()
    return b'%b,"hash":"%b"}\n' % (body, digest.encode()), digest


def is_torn(end: bytes) -> bool:
    """Whether bytes are what a crash leaves of a line, or a line: its beginning, or zeros for what never got to the disk."""
    return end.startswith(_BEGINNING) or _BEGINNING.startswith(end) or not end.strip(b"\0")


def read(line: bytes) -> Link:
    """Read one line without its newline; raises BadLine where it is not what `seal` wrote."""
    body, mark, tail = line.rpartition(_MARK)
    if not mark:
        raise BadLine("it is not a record with a hash")
    try:
        record = msgspec.json.decode(line, type=dict[str, Any])
        seq, prev, digest = int(record["seq"]), str(record["prev"]), str(record["hash"])
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as error:
        raise BadLine("it is not a record") from error
    if tail != digest.encode() + b'"}' or sha256(body + b"}").hexdigest() != digest:
        raise BadLine("its hash is not that of its text: the line was changed")
    return Link(seq=seq, prev=prev, hash=digest, record=record)
