"""An upstream that answers at once, so that only the way to it is measured; it parses and encodes as any server does."""

import json
import os

HELLO = {
    "protocolVersion": "2025-11-25",
    "capabilities": {"tools": {}},
    "serverInfo": {"name": "x", "version": "1"},
}


def answer(line: bytes) -> bytes:
    """The answer to one call: its text, cut to what a short answer would be."""
    message = json.loads(line)
    if "id" not in message:
        return b""
    if message["method"] == "tools/call":
        text = message["params"]["arguments"]["text"][:64]
        result = {"content": [{"type": "text", "text": text}]}
    else:
        result = HELLO if message["method"] == "initialize" else {"tools": []}
    return json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode() + b"\n"


def main() -> None:
    """Answer each line until the input ends."""
    rest = b""
    while data := os.read(0, 65_536):
        *lines, rest = (rest + data).split(b"\n")
        if lines:
            os.write(1, b"".join(map(answer, lines)))


if __name__ == "__main__":
    main()
