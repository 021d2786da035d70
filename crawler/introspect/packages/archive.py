"""The one strict reader of wheels, source archives, npm tarballs and bundles: what it gives, every unpacker would unpack."""

import gzip
import hashlib
import io
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from crawler.errors import CrawlerError
from crawler.snapshots import SkipReason

_LOCAL_HEADER, _DESCRIPTORS = 30, (0, 12, 16, 20, 24)
#: Folders in folders; each of a member's is looked at for every member.
_DEEPEST = 100
_COMMIT = re.compile(rb"[0-9a-f]{40}|[0-9a-f]{64}")
_FOLDED_NAME = re.compile(r"[\x00-\x1f\x7f\\]")


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How large an archive may be; whatever exceeds a bound is refused whole."""

    archive: int = 256 << 20
    members: int = 40_000
    member: int = 256 << 20
    #: Bytes of all members together.
    content: int = 1 << 30
    #: Content over archive, looked at from ten megabytes of content.
    ratio: int = 100


class BadArchive(CrawlerError):
    """An archive that is not unpacked. `reason` is one of the four that speak of archives."""

    def __init__(self, reason: SkipReason, fault: str) -> None:
        super().__init__(reason, fault)
        self.reason = reason
        self.fault = fault

    def __str__(self) -> str:
        return self.fault


class Archive(Mapping[str, bytes]):
    """Paths with forward slashes to contents; the contents of a zip are unpacked when they are looked up."""

    def __init__(
        self, members: Mapping[str, "bytes | zipfile.ZipInfo"], source: zipfile.ZipFile | None = None
    ) -> None:
        self._members = members
        self._source = source

    def __getitem__(self, path: str) -> bytes:
        member = self._members[path]
        if isinstance(member, bytes):
            return member
        assert self._source is not None  # noqa: S101 - only a zip has members of this kind
        return _unpack(self._source, member)

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)


def read_archive(
    data: bytes,
    *,
    sha256: str | None = None,
    links: Literal["refuse", "skip"] = "refuse",
    bounds: Bounds = Bounds(),
) -> Archive:
    """Read a zip or a gzipped tar; raises BadArchive. *sha256* is what the index says of it, in hexadecimal.

    Links, and names that are no text, may be skipped in what is only read, such as a repository; nothing follows them.
    """
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256.lower():
        raise BadArchive(SkipReason.HASH_MISMATCH, "the file is not the one that the index describes")
    if len(data) > bounds.archive:
        raise BadArchive(SkipReason.ARCHIVE_BOMB, f"larger than {bounds.archive} bytes")
    if data[:4] == b"PK\x03\x04":
        return _read_zip(data, bounds, links)
    if data[:2] == b"\x1f\x8b":
        return _read_tar(data, bounds, links)
    raise BadArchive(SkipReason.ARCHIVE_REFUSED, "neither a zip nor a gzipped tar")


def below_root(archive: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The same without the single folder that source archives and npm tarballs put around everything."""
    roots = {path.partition("/")[0] for path in archive}
    if len(roots) != 1 or any("/" not in path for path in archive):
        return archive
    return Folder(archive, roots.pop() + "/")


class Folder(Mapping[str, bytes]):
    """The files of an archive below one folder, named from there."""

    def __init__(self, archive: Mapping[str, bytes], prefix: str) -> None:
        self._archive = archive
        self._prefix = prefix
        self._paths = [path for path in archive if path.startswith(prefix)]

    def __getitem__(self, path: str) -> bytes:
        return self._archive[self._prefix + path]

    def __iter__(self) -> Iterator[str]:
        return (path[len(self._prefix) :] for path in self._paths)

    def __len__(self) -> int:
        return len(self._paths)


class _Census:
    """Counts what an archive claims to hold, and refuses it as soon as it is too much or not a plain tree."""

    def __init__(self, packed: int, bounds: Bounds) -> None:
        self._packed = packed
        self._bounds = bounds
        self._seen: dict[str, bool] = {}
        self._folders: set[str] = set()
        self._content = 0

    def admit(self, path: str, size: int, *, folder: bool = False) -> str:
        """Check one member; its path without a trailing slash."""
        path = _checked_path(path)
        self._content += size
        bounds = self._bounds
        if (
            len(self._seen) >= bounds.members
            or size > bounds.member
            or self._content > bounds.content
            or (self._content > 10 << 20 and self._content > self._packed * bounds.ratio)
        ):
            raise BadArchive(SkipReason.ARCHIVE_BOMB, f"it unpacks to far more than its {self._packed} bytes")
        self._place(path, folder=folder)
        return path

    def _place(self, path: str, *, folder: bool) -> None:
        ancestors = {str(parent) for parent in PurePosixPath(path).parents} - {"."}
        as_file = ancestors & {name for name in ancestors if self._seen.get(name) is False}
        twice = path in self._seen and not (folder and self._seen[path])
        if as_file or twice or (not folder and path in self._folders):
            raise BadArchive(SkipReason.ARCHIVE_REFUSED, f"two members claim the path {path!r}")
        self._seen[path] = folder
        self._folders |= ancestors


def is_text(path: str) -> bool:
    """Whether a name was written in UTF-8; what else it may be, systems read in ways of their own."""
    return not any("\ud800" <= character <= "\udfff" for character in path)


