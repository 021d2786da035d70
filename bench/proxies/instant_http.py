"""The instant upstream over HTTP; prints its port."""

import asyncio
from itertools import count

import httptools
import instant

sessions = count(1)


class Server(asyncio.Protocol):
    """Answers every POST at once."""

    def connection_made(self, transport):
        self.transport, self.parser, self.body = transport, httptools.HttpRequestParser(self), []

    def data_received(self, data):
        self.parser.feed_data(data)

    def on_body(self, data):
        self.body.append(data)

    def on_message_complete(self):
        body, self.body = b"".join(self.body), []
        answer = instant.answer(body)
        if not answer:
            self.transport.write(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n")
            return
        session = b"mcp-session-id: %d\r\n" % next(sessions) if b'"initialize"' in body else b""
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n%bcontent-length: %d\r\n\r\n"
        self.transport.write(head % (session, len(answer)) + answer)


async def main():
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


try:
    import uvloop

    uvloop.run(main())
except ImportError:
    asyncio.run(main())
