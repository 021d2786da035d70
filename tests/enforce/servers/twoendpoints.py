"""The notes server in the words of revision 2024-11-05, over two endpoints; prints its port."""

import asyncio
import socket

import uvicorn
from notes import server


async def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    app = server.sse_app(host="127.0.0.1")
    running = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    print(port, flush=True)
    await running.serve(sockets=[listener])


asyncio.run(main())
