"""A proxy built from the official SDK's own server and client, as most are; the command is given as arguments."""

import asyncio
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.server import Server
from mcp.server.stdio import stdio_server


async def main() -> None:
    """Relay tool calls."""
    upstream = StdioServerParameters(command=sys.argv[1], args=sys.argv[2:])
    async with stdio_client(upstream) as streams, ClientSession(*streams) as session:
        await session.initialize()

        async def call(_, params):
            return await session.call_tool(params.name, params.arguments)

        server = Server("proxy", on_call_tool=call)
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())


asyncio.run(main())
