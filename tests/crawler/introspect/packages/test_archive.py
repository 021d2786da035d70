"""Archives that unpackers read differently, or that unpack to harm: each refused for its reason."""

import gzip
import hashlib
import io
import struct
import tarfile
import warnings
import zipfile

import pytest

from crawler.introspect.packages.archive import BadArchive, Bounds, below_root, read_archive
from crawler.introspect.packages.record import read_wheel
from crawler.snapshots import SkipReason

REFUSED, BOMB, HASH, RECORD = (
    SkipReason.ARCHIVE_REFUSED,
    SkipReason.ARCHIVE_BOMB,
    SkipReason.HASH_MISMATCH,
    SkipReason.RECORD_MISMATCH,
)


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], comment: bytes = b"") -> bytes:
    packed = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # about the duplicates that a test wants
        for name, content in members:
            archive.writestr(name, content)
        archive.comment = comment
    return packed.getvalue()


def tarred(*members: tuple[str, bytes] | tarfile.TarInfo) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
                continue
            entry = tarfile.TarInfo(member[0])
            entry.size = len(member[1])
            archive.addfile(entry, io.BytesIO(member[1]))
    return packed.getvalue()


def special(kind: bytes, name: str = "x", target: str = "/etc/passwd") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type = kind
    member.linkname = target
    return member


def link_in_zip() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("x")
    entry.external_attr = 0o120777 << 16
    return entry


def with_two_names() -> bytes:
    """The list at the end names a member otherwise than its own header."""
    data = bytearray(zipped(("good.py", b"1")))
    data[data.rindex(b"good.py") :][:7]
    place = data.rindex(b"good.py")
    data[place : place + 7] = b"evil.py"
    return bytes(data)


def lying_about_size() -> bytes:
    data = bytearray(zipped(("a", b"x" * 1000)))
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", 10)
    return bytes(data)


def with_hidden_member() -> bytes:
    """A member that only readers of headers see, before those of the list."""
    hidden = zipped(("hidden.py", b"1"))
    hidden = hidden[: hidden.index(b"PK\x01\x02")]
    return hidden + zipped(("good.py", b"1"))


GOOD = {"a/b.py": b"1", "c": b"2"}


@pytest.mark.parametrize("data", [zipped(*GOOD.items()), tarred(*GOOD.items())], ids=["zip", "tar"])
def test_a_plain_archive_is_read_whole(data: bytes) -> None:
    """Paths to contents, whatever its kind."""
    assert dict(read_archive(data, sha256=hashlib.sha256(data).hexdigest())) == GOOD


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", REFUSED),
        (b"#!/bin/sh", REFUSED),
        (b"PK\x03\x04 and no more", REFUSED),
        (gzip.compress(b"not a tar" * 100), REFUSED),
        (b"\x1f\x8b\x08 and no more", REFUSED),
        (zipped(("/etc/passwd", b"")), REFUSED),
        (zipped(("../up", b"")), REFUSED),
        (zipped(("a/../../up", b"")), REFUSED),
        (zipped(("a\\b", b"")), REFUSED),
        (zipped(("C:/x", b"")), REFUSED),
        (zipped(("a//b", b"")), REFUSED),
        (zipped(("d/" * 500 + "x", b"")), REFUSED),
        (tarred(("d/" * 500 + "x", b"")), REFUSED),
        (tarred(("no text \udcff", b"")), REFUSED),
        (zipped(("a", b"1"), ("a", b"2")), REFUSED),
        (zipped(("a", b"1"), ("a/b", b"2")), REFUSED),
        (zipped((link_in_zip(), b"/etc/passwd")), REFUSED),
        (zipped(("a", b""), comment=b"hello"), REFUSED),
        (zipped(("a", b"")) + b"tail", REFUSED),
        (b"head" + zipped(("a", b"")), REFUSED),
        (with_hidden_member(), REFUSED),
        (with_two_names(), REFUSED),
        (tarred(("/etc/passwd", b"")), REFUSED),
        (tarred(("a/../../up", b"")), REFUSED),
        (tarred(("a", b"1"), ("a", b"2")), REFUSED),
        (tarred(special(tarfile.SYMTYPE)), REFUSED),
        (tarred(special(tarfile.LNKTYPE)), REFUSED),
        (tarred(special(tarfile.CHRTYPE)), REFUSED),
        (tarred(special(tarfile.BLKTYPE)), REFUSED),
        (tarred(special(tarfile.FIFOTYPE)), REFUSED),
        (zipped(("a", bytes(30 << 20))), BOMB),
        (tarred(("a", bytes(30 << 20))), BOMB),
        (gzip.compress(bytes(60 << 20)), BOMB),
    ],
    ids=lambda value: "archive" if isinstance(value, bytes) else None,  # the bytes hold the time at which they were made
)  # fmt: skip
def test_what_is_no_plain_tree_is_refused(data: bytes, reason: SkipReason) -> None:
    """Broken, ambiguous, leaving its folder, links and devices, or far larger inside than outside."""
    with pytest.raises(BadArchive) as raised:
        dict(read_archive(data))

    assert raised.value.reason is reason


