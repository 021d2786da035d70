"""What an installed package is, and how installers are run: in a sandbox that holds nothing but what they install."""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_hex

from crawler.errors import CrawlerError
from crawler.introspect.hooks.relay import PORT
from crawler.introspect.sandboxes.disk import Room
from crawler.introspect.sandboxes.ending import ended
from crawler.introspect.sandboxes.outlet import Outlet
from crawler.introspect.sandboxes.sandbox import Confinement, Limits
from crawler.introspect.workshop import Workshop
from crawler.mcp.session import Silent, TooMuch
from crawler.snapshots import SkipReason

#: Bytes that an installer or a build may print to either stream.
_MOST_SAID = 16 << 20
_SOURCE_SUFFIXES = (".py", ".js", ".mjs", ".cjs", ".ts", ".json")
#: Characters of source that are searched.
_MOST_SOURCE = 4_000_000
RELAY = Path(__file__).parent.with_name("hooks") / "relay.py"
_PROXY = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), f"http://127.0.0.1:{PORT}")
#: How uv and npm say that the index did not answer, or not as it should, and that they cannot write where they may.
_UNANSWERED = re.compile(
    r"HTTP status server error|error sending request|operation timed out|dns error"
    r"|code (?:E5\d\d|ECONNRESET|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ENOTFOUND|ERR_SOCKET_TIMEOUT)\b"
)
_OURS = re.compile(
    r"Failed to initialize cache|No space left on device|Read-only file system|code (?:EACCES|EROFS|ENOSPC)\b"
)
INSTALLING = Limits(
    memory=4 << 30,
    reserved=16 << 30,
    processes=2048,
    open_files=8192,
    file_size=2 << 30,
    scratch=1 << 30,
    processor=600,
)


class NotInstalled(CrawlerError):
    """A release that could not be installed."""

    def __init__(self, reason: SkipReason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return self.detail


class Unanswered(NotInstalled):
    """The index did not answer, or this machine refused its installer something: it says nothing of the release."""


@dataclass(frozen=True, kw_only=True)
class Installation:
    """One package in an environment of its own, read-only from now on."""

    name: str
    version: str
    folder: Path
    programs: Path
    #: Where the package's own code lies.
    code: Path
    #: Console scripts or bins of the package itself.
    scripts: tuple[str, ...]
    readme: str = ""
    #: Folders that a run must be able to read.
    readable: tuple[Path, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    resolved: dict[str, str] = field(default_factory=dict)
    repairs: tuple[str, ...] = ()
    ecosystem: str = "pypi"
    #: Where it is started; `None` means the fresh home of the run.
    started_in: Path | None = None
    #: Paths of the package's own files below `code`.
    files: tuple[str, ...] = ()
    #: Where the source lies of which it was built, if it is known, and the folder of that in which its modules are.
    source: Path | None = None
    modules: Path | None = None
    #: What it asks of the machine that this one lacks, a sentence; hostile text.
    lacks: str = ""
    #: What it runs on, such as `Node.js 20.11.1`; empty for a program of the machine.
    runtime: str = ""


def finish(
    workshop: Workshop, command: Sequence[str], confinement: Confinement, *, most_output: int = _MOST_SAID
) -> tuple[int, bytes, str]:
    """Run a program to its end in the sandbox; its exit status and what it said on both streams. Raises NotInstalled."""
    assert workshop.sandbox is not None  # noqa: S101 - the ladder looked
    if not (confinement.reach and workshop.sandbox.own_network):
        return _finish(workshop, command, confinement, most_output)
    with Outlet(workshop.pool / f"out-{token_hex(4)}", confinement.reach) as outlet:
        python = str(Path(sys._base_executable).resolve())  # type: ignore[attr-defined]
        through = replace(
            confinement,
            readable=(*confinement.readable, RELAY, outlet.path, Path(sys.base_prefix)),
            environment={**confinement.environment, **_PROXY},
        )
        relayed = [python, "-I", "-S", str(RELAY), str(outlet.path), *command]
        return _finish(workshop, relayed, through, most_output)


def _finish(
    workshop: Workshop, command: Sequence[str], confinement: Confinement, most_output: int
) -> tuple[int, bytes, str]:
    assert workshop.sandbox is not None  # noqa: S101 - the ladder looked
    room = Room.of(workshop.pool)

    def look() -> None:
        if room.crowded():
            raise NotInstalled(SkipReason.ARCHIVE_BOMB, "installing it would fill the disk")

    try:
        with workshop.preparing() as seconds:
            if not seconds:
                raise NotInstalled(SkipReason.TIMEOUT, "no time is left to install or build more for it")
            child = workshop.sandbox.start(command, confinement)
            status, output, errors = ended(
                child, seconds=seconds, most_output=most_output, most_errors=_MOST_SAID, look=look
            )
    except Silent as failure:
        raise NotInstalled(SkipReason.TIMEOUT, f"installing: {failure}") from None
    except TooMuch as failure:
        raise NotInstalled(SkipReason.OUTPUT_LIMIT, f"installing: {failure}") from None
    return status, output, errors.decode("utf-8", "replace")


def blamed(reason: SkipReason, detail: str, said: str) -> NotInstalled:
    """Why an installer failed that *said* this: for that reason, unless it is the index's fault or ours."""
    if _OURS.search(said):
        return Unanswered(SkipReason.INTERNAL_ERROR, detail)
    if _UNANSWERED.search(said):
        return Unanswered(SkipReason.TIMEOUT, detail)
    return NotInstalled(reason, detail)


def source_text(code: Path, files: Sequence[str]) -> str:
    """The package's own source files one after the other, as far as they are not too much; hostile text."""
    parts: list[str] = []
    left = _MOST_SOURCE
    for file in files:
        if not file.endswith(_SOURCE_SUFFIXES) or left <= 0:
            continue
        try:
            parts.append(read_installed(code, file, left).decode("utf-8", "replace"))
        except OSError:
            continue
        left -= len(parts[-1])
    return "\n".join(parts)


def read_installed(folder: Path, path: str, most: int) -> bytes:
    """The first bytes of a file in an installed tree; raises OSError also for one to which only a link out of it leads."""
    place = (folder / path).resolve(strict=True)
    if not place.is_relative_to(folder.resolve()) or not place.is_file():
        raise FileNotFoundError(place)
    with place.open("rb") as file:
        return file.read(most)
