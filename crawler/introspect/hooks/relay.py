"""Runs inside an installer's sandbox: a port on its loopback that leads to the outlet's socket, and nowhere else."""

import os
import select
import socket
import sys
import threading

PORT = 3128
_CHUNK = 1 << 16


def main(path: str, command: list[str]) -> None:
    """Relay in a child, become the command."""
    listener = socket.create_server(("127.0.0.1", PORT), backlog=128)
    if os.fork() == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        while True:
            guest, _ = listener.accept()
            threading.Thread(target=relay, args=(guest, path), daemon=True).start()
    listener.close()
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


def relay(guest: socket.socket, path: str) -> None:
    """Carry the bytes of one connection."""
    with guest, socket.socket(socket.AF_UNIX) as outlet:
        try:
            outlet.connect(path)
            facing = {guest: outlet, outlet: guest}
            while True:
                for side in select.select([guest, outlet], [], [])[0]:
                    chunk = side.recv(_CHUNK)
                    if not chunk:
                        return
                    facing[side].sendall(chunk)
        except OSError:
            return


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
