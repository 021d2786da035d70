"""The notes server over HTTP, without sessions where `stateless` is its argument; prints its port."""

import asyncio
import socket
import sys

import uvicorn
from notes import server


async def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    app = server.streamable_http_app(host="127.0.0.1", stateless_http="stateless" in sys.argv)
    running = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    print(port, flush=True)
    await running.serve(sockets=[listener])


asyncio.run(main())
