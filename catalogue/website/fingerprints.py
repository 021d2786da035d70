"""Short digests by which a build sees what changed since the last one."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import msgspec

from catalogue.entries import Entry
from catalogue.website import assets

_encode = msgspec.json.Encoder().encode


def of_pieces(pieces: Iterable[bytes]) -> bytes:
    """What `of_bytes` gives for all of them together."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.digest()[:16]


def of_bytes(content: bytes) -> bytes:
    """16 bytes that stand for *content*; processors have instructions for this digest, which make it the quickest."""
    return hashlib.sha256(content).digest()[:16]


def of_entry(entry: Entry) -> bytes:
    """16 bytes that change when anything in the entry does."""
    try:
        return of_bytes(_encode(entry))
    except UnicodeEncodeError:  # lone surrogates in hostile text
        return of_bytes(ascii(entry).encode())


@cache
def of_program() -> bytes:
    """16 bytes that change when a template, a static file or code that has a say in the pages does."""
    folders = (*assets.code_folders(), assets.folder())
    files = sorted(file for folder in folders for file in _files(folder))
    return of_pieces(of_bytes(Path(file).read_bytes()) for file in files)


def _files(folder: Path) -> Iterator[str]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (f"{parent}/{name}" for name in names)
