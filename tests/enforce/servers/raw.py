"""A server in a few lines that starts at once and misbehaves on demand; it notes each call in the file SEEN first."""

import json
import os
import signal
import subprocess
import sys

seen = os.open(os.environ["SEEN"], os.O_WRONLY | os.O_APPEND | os.O_CREAT) if "SEEN" in os.environ else None


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def answer(id: object, result: object) -> None:
    say(json.dumps({"jsonrpc": "2.0", "id": id, "result": result}))


def call(id: object, name: str, arguments: dict[str, object]) -> None:
    if seen is not None:
        os.write(seen, f"{json.dumps(id)} {name}\n".encode())
    if name == "noise":
        say("Listening on port 80\n\n{not json}")
    elif name == "die":
        say('{"jsonrpc":"2.0","id":')
        os._exit(7)
    elif (
        name == "leave"
    ):  # a program that it has started stays, with its streams, until nobody speaks to them
        subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stderr=subprocess.DEVNULL)
        answer(id, {"content": []})
        os._exit(7)
    elif name == "close":
        os.close(1)
        return
    elif name == "silent":
        return
    elif name == "nan":  # which many a server says, and is no JSON
        answer(id, {"content": [], "structuredContent": {"x": float("nan")}})
        return
    elif name == "spoof":
        answer("nobody", {"content": []})
    elif name == "batch":
        say(json.dumps([{"jsonrpc": "2.0", "id": id, "result": {}}]))
    elif name == "flood":  # which says much before it reads on
        news = {
            "jsonrpc": "2.0",
            "method": "notifications/message",
            "params": {"level": "info", "data": "x" * 10_000},
        }
        for _ in range(int(str(arguments["times"]))):
            say(json.dumps(news))
    elif name == "token":  # which is none
        params = {"progressToken": [], "progress": 1}
        say(json.dumps({"jsonrpc": "2.0", "method": "notifications/progress", "params": params}))
    elif name == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    answer(id, {"content": [{"type": "text", "text": json.dumps(arguments)}]})


def main() -> None:
    for line in sys.stdin:
        message = json.loads(line)
        if message.get("method") == "tools/call":
            call(message["id"], message["params"]["name"], message["params"].get("arguments", {}))
        elif "id" in message and "method" in message:
            answer(message["id"], {})
    while os.environ.get("STAY"):
        signal.pause()


main()
