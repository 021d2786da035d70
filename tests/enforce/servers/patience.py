"""A server whose answers wait for a file: over lines, or over HTTP with events that are kept; then it prints its port."""

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvicorn
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.streamable_http import EventMessage, EventStore
from mcp_types import JSONRPCMessage

server = MCPServer("patience", version="1.0")


@server.tool()
async def wait(file: str, ctx: Context) -> str:
    """Say that it has begun, and end once the file is there."""
    await ctx.report_progress(1, 2)
    while not Path(file).exists():  # noqa: ASYNC110, ASYNC240 - nobody waits for this server but its test
        await asyncio.sleep(0.01)
    await ctx.report_progress(2, 2)
    return "done"


@server.tool()
def echo(text: str) -> str:
    """Give the text back."""
    return text


class Kept(EventStore):
    """Every event, for as long as we live."""

    def __init__(self) -> None:
        self._events: list[tuple[str, JSONRPCMessage | None]] = []

    async def store_event(self, stream_id: str, message: JSONRPCMessage | None) -> str:
        self._events.append((stream_id, message))
        return str(len(self._events))

    async def replay_events_after(
        self, last_event_id: str, send_callback: Callable[[EventMessage], Awaitable[None]]
    ) -> str | None:
        seen = int(last_event_id)
        stream = self._events[seen - 1][0]
        for number, (other, message) in enumerate(self._events[seen:], seen + 1):
            if other == stream and message is not None:
                await send_callback(EventMessage(message, str(number)))
        return stream


async def main(port: int) -> None:
    listener = socket.create_server(("127.0.0.1", port))
    app = server.streamable_http_app(host="127.0.0.1", event_store=Kept())
    running = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=0))
    print(listener.getsockname()[1], flush=True)
    await running.serve(sockets=[listener])


if len(sys.argv) > 1:
    asyncio.run(main(int(sys.argv[1])))
else:
    server.run()
