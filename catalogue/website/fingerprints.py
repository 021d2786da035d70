"""Short digests by which a build sees what changed since the last one."""

import hashlib
from functools import cache
from pathlib import Path

import msgspec

from catalogue.entries import Entry
from catalogue.website import assets

_encode = msgspec.json.Encoder().encode


def start() -> "hashlib.blake2b":
    """A digest to be fed piece by piece; it ends as `of_bytes` of the whole."""
    return hashlib.blake2b(digest_size=16)


def of_bytes(content: bytes) -> bytes:
    """16 bytes that stand for *content*."""
    return hashlib.blake2b(content, digest_size=16).digest()


def of_entry(entry: Entry) -> bytes:
    """16 bytes that change when anything in the entry does."""
    try:
        return of_bytes(_encode(entry))
    except UnicodeEncodeError:  # lone surrogates in hostile text
        return of_bytes(ascii(entry).encode())


@cache
def of_program() -> bytes:
    """16 bytes that change when a template, a static file or code that has a say in the pages does."""
    packages = assets.code_folders()
    files = sorted(
        file for folder in (*packages, assets.folder()) for file in folder.rglob("*") if _counts(file)
    )
    return of_bytes(b"".join(of_bytes(file.read_bytes()) for file in files))


def _counts(file: Path) -> bool:
    return file.is_file() and "__pycache__" not in file.parts
