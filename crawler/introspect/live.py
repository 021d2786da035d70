"""One launch of an installed server: does it list its tools, and if not, how did it fail."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from crawler.introspect.dummies import CREDENTIALS
from crawler.introspect.hooks.stub import GIVEN
from crawler.introspect.lessons import Lesson
from crawler.introspect.packages.install import Installation
from crawler.introspect.sandboxes.sandbox import ORIGINALS, Confinement, Sandbox
from crawler.introspect.sandboxes.watch import Watch
from crawler.mcp.session import (
    Closed,
    ConversationFailed,
    Declined,
    Garbled,
    HandshakeDeclined,
    Listing,
    Silent,
    TooMuch,
    converse,
)
from crawler.mcp.stdio import Patience, StdioChannel
from crawler.snapshots import Observation, SkipReason
from crawler.tools import BadTool, Tool

REASONS: dict[type[ConversationFailed], SkipReason] = {
    Silent: SkipReason.TIMEOUT,
    Closed: SkipReason.EXITED,
    TooMuch: SkipReason.OUTPUT_LIMIT,
    Garbled: SkipReason.PROTOCOL_ERROR,
    Declined: SkipReason.PROTOCOL_ERROR,
    HandshakeDeclined: SkipReason.PROTOCOL_ERROR,
}


#: For a program that is only asked for its help.
_BRIEF = Patience(total=20, line=100_000, output=200_000)
#: Where every server says that it is.
PLACE = "/opt/server"
_HOOKS = Path(__file__).with_name("hooks")
LIFESPAN, STUB = _HOOKS / "lifespan", _HOOKS / "stub.py"
NODE_LIFESPAN, NATIVE = _HOOKS / "lifespan.cjs", _HOOKS / "native.cjs"
NODE_STUB, BROWSER = _HOOKS / "stub.cjs", _HOOKS / "browser.py"
FILE, COPYING = _HOOKS / "credentials.py", _HOOKS / "copying.py"
POSTING = _HOOKS / "posting.py"


@dataclass(frozen=True, kw_only=True)
class Launch:
    """How a server is started: program and arguments as one would type them, and what is added to its environment."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    #: `lifespan`: the server forgets what it does before it serves, or that it would end itself.
    #: `stub`: a service on loopback answers it, and agrees to its login; in Node.js and under a supervisor it is every host.
    #: `native`: compiled modules that are not there do nothing.
    crutch: Literal["", "lifespan", "stub", "native"] = ""
    #: What the service that is played to it answers besides.
    lessons: tuple[Lesson, ...] = ()
    #: It listens at a port of the sandbox and is asked there, over HTTP.
    posted: bool = False
    #: It is started in the folder of its source, with the modules that lie there.
    sourced: bool = False
    #: Folders of the installation of which it is given a copy to write to.
    copied: tuple[Path, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Heard:
    """How one launch went."""

    #: `None` if the server listed its tools, though perhaps none.
    reason: SkipReason | None = None
    detail: str = ""
    listing: Listing | None = None
    tools: tuple[Tool, ...] = ()
    #: Names of the tools whose definition tells where the server is installed, which is another place each time.
    placed: tuple[str, ...] = ()
    #: What it printed to stderr, after what it printed to stdout that is no message; hostile text.
    errors: str = ""
    #: It knows no handshake, and may speak in the newer way.
    declined: bool = False
    #: What it did besides; only of a watched launch.
    observations: tuple[Observation, ...] = ()


def listen(
    launch: Launch,
    installation: Installation,
    *,
    sandbox: Sandbox,
    patience: Patience,
    modern: bool | None = None,
    watch: Watch | None = None,
) -> Heard:
    """Start the server in the sandbox, without a network, and ask for its tools; in the era that it speaks, if that is known."""
    heard = _converse(launch, installation, sandbox, patience, modern=bool(modern), watch=watch)
    if modern is None and heard.declined:
        # The process that was asked in the wrong way is of no more use.
        second = _converse(launch, installation, sandbox, patience, modern=True, watch=watch)
        return second if second.reason is None else heard
    return heard


def _converse(
    launch: Launch,
    installation: Installation,
    sandbox: Sandbox,
    patience: Patience,
    *,
    modern: bool,
    watch: Watch | None,
) -> Heard:
    command, confinement = confined(launch, installation, control=watch.descriptor if watch else None)
    channel = StdioChannel(sandbox.start(command, confinement), patience)
    try:
        said = converse(channel, modern=modern)
        # Where a person starts a program of their own is theirs to tell.
        listing = said if installation.started_in else placeless(said, installation.folder)
        tools = tuple(Tool.read(entry, position=place) for place, entry in enumerate(listing.tools))
        placed = [
            tool.name for tool, entry in zip(tools, said.tools, strict=True) if tool.definition != entry
        ]
        seen = watch.report() if watch else ()
    except ConversationFailed as failure:
        declined = isinstance(failure, HandshakeDeclined)
        return Heard(
            reason=REASONS[type(failure)], detail=str(failure), errors=channel.said, declined=declined
        )
    except BadTool as fault:
        return Heard(reason=SkipReason.PROTOCOL_ERROR, detail=str(fault), errors=channel.said)
    finally:
        channel.close()
    return Heard(listing=listing, tools=tools, placed=tuple(placed), errors=channel.said, observations=seen)


def placeless(listing: Listing, folder: Path) -> Listing:
    """What a server said, with one place for all instead of where this machine happens to keep it."""
    said = json.dumps([listing.tools, listing.server_info, listing.instructions])
    place = json.dumps(str(folder))[1:-1]
    if place not in said:
        return listing
    tools, server_info, instructions = json.loads(said.replace(place, PLACE))
    return replace(listing, tools=tuple(tools), server_info=server_info, instructions=instructions)


def overhear(launch: Launch, installation: Installation, *, sandbox: Sandbox) -> str:
    """Run a program without input and give what it prints, as far as that is not too much; hostile text."""
    command, confinement = confined(launch, installation)
    channel = StdioChannel(sandbox.start(command, confinement), _BRIEF)
    lines = []
    try:
        channel.end_input()
        while True:
            lines.append(channel.receive().decode("utf-8", "replace"))
    except ConversationFailed:
        pass
    finally:
        channel.close()
    return "\n".join([*lines, channel.errors])


def confined(
    launch: Launch, installation: Installation, control: int | None = None
) -> tuple[list[str], Confinement]:
    """The command in full, and what the server may see: its own installation, to read."""
    command = [str(installation.programs / launch.command[0]), *launch.command[1:]]
    environment = {**installation.environment, **launch.environment}
    readable = installation.readable
    paths = [str(installation.modules)] if launch.sourced else []
    python = (str(Path(sys._base_executable).resolve()), "-I", "-S")  # type: ignore[attr-defined]
    if launch.posted:
        command = [*python, str(POSTING), *command]
        readable += (POSTING, Path(sys.base_prefix))
    if any(CREDENTIALS in word for word in (*launch.command, *launch.environment.values())):
        command = [*python, str(FILE), CREDENTIALS, *command]
        readable += (FILE, Path(sys.base_prefix))
    if launch.crutch == "lifespan" and installation.ecosystem == "npm":
        environment["NODE_OPTIONS"] = f"--require={NODE_LIFESPAN}"
        readable += (NODE_LIFESPAN, NATIVE)
    elif launch.crutch == "lifespan":
        paths.insert(0, str(LIFESPAN))
        readable += (LIFESPAN,)
    elif launch.crutch == "stub":
        taught = json.dumps(launch.lessons)
        command = [*python, str(STUB), "" if control is None else GIVEN, taught, *command]
        environment["BROWSER"] = " ".join([*python, str(BROWSER), "%s"])
        readable += (STUB, BROWSER, Path(sys.base_prefix))
        if installation.ecosystem == "npm":
            environment["NODE_OPTIONS"] = f"--require={NODE_STUB}"
            readable += (NODE_STUB,)
    elif launch.crutch == "native":
        environment["NODE_OPTIONS"] = f"--require={NATIVE}"
        readable += (NATIVE,)
    if launch.copied:
        folders = [str(folder) for folder in launch.copied]
        command = [*python, str(COPYING), ORIGINALS, str(len(folders)), *folders, *command]
        readable += (COPYING, Path(sys.base_prefix))
    if paths:
        environment["PYTHONPATH"] = ":".join(paths)
    return command, Confinement(
        readable=readable,
        copied=launch.copied,
        environment=environment,
        folder=installation.source if launch.sourced else installation.started_in,
        control=control,
        stub=launch.crutch == "stub" and control is not None,
    )


def unstable(first: tuple[Tool, ...], second: tuple[Tool, ...]) -> tuple[str, ...]:
    """Names of the tools whose definition is not the same in both launches."""
    before = {tool.name: tool.digest for tool in first}
    after = {tool.name: tool.digest for tool in second}
    return tuple(sorted(name for name in before | after if before.get(name) != after.get(name)))
