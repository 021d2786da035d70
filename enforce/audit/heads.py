"""The end of a chain, signed, to be kept elsewhere: only by it can one see that a log was cut short."""

import hmac
import os
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from enforce.errors import EnforceError

#: Bytes of a key.
SHORTEST_KEY = 16


class BadHead(EnforceError):
    """A kept head that is unreadable or was not signed with our key."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault

    def __str__(self) -> str:
        return self.fault


class BadKey(EnforceError):
    """A file that holds no key."""

    def __init__(self, path: Path, fault: str = "") -> None:
        super().__init__(path, fault)
        self.path = path
        #: Why it cannot be read, where that is so.
        self.fault = fault

    def __str__(self) -> str:
        if self.fault:
            return f"the key {self.path} cannot be read: {self.fault}"
        return f"{self.path} holds no key; put back the old one, or remove the file for a new one, by which nothing that was signed or approved counts any more"


class Head(Struct, frozen=True, kw_only=True):
    """How far a chain reached at some time."""

    #: The name of the chain's newest file.
    file: str
    seq: int
    hash: str
    #: HMAC-SHA256 over the other fields, in hexadecimal; empty while unsigned.
    signature: str = ""

    def signed(self, key: bytes) -> "Head":
        """The same head with its signature."""
        return msgspec.structs.replace(self, signature=self._signature(key))

    def is_signed_with(self, key: bytes) -> bool:
        """Whether the signature is right; takes the same time for every wrong one."""
        return hmac.compare_digest(self.signature, self._signature(key))

    def _signature(self, key: bytes) -> str:
        return hmac.digest(key, f"{self.file}\n{self.seq}\n{self.hash}".encode(), "sha256").hex()


def read_heads(text: bytes, key: bytes) -> dict[str, Head]:
    """Heads from what `audit head` printed, one JSON object a line, by file name; raises BadHead."""
    heads = {}
    for number, line in enumerate(text.splitlines(), 1):
        try:
            head = msgspec.json.decode(line, type=Head)
        except ValueError as error:
            raise BadHead(f"line {number} is no head: {error}") from error
        if not head.is_signed_with(key):
            raise BadHead(f"line {number} was not signed with this key")
        heads[head.file] = head
    return heads


def load_key(path: Path, *, make: bool = True) -> bytes:
    """The signing key in *path*; where it is missing, it is made for its owner alone, unless told otherwise; raises BadKey."""
    if make and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(os.urandom(32).hex().encode())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was faster, and its key counts
            os.link(fresh, path)
        fresh.unlink()
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except OSError as error:
        raise BadKey(path, error.strerror or str(error)) from error
    except ValueError as error:
        raise BadKey(path) from error
    if len(key) < SHORTEST_KEY:  # a crash can leave an empty file, by whose key anybody could sign
        raise BadKey(path)
    return key
