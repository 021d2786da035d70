"""Whether a wheel holds just the files that its own RECORD vouches for."""

import base64
import csv
import hashlib
import io
import re
from collections.abc import Iterator

from crawler.introspect.packages.archive import Archive, BadArchive, read_archive
from crawler.snapshots import SkipReason


def read_wheel(data: bytes, *, sha256: str | None = None) -> Archive:
    """Read a wheel, every file of which must be the one that its RECORD names; raises BadArchive."""
    archive = read_archive(data, sha256=sha256)
    records = [path for path in archive if re.fullmatch(r"[^/]+\.dist-info/RECORD", path)]
    if len(records) != 1:
        raise BadArchive(SkipReason.RECORD_MISMATCH, "a wheel has exactly one RECORD")
    _check_record(archive, records[0])
    return archive


def _check_record(archive: Archive, record: str) -> None:
    unlisted = set(archive) - {record, f"{record}.jws", f"{record}.p7s"}
    for path, digest in _record_lines(archive[record]):
        if path not in archive:
            raise BadArchive(SkipReason.RECORD_MISMATCH, f"RECORD names {path!r}, which is not there")
        unlisted.discard(path)
        if path != record and not _matches(digest, archive[path]):
            raise BadArchive(SkipReason.RECORD_MISMATCH, f"{path!r} is not the file that RECORD describes")
    if unlisted:
        raise BadArchive(SkipReason.RECORD_MISMATCH, f"RECORD does not name {sorted(unlisted)[0]!r}")


def _record_lines(content: bytes) -> Iterator[tuple[str, str]]:
    try:
        for row in csv.reader(io.StringIO(content.decode("utf-8"), newline="")):
            if row:
                yield row[0], row[1] if len(row) > 1 else ""
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadArchive(SkipReason.RECORD_MISMATCH, f"RECORD cannot be read: {error}") from error


def _matches(digest: str, content: bytes) -> bool:
    algorithm, _, value = digest.partition("=")
    if algorithm not in {"sha256", "sha384", "sha512"}:
        return False
    found = hashlib.new(algorithm, content).digest()
    return base64.urlsafe_b64encode(found).rstrip(b"=").decode() == value.rstrip("=")
