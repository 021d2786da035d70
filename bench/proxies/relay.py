"""The least that a proxy in Python does: relay lines both ways in one thread, parsing and encoding each, judging nothing."""

import json
import os
import select
import subprocess
import sys


def main() -> None:
    """Relay to the command given as arguments, until either side ends."""
    child = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    targets = {0: child.stdin.fileno(), child.stdout.fileno(): 1}
    rests = dict.fromkeys(targets, b"")
    ready = select.poll()
    for source in targets:
        ready.register(source, select.POLLIN)
    while True:
        for source, _ in ready.poll():
            data = os.read(source, 65_536)
            if not data:
                return
            *lines, rests[source] = (rests[source] + data).split(b"\n")
            if lines:
                os.write(targets[source], b"".join(map(encoded_anew, lines)))


def encoded_anew(line: bytes) -> bytes:
    """What one line says, in the encoder's own spelling."""
    return json.dumps(json.loads(line)).encode() + b"\n"


main()
