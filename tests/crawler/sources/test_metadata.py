"""Core metadata as people really write it, and archives that are not what they seem."""

import io
import tarfile
import zipfile

import pytest

from crawler.servers import Repository
from crawler.sources.metadata import (
    BadMetadata,
    Metadata,
    claimed_name,
    parse_metadata,
    plain,
    source_metadata,
    web_address,
    wheel_metadata,
)

HEAD = "Metadata-Version: 2.4\nName: x\nVersion: 1\n"


@pytest.mark.parametrize(
    ("lines", "metadata"),
    [
        ("", Metadata()),
        ("Summary: UNKNOWN\nLicense: UNKNOWN\nHome-page: UNKNOWN\n", Metadata()),
        ("License: MIT\nAuthor: Ann\nAuthor-email: ann@x.example\n", Metadata(license="MIT", author="Ann")),
        ('Author-email: "Ann A." <ann@x.example>\n', Metadata(author="Ann A.")),
        ("Author-email: ann@x.example\n", Metadata()),
        (
            "License: Permission is hereby granted,\n  free of charge ...\nClassifier: License :: OSI Approved :: MIT License\n",
            Metadata(license="MIT License"),
        ),
        (
            "Home-page: https://github.com/ann/notes\n",
            Metadata(
                homepage="https://github.com/ann/notes",
                repository=Repository(url="https://github.com/ann/notes", source="github"),
            ),
        ),
        (
            "Project-URL: Bug Tracker, https://github.com/ann/notes/issues\nProject-URL: SOURCE-CODE, https://gitlab.com/ann/notes\n",
            Metadata(repository=Repository(url="https://gitlab.com/ann/notes", source="gitlab")),
        ),
        (
            "Project-URL: Repository, https://git.example/notes\nProject-URL: Docs, javascript:alert(1)\n",
            Metadata(repository=Repository(url="https://git.example/notes")),
        ),
        ("Project-URL: Repository, ssh://git@x\nHome-page: http://[\n", Metadata()),
        ("Requires-Dist: mcp[cli]>=1; python_version >= '3'\n", Metadata(requires=frozenset({"mcp"}))),
    ],
)  # fmt: skip
def test_metadata_is_read_as_far_as_it_makes_sense(lines: str, metadata: Metadata) -> None:
    """Nothing is guessed, no address is published again, and nothing but web addresses is linked."""
    assert parse_metadata((HEAD + lines).encode()) == metadata


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"not metadata at all", b"\n\n\n" * 1000])
def test_what_is_no_metadata_says_nothing(content: bytes) -> None:
    """And breaks nothing."""
    assert parse_metadata(content).requires == frozenset()


@pytest.mark.parametrize(
    ("readme", "name"),
    [
        ("<!-- mcp-name: io.github.ann/notes -->", "io.github.ann/notes"),
        ("text mcp-name:com.example/x more", "com.example/x"),
        ("mcp-name: nothing", None),
        (None, None),
    ],
)
def test_the_marker_in_a_readme_is_found(readme: str | None, name: str | None) -> None:
    """Usually it stands in a comment."""
    assert claimed_name(readme) == name


@pytest.mark.parametrize(
    ("text", "kept"), [(" a\0b ", "ab"), ("\ud800x", "?x"), ("", None), (None, None), ("\0", None)]
)
def test_text_is_what_any_database_takes(text: str | None, kept: str | None) -> None:
    """No NUL, no lone surrogate, nothing empty."""
    assert plain(text) == kept


def test_a_web_address_has_a_sane_length() -> None:
    """Longer ones are not meant for people."""
    assert web_address("https://x.example/" + "y" * 500) is None


def zipped(*names: str, content: bytes = b"x") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(*names: str, content: bytes = b"x", kind: bytes = tarfile.REGTYPE) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size, info.type, info.linkname = len(content), kind, "/etc/passwd"
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


HUGE = b"x" * (5 * 2**20)


@pytest.mark.parametrize(
    ("archive", "fault", "bomb"),
    [
        (b"PK", "cannot be read", False),
        (zipped("x.dist-info/RECORD"), "0 METADATA files", False),
        (zipped("a.dist-info/METADATA", "b.dist-info/METADATA"), "2 METADATA files", False),
        (zipped("deep/a.dist-info/METADATA"), "0 METADATA files", False),
        (zipped("x.dist-info/METADATA", content=HUGE), "larger than any real one", True),
        (zipped("x.dist-info/METADATA")[:-30], "cannot be read", False),
    ],
)  # fmt: skip
def test_a_wheel_without_readable_metadata_says_why(archive: bytes, fault: str, *, bomb: bool) -> None:
    """Broken, ambiguous, or meant to fill the memory."""
    with pytest.raises(BadMetadata, match=fault) as caught:
        wheel_metadata(archive)

    assert caught.value.bomb is bomb


@pytest.mark.parametrize(
    ("archive", "fault", "bomb"),
    [
        (b"\x1f\x8b", "cannot be read", False),
        (tarred("x-1/setup.py"), "has no PKG-INFO", False),
        (tarred("x-1/src/x.egg-info/PKG-INFO"), "has no PKG-INFO", False),
        (tarred("x-1/PKG-INFO", kind=tarfile.SYMTYPE, content=b""), "has no PKG-INFO", False),
        (tarred("x-1/PKG-INFO", content=HUGE), "larger than any real one", True),
        (tarred(*(f"x-1/{number}" for number in range(2_100))), "no PKG-INFO near the start", True),
    ],
)  # fmt: skip
def test_a_source_archive_without_readable_metadata_says_why(
    archive: bytes, fault: str, *, bomb: bool
) -> None:
    """Links are not followed, and nobody looks through an archive without end."""
    with pytest.raises(BadMetadata, match=fault) as caught:
        source_metadata(archive)

    assert caught.value.bomb is bomb


def test_readable_archives_give_their_metadata() -> None:
    """Without unpacking anything else."""
    assert wheel_metadata(zipped("x.py", "x-1.dist-info/METADATA", content=b"Name: x")) == b"Name: x"
    assert source_metadata(tarred("x-1/x.py", "x-1/PKG-INFO", content=b"Name: x")) == b"Name: x"
