"""kill -9 under load, two hundred times: the limit holds, and whatever the server saw is on record.

`python bench/kill.py [TIMES]` prints the counts, and ends with 1 where a promise was broken.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from enforce.audit.verify import verify

SERVER = """
import json, os, sys
seen = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
for line in sys.stdin:
    message = json.loads(line)
    os.write(seen, (json.dumps(message["id"]) + "\\n").encode())
    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": {"content": []}}), flush=True)
"""
IN_FLIGHT = 32


def policy(most: int) -> dict[str, object]:
    """At most so many calls."""
    limit = {"counter": "all", "window": "day", "max": most}
    return {"version": "1", "default": "allow", "all_tools": {"limits": [limit]}}


def one_round(folder: Path, number: int, chance: random.Random) -> int:
    """Send calls to a fresh proxy and kill it at some moment; how many answers came."""
    own = [
        "--policy",
        str(folder / "policy.json"),
        "--audit",
        str(folder / "audit.jsonl"),
        "--state",
        str(folder / "state.db"),
    ]
    server = [sys.executable, "-c", SERVER, str(folder / "seen")]
    proxy = subprocess.Popen(
        [sys.executable, "-m", "enforce", "stdio", *own, "--", *server],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert proxy.stdin
    assert proxy.stdout
    for call in range(IN_FLIGHT):
        message = {
            "jsonrpc": "2.0",
            "id": f"{number}-{call}",
            "method": "tools/call",
            "params": {"name": "x"},
        }
        proxy.stdin.write(json.dumps(message).encode() + b"\n")
    proxy.stdin.flush()
    wanted = chance.randrange(IN_FLIGHT)
    for _ in range(wanted):
        proxy.stdout.readline()
    time.sleep(chance.random() * 0.003)
    proxy.kill()
    proxy.communicate()
    return wanted


def main() -> int:
    """Run the rounds and compare what was promised with what happened."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    most = times * IN_FLIGHT // 2
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "policy.json").write_text(json.dumps(policy(most)))
        chance = random.Random(1)
        answers = sum(one_round(folder, number, chance) for number in range(times))
        damages = verify(folder / "audit.jsonl").damages
        lines = [line for file in folder.glob("audit*.jsonl") for line in file.read_text().splitlines()]
        seen = [json.loads(line) for line in (folder / "seen").read_text().splitlines()]
    records = [json.loads(line) for line in lines]
    allowed = {record["jsonrpc.request.id"] for record in records if record.get("outcome") == "allow"}
    unrecorded = set(seen) - allowed
    print(
        f"{times} times killed, {answers} answers taken, {len(records)} records, {len(damages)} damages in the log"
    )
    print(
        f"limit {most}: {len(allowed)} allowed, {len(seen)} reached the server, {len(unrecorded)} of them unrecorded"
    )
    return int(
        bool(damages or unrecorded or len(allowed) > most or len(seen) > most or len(seen) != len(set(seen)))
    )


if __name__ == "__main__":
    sys.exit(main())