def test_links_in_a_repository_are_passed_by() -> None:
    """Nothing follows them, so they do no harm there."""
    tar = tarred(("r/a", b"1"), special(tarfile.SYMTYPE, "r/x"))
    zip_ = zipped(("r/a", b"1"), (link_in_zip(), b"/etc/passwd"))

    assert dict(below_root(read_archive(tar, links="skip"))) == {"a": b"1"}
    assert dict(read_archive(zip_, links="skip")) == {"r/a": b"1"}


def test_the_commit_that_git_writes_into_a_zip_is_no_secret() -> None:
    """It is where other zips hide things, and where repositories' say what they were made of."""
    assert dict(read_archive(zipped(("a", b"1"), comment=b"1f" * 20))) == {"a": b"1"}
    for comment in (b"1f" * 19, b"1F" * 20, b"PK\x05\x06" * 10):
        with pytest.raises(BadArchive):
            read_archive(zipped(("a", b"1"), comment=comment))


@pytest.mark.parametrize(
    "bounds", [Bounds(archive=10), Bounds(members=1), Bounds(member=1), Bounds(content=3)], ids=repr
)
def test_every_bound_holds(bounds: Bounds) -> None:
    """More members or bytes than allowed are refused before they are unpacked."""
    for data in (zipped(("a", b"12"), ("b", b"12")), tarred(("a", b"12"), ("b", b"12"))):
        with pytest.raises(BadArchive) as raised:
            read_archive(data, bounds=bounds)
        assert raised.value.reason is BOMB


def test_a_member_that_is_larger_than_it_says_is_refused() -> None:
    """The size in the list is not believed."""
    with pytest.raises(BadArchive):
        dict(read_archive(lying_about_size()))


def test_another_file_than_the_index_describes_is_refused() -> None:
    """By its SHA-256."""
    with pytest.raises(BadArchive) as raised:
        read_archive(zipped(("a", b"")), sha256="0" * 64)

    assert raised.value.reason is HASH


ONE = "sha256=a4ayc_80_OGda4BO_1o_V0etpOqiLx1JwB5S3beHW0s"  # of b"1"


@pytest.mark.parametrize(
    "record",
    [
        f"a.py,{ONE},1\nb.py,{ONE},1\nx-1.dist-info/RECORD,,",
        "x-1.dist-info/RECORD,,",
        "a.py,,\nx-1.dist-info/RECORD,,",
        "a.py,md5=AAAA,1\nx-1.dist-info/RECORD,,",
        "a.py,sha256=AAAA,1\nx-1.dist-info/RECORD,,",
    ],
)
def test_a_wheel_is_what_its_record_says(record: str) -> None:
    """Files that are missing, unlisted, without a digest, or with a weak or a wrong one."""
    good = f"a.py,{ONE},1\nx-1.dist-info/RECORD,,\n".encode()
    assert set(read_wheel(zipped(("a.py", b"1"), ("x-1.dist-info/RECORD", good)))) == {
        "a.py",
        "x-1.dist-info/RECORD",
    }

    with pytest.raises(BadArchive) as raised:
        read_wheel(zipped(("a.py", b"1"), ("x-1.dist-info/RECORD", record.encode())))

    assert raised.value.reason is RECORD


def test_a_wheel_without_a_record_is_refused() -> None:
    """Nothing vouches for its files."""
    with pytest.raises(BadArchive, match="exactly one RECORD"):
        read_wheel(zipped(("a.py", b"1")))


def test_names_that_are_no_text_are_passed_by_in_what_is_only_read() -> None:
    """Old repositories have some."""
    data = tarred(("no text \udcff", b""), ("a", b"1"))

    assert dict(read_archive(data, links="skip")) == {"a": b"1"}
