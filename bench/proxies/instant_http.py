"""The instant upstream over HTTP; prints its port."""

import asyncio
import json

import httptools


class Server(asyncio.Protocol):
    """Answers every POST at once."""

    def connection_made(self, transport):
        self.transport, self.parser, self.body = transport, httptools.HttpRequestParser(self), b""

    def data_received(self, data):
        self.parser.feed_data(data)

    def on_body(self, data):
        self.body += data

    def on_message_complete(self):
        message, self.body = json.loads(self.body), b""
        text = message["params"]["arguments"]["text"][:64]
        result = {"content": [{"type": "text", "text": text}]}
        answer = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode()
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(
            answer
        )
        self.transport.write(head + answer)


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
