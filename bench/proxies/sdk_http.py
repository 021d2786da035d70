"""An HTTP proxy built from the official SDK's own server and client; the upstream's port is given; prints its own."""

import asyncio
import contextlib
import socket
import sys

import uvicorn
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.applications import Starlette
from starlette.routing import Mount


async def main():
    """Relay tool calls."""
    async with (
        streamable_http_client(f"http://127.0.0.1:{sys.argv[1]}/mcp") as streams,
        ClientSession(*streams[:2]) as session,
    ):
        await session.initialize()

        async def call(_, params):
            return await session.call_tool(params.name, params.arguments)

        manager = StreamableHTTPSessionManager(
            Server("proxy", on_call_tool=call), json_response=True, stateless=True
        )

        @contextlib.asynccontextmanager
        async def lifespan(_):
            async with manager.run():
                yield

        app = Starlette(routes=[Mount("/", app=manager.handle_request)], lifespan=lifespan)
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        await uvicorn.Server(uvicorn.Config(app, log_level="error")).serve([listener])


asyncio.run(main())
