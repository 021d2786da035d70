"""The least that an HTTP proxy in Python does: relay bodies, parsing and encoding each, judging nothing; prints its port."""

import asyncio
import json
import sys
from typing import ClassVar

import httptools


class Upstream(asyncio.Protocol):
    """A connection to the upstream; takes one request at a time."""

    idle: ClassVar[list] = []

    def __init__(self, port):
        self.head = (
            b"POST /mcp HTTP/1.1\r\nhost: 127.0.0.1:%d\r\ncontent-type: application/json\r\ncontent-length: "
            % port
        )
        self.client = None

    def connection_made(self, transport):
        self.transport, self.parser, self.body = transport, httptools.HttpResponseParser(self), []

    def data_received(self, data):
        self.parser.feed_data(data)

    def on_body(self, data):
        self.body.append(data)

    def on_message_complete(self):
        body = json.dumps(json.loads(b"".join(self.body))).encode()
        self.body, self.parser = [], httptools.HttpResponseParser(self)
        self.client.transport.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
            % (len(body), body)
        )
        self.idle.append(self)


class Server(asyncio.Protocol):
    """A connection of a client."""

    idle: ClassVar[list] = Upstream.idle
    port = int(sys.argv[1])
    tasks: ClassVar[set] = set()

    def connection_made(self, transport):
        self.transport, self.parser, self.body = transport, httptools.HttpRequestParser(self), []

    def data_received(self, data):
        self.parser.feed_data(data)

    def on_body(self, data):
        self.body.append(data)

    def on_message_complete(self):
        body, self.body = json.dumps(json.loads(b"".join(self.body))).encode(), []
        if self.idle:
            self.ask(self.idle.pop(), body)
        else:
            task = asyncio.ensure_future(self.connect(body))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def connect(self, body):
        loop = asyncio.get_running_loop()
        self.ask((await loop.create_connection(lambda: Upstream(self.port), "127.0.0.1", self.port))[1], body)

    def ask(self, upstream, body):
        upstream.client = self
        upstream.transport.write(b"%s%d\r\n\r\n%s" % (upstream.head, len(body), body))


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
