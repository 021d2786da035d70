"""One release of a package as it may be installed and read: its checked archive, of which nothing has run."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from packaging.metadata import parse_email

from crawler.errors import CrawlerError
from crawler.introspect.packages.members import Member
from crawler.introspect.packages.pythons import Python
from crawler.snapshots import SkipReason

#: Bytes of a README that are looked at.
_MOST_README = 1 << 20


class Unavailable(CrawlerError):
    """A release that cannot be had in a form that may be installed."""

    def __init__(self, reason: SkipReason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return self.detail


@dataclass(frozen=True, kw_only=True)
class Release:
    """A release whose archive was read strictly; nothing of it has run."""

    ecosystem: Literal["pypi", "npm"] = "pypi"
    name: str
    version: str
    #: The package's files, for static reading.
    files: Mapping[str, bytes]
    #: What an installer may install; `None` where there is only source.
    archive: Path | None = None
    #: The interpreters here that it fits, best first; none for what is not Python.
    pythons: tuple[Python, ...] = ()
    #: Why nothing here may install it, a sentence; hostile text.
    unfit: str = ""
    #: It is source of which what may be installed is yet to be built, as may be done because a person named the source.
    buildable: bool = False
    #: Where it is built, if it is a package of npm.
    member: Member | None = None
    #: Archives that are installed with it: packages of its workspace that it needs, built with it.
    beside: tuple[Path, ...] = ()
    #: Versions of its dependencies with which its authors tried it, such as `mcp==1.9.4`, where its source tells.
    locked: tuple[str, ...] = ()
    #: The source of which it was built, if that is known; it is laid beside what is installed.
    source: Mapping[str, bytes] = field(default_factory=dict)
    #: The words by which a file of that is started, where it names no program.
    started: tuple[str, ...] = ()
    #: RFC 3339 time of its upload.
    released_at: str | None = None
    #: `HOST:PORT` where its index keeps files.
    hosts: tuple[str, ...] = ()

    @property
    def readme(self) -> str:
        """The README as it ships: the body of a wheel's metadata, or the file itself."""
        texts = (_readme(files) for files in (self.source, self.files))
        return next((text for text in texts if text is not None), "")


def _readme(files: Mapping[str, bytes]) -> str | None:
    for path in files:
        if re.fullmatch(r"(?i)readme(\.(md|rst|txt|markdown))?", path):
            return files[path][:_MOST_README].decode("utf-8", "replace")
        if re.fullmatch(r"[^/]+\.dist-info/METADATA", path):
            raw, _ = parse_email(files[path][:_MOST_README])
            return raw.get("description", "")
    return None
