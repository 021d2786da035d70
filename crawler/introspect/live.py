"""One launch of an installed server: does it list its tools, and if not, how did it fail."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crawler.introspect.install import Installation
from crawler.introspect.sandbox import Confinement, Sandbox
from crawler.mcp.session import (
    Closed,
    ConversationFailed,
    Declined,
    Garbled,
    Listing,
    Silent,
    TooMuch,
    converse,
)
from crawler.mcp.stdio import Patience, StdioChannel
from crawler.snapshots import SkipReason
from crawler.tools import BadTool, Tool

_REASONS: dict[type[ConversationFailed], SkipReason] = {
    Silent: SkipReason.TIMEOUT,
    Closed: SkipReason.EXITED,
    TooMuch: SkipReason.OUTPUT_LIMIT,
    Garbled: SkipReason.PROTOCOL_ERROR,
    Declined: SkipReason.PROTOCOL_ERROR,
}


@dataclass(frozen=True, kw_only=True)
class Launch:
    """How a server is started: program and arguments as one would type them, and what is added to its environment."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Heard:
    """How one launch went."""

    #: `None` if the server listed its tools, though perhaps none.
    reason: SkipReason | None = None
    detail: str = ""
    listing: Listing | None = None
    tools: tuple[Tool, ...] = ()
    #: What it printed to stderr; hostile text.
    errors: str = ""


def listen(launch: Launch, installation: Installation, *, sandbox: Sandbox, patience: Patience) -> Heard:
    """Start the server in the sandbox, without a network, and ask for its tools in either era."""
    heard = _converse(launch, installation, sandbox, patience, modern=False)
    if heard.reason is SkipReason.PROTOCOL_ERROR:
        # A server of the newer era declines the handshake, and its process is of no more use.
        second = _converse(launch, installation, sandbox, patience, modern=True)
        return second if second.reason is None else heard
    return heard


def confinement(launch: Launch, installation: Installation) -> Confinement:
    """What the server may see: its own installation, to read."""
    return Confinement(
        readable=installation.readable,
        environment={**installation.environment, **launch.environment},
    )


def _converse(
    launch: Launch, installation: Installation, sandbox: Sandbox, patience: Patience, *, modern: bool
) -> Heard:
    program = str(installation.programs / launch.command[0])
    child = sandbox.start([program, *launch.command[1:]], confinement(launch, installation))
    channel = StdioChannel(child, patience)
    try:
        listing = converse(channel, modern=modern)
        tools = tuple(Tool.read(entry, position=place) for place, entry in enumerate(listing.tools))
    except ConversationFailed as failure:
        return Heard(reason=_REASONS[type(failure)], detail=str(failure), errors=channel.errors)
    except BadTool as fault:
        return Heard(reason=SkipReason.PROTOCOL_ERROR, detail=str(fault), errors=channel.errors)
    finally:
        channel.close()
    return Heard(listing=listing, tools=tools, errors=channel.errors)


def unstable(first: tuple[Tool, ...], second: tuple[Tool, ...]) -> tuple[str, ...]:
    """Names of the tools whose definition is not the same in both launches."""
    before = {tool.name: tool.digest for tool in first}
    after = {tool.name: tool.digest for tool in second}
    return tuple(sorted(name for name in before | after if before.get(name) != after.get(name)))