def _checked_path(path: str) -> str:
    bare = path.removesuffix("/")
    parts = bare.split("/")
    if (
        not bare
        or not is_text(bare)
        or _FOLDED_NAME.search(bare)
        or bare.startswith("/")
        or re.match(r"[A-Za-z]:", bare)
    ):
        raise BadArchive(SkipReason.ARCHIVE_REFUSED, f"a member with the path {path!r}")
    while parts and parts[0] == ".":
        parts = parts[1:]
    if not parts or len(parts) > _DEEPEST or any(part in {"", ".", ".."} for part in parts):
        raise BadArchive(SkipReason.ARCHIVE_REFUSED, f"a member with the path {path!r}")
    return "/".join(parts)


def _read_zip(data: bytes, bounds: Bounds, links: str) -> Archive:
    try:
        source = zipfile.ZipFile(io.BytesIO(data))
        entries = source.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError, struct.error) as error:
        raise BadArchive(SkipReason.ARCHIVE_REFUSED, f"a broken zip: {error}") from error
    _check_layout(data, source, entries)
    census = _Census(len(data), bounds)
    members: dict[str, bytes | zipfile.ZipInfo] = {}
    for entry in entries:
        if links == "skip" and (_is_link(entry) or not is_text(entry.filename)):
            continue
        _check_entry(entry)
        path = census.admit(entry.filename, entry.file_size, folder=entry.is_dir())
        if not entry.is_dir():
            members[path] = entry
    return Archive(members, source)


def _is_link(entry: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(entry.external_attr >> 16)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise BadArchive(SkipReason.ARCHIVE_REFUSED, f"{entry.filename!r} is a link or a device")
    if entry.flag_bits & 0x1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadArchive(
            SkipReason.ARCHIVE_REFUSED, f"{entry.filename!r} is encrypted or packed in an unusual way"
        )


def _check_layout(data: bytes, source: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Refuse a zip that readers could disagree about: one that hides bytes between, before or after its members.

    Some readers believe the list at its end, others the headers before each member.
    """
    # git writes the commit there.
    comment = len(source.comment) if _COMMIT.fullmatch(source.comment) else 0
    end = len(data) - 22 - comment
    if data[end : end + 4] != b"PK\x05\x06":
        raise BadArchive(SkipReason.ARCHIVE_REFUSED, "bytes after the end of the zip")
    position = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        gap = entry.header_offset - position
        if gap not in _DESCRIPTORS or (gap and position == 0):
            raise BadArchive(SkipReason.ARCHIVE_REFUSED, "bytes between the members of the zip")
        position = _end_of_member(data, entry)
    if source.start_dir - position not in _DESCRIPTORS:
        raise BadArchive(
            SkipReason.ARCHIVE_REFUSED, "bytes between the members of the zip and its list of them"
        )


def _end_of_member(data: bytes, entry: zipfile.ZipInfo) -> int:
    header = data[entry.header_offset : entry.header_offset + _LOCAL_HEADER]
    if len(header) < _LOCAL_HEADER or header[:4] != b"PK\x03\x04":
        raise BadArchive(SkipReason.ARCHIVE_REFUSED, f"{entry.filename!r} has no header of its own")
    flags, method = struct.unpack("<HH", header[6:10])
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    start = entry.header_offset + _LOCAL_HEADER
    name = data[start : start + name_length]
    if name.decode("utf-8" if flags & 0x800 else "cp437", "replace") != entry.orig_filename:
        raise BadArchive(SkipReason.ARCHIVE_REFUSED, f"{entry.filename!r} has another name in its own header")
    if method != entry.compress_type:
        raise BadArchive(SkipReason.ARCHIVE_REFUSED, f"{entry.filename!r} is packed in two ways at once")
    return int(start + name_length + extra_length + entry.compress_size)


def _unpack(source: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    try:
        with source.open(entry) as member:
            content = member.read(entry.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise BadArchive(SkipReason.ARCHIVE_REFUSED, f"{entry.filename!r}: {error}") from error
    if len(content) != entry.file_size:
        raise BadArchive(SkipReason.ARCHIVE_BOMB, f"{entry.filename!r} is larger than it says")
    return content


def _read_tar(data: bytes, bounds: Bounds, links: str) -> Archive:
    census = _Census(len(data), bounds)
    members: dict[str, bytes | zipfile.ZipInfo] = {}
    try:
        stream = io.BytesIO(_gunzip(data, bounds))
        with tarfile.open(fileobj=stream, mode="r:") as source:
            for member in source:
                if links == "skip" and (member.issym() or member.islnk() or not is_text(member.name)):
                    continue
                path = _admit(member, census)
                if path is not None:
                    content = source.extractfile(member)
                    members[path] = content.read() if content is not None else b""
    except (tarfile.TarError, EOFError, OSError, zlib.error, ValueError) as error:
        raise BadArchive(SkipReason.ARCHIVE_REFUSED, f"a broken tar: {error}") from error
    return Archive(members)


def _gunzip(data: bytes, bounds: Bounds) -> bytes:
    """The tar inside, of which no more than the bounds allow is ever unpacked."""
    most = min(bounds.content, max(10 << 20, len(data) * bounds.ratio)) + (bounds.members << 10)
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
        content = packed.read(most + 1)
    if len(content) > most:
        raise BadArchive(SkipReason.ARCHIVE_BOMB, f"it unpacks to far more than its {len(data)} bytes")
    return content


def _admit(member: tarfile.TarInfo, census: _Census) -> str | None:
    """The path of a plain file; `None` for a folder; links and devices are refused."""
    if member.isdir():
        if member.name.strip("./"):
            census.admit(member.name, 0, folder=True)
        return None
    if not member.isreg() or member.issparse():
        raise BadArchive(SkipReason.ARCHIVE_REFUSED, f"{member.name!r} is a link or a device")
    return census.admit(member.name, member.size)
