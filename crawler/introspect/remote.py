"""A hosted server, asked for its tools because a person named its address."""

from collections.abc import Callable

from crawler.introspect.attempts import Attempts
from crawler.introspect.live import REASONS
from crawler.mcp.addresses import Address, Resolve, Unreachable, check_address, look_up
from crawler.mcp.http import Bounds, EventChannel, StreamableChannel
from crawler.mcp.session import ConversationFailed, Declined, Garbled, Listing, converse
from crawler.snapshots import Method, Outcome, Profile, Rung, SkipReason, Snapshot
from crawler.tools import BadTool, Tool

Channels = StreamableChannel | EventChannel

#: It is there, but lets nobody in without credentials.
_CLOSED_DOORS = frozenset({401, 403})


def ask(url: str, attempts: Attempts, *, bounds: Bounds | None = None, resolve: Resolve = look_up) -> Outcome:
    """Ask over streamable HTTP in the older and the newer way, then over the event stream of the oldest revision."""
    try:
        address = check_address(url, resolve)
    except Unreachable as fault:
        return attempts.skipped(SkipReason.NOT_FOUND, str(fault))
    for step, channel, modern in _ways(address, bounds or Bounds()):
        try:
            listing = _converse(channel, modern=modern)
            tools = tuple(Tool.read(entry, position=place) for place, entry in enumerate(listing.tools))
        except ConversationFailed as failure:
            attempts.fail(step, _reason(failure), str(failure))
            if not isinstance(failure, Declined | Garbled) or failure_is_final(failure):
                break
        except BadTool as fault:
            attempts.fail(step, SkipReason.PROTOCOL_ERROR, str(fault))
            break
        else:
            return _snapshot(step, url, tools, listing, attempts)
    return attempts.skipped()


def failure_is_final(failure: ConversationFailed) -> bool:
    """Whether no other way of asking can help."""
    return isinstance(failure, Declined) and failure.code in _CLOSED_DOORS


def _ways(address: Address, bounds: Bounds) -> list[tuple[str, Callable[[], Channels], bool]]:
    return [
        ("streamable-http", lambda: StreamableChannel(address, bounds), False),
        ("streamable-http", lambda: StreamableChannel(address, bounds), True),
        ("sse", lambda: EventChannel(address, bounds), False),
    ]


def _converse(open_channel: Callable[[], Channels], *, modern: bool) -> Listing:
    channel = open_channel()
    try:
        return converse(channel, modern=modern)
    finally:
        channel.close()


def _reason(failure: ConversationFailed) -> SkipReason:
    return SkipReason.NEEDS_CONFIG if failure_is_final(failure) else REASONS[type(failure)]


def _snapshot(step: str, url: str, tools: tuple[Tool, ...], listing: Listing, attempts: Attempts) -> Outcome:
    if not tools:
        return attempts.skipped(SkipReason.NO_TOOLS, "the server listed no tools")
    attempts.rungs.append(Rung(step=step, outcome="listed"))
    return Snapshot(
        server=attempts.server.name,
        method=Method.REMOTE,
        profile=Profile(command=(url,), step=step),
        tools=tools,
        taken_at=attempts.workshop.now(),
        protocol_version=listing.protocol_version,
        server_info=listing.server_info,
        instructions=listing.instructions,
        rungs=tuple(attempts.rungs),
    )
