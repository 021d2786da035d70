"""Runs as the first process of a watched sandbox: starts the server, and notes what it does besides answering.

It is the name server of the sandbox, where no name exists. It binds that port, gives up every privilege, and only
then starts the server. Where a service is played to the server, each name leads to that, and the ports of the web are bound
for it too. One line on its socket ends the run and brings the report.
"""

import ctypes
import fcntl
import itertools
import json
import math
import os
import re
import resource
import select
import signal
import socket
import struct
import sys
import time
from contextlib import suppress
from typing import Any

_PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _PR_SET_DUMPABLE = 24, 38, 47, 4
_TICK = 0.05
#: Seconds in which the report may still be asked for when the server has ended. Until we end, its streams stay open.
_GRACE = 2.0
_WEB = (80, 443)
#: A record of the question's name: an address, good for a minute, four bytes long, and that of loopback.
_HERE = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x7f\0\0\x01"
_MOST = 200
#: Characters of one thing that is told, and entries of folders that are looked at.
_MOST_TEXT, _MOST_LOOKED_AT = 300, 20_000
#: Written by nearly every program, and telling nothing.
_DULL = (".pyc", ".lock")


def main(wish: dict[str, Any], command: list[str]) -> None:
    """Watch the command until asked to report."""
    names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    names.bind(("127.0.0.1", 53))
    web = [socket.create_server(("127.0.0.1", port)) for port in _WEB] if wish["stub"] else []
    control = socket.socket(fileno=wish["control"])
    # Whoever held it too could tell what it likes.
    control.set_inheritable(False)
    drop_privileges(wish["user"])
    for limit, value in wish["limits"].items():
        resource.setrlimit(getattr(resource, limit), (value, value))
    server = start(command, web)
    seen: dict[str, set[str]] = {"host": set(), "process": set()}
    # From here on nobody reads this process's memory or descriptors through /proc.
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    ends = math.inf
    while True:
        ready, _, _ = select.select([names, control], [], [], _TICK)
        if names in ready:
            note_question(names, seen["host"], found=wish["stub"])
        if control in ready:
            break
        note_processes(seen["process"], server)
        if server in reap():
            ends = time.monotonic() + _GRACE
        if time.monotonic() > ends:
            return
    report = {
        **{kind: sorted(what) for kind, what in seen.items()},
        "listen": listening(),
        "file": [*written(wish["folders"]), *changed(wish["copied"])],
    }
    told = {kind: [text[:_MOST_TEXT] for text in what[:_MOST]] for kind, what in report.items()}
    control.sendall(json.dumps(told).encode() + b"\n")


def drop_privileges(user: int | None) -> None:
    """Become a user without any capability, for good."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in range(64):
        libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    libc.prctl(_PR_CAP_AMBIENT, 4, 0, 0, 0)
    header, none = struct.pack("Ii", 0x20080522, 0), bytes(24)
    if libc.capset(header, none) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def start(command: list[str], given: list[socket.socket]) -> int:
    """Start the server with our three streams, which we then let go of, and with these sockets after them."""
    child = os.fork()
    if child == 0:
        # First each to where none of them is to be.
        kept = [fcntl.fcntl(one.fileno(), fcntl.F_DUPFD, 256) for one in given]
        for place, descriptor in enumerate(kept, 3):
            os.dup2(descriptor, place)
            os.close(descriptor)
        os.closerange(3 + len(kept), 256)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    for one in given:
        one.close()
    return child


def note_question(names: socket.socket, hosts: set[str], *, found: bool) -> None:
    """Note which name was asked for, and answer that it does not exist, or that it is here."""
    question, sender = names.recvfrom(4096)
    host = question_name(question)
    if host is None:
        return
    if len(hosts) < _MOST:
        hosts.add(host)
    nowhere = question[:2] + b"\x81\x83" + question[4:6] + bytes(6) + question[12:]
    with suppress(OSError):
        names.sendto(here(question) if found else nowhere, sender)


def here(question: bytes) -> bytes:
    """The answer that a name is the loopback's, which has no address of the newer kind; a question cut short has none either."""
    end = question.find(b"\0", 12) + 5
    records = [_HERE] if question[end - 4 : end - 2] == b"\0\x01" else []
    counts = struct.pack(">HHHH", 1, len(records), 0, 0)
    return question[:2] + b"\x81\x80" + counts + question[12:end] + b"".join(records)


def question_name(packet: bytes) -> str | None:
    """The first name in a query; `None` where there is none."""
    labels, position = [], 12
    while position < len(packet) and (length := packet[position]):
        labels.append(packet[position + 1 : position + 1 + length].decode("ascii", "replace"))
        position += length + 1
    return ".".join(labels).lower() or None


def note_processes(programs: set[str], server: int) -> None:
    """Note which programs run besides the server itself, and its children that are about to become another."""
    own = command_line(server)
    for entry in os.listdir("/proc"):  # noqa: PTH208 - starts fast
        if not entry.isdigit() or int(entry) in (1, server) or len(programs) >= _MOST:
            continue
        words = command_line(int(entry))
        if words[0] and words != own:
            programs.add(b" ".join(words[:4]).decode("utf-8", "replace").strip())


def command_line(process: int) -> list[bytes]:
    """The words by which a process was started, as far as it tells."""
    try:
        with open(f"/proc/{process}/cmdline", "rb") as file:  # noqa: PTH123 - starts fast
            return file.read(4096).split(b"\0")
    except OSError:
        return [b""]


def reap() -> set[int]:
    """Bury the dead, as the first process must; who they were."""
    dead = set[int]()
    with suppress(ChildProcessError):
        while process := os.waitpid(-1, os.WNOHANG)[0]:
            dead.add(process)
    return dead


def listening() -> list[str]:
    """Addresses and ports that accept connections."""
    found = set()
    for family, path in ((socket.AF_INET, "/proc/net/tcp"), (socket.AF_INET6, "/proc/net/tcp6")):
        try:
            with open(path, encoding="ascii") as file:  # noqa: PTH123 - the same
                lines = file.read().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            local, state = line.split()[1], line.split()[3]
            if state == "0A":
                found.add(_address(family, local))
    return sorted(found)


def _address(family: int, text: str) -> str:
    packed, port = bytes.fromhex(text.split(":")[0]), int(text.split(":")[1], 16)
    # The kernel prints each group of four bytes in the machine's order.
    words = [
        packed[place : place + 4][:: -1 if sys.byteorder == "little" else 1]
        for place in range(0, len(packed), 4)
    ]
    host = socket.inet_ntop(family, b"".join(words))
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def written(roots: list[str]) -> list[str]:
    """Files below these folders, which were empty when the server started but for what is mounted there."""
    found: list[str] = []
    looked_at, mounted = 0, mount_points()
    for root in roots:
        waiting = [root]
        while waiting and len(found) < _MOST and looked_at < _MOST_LOOKED_AT:
            folder = waiting.pop()
            entries = listed(folder)
            looked_at += len(entries)
            own = [entry for entry in entries if entry.path not in mounted]
            waiting += [entry.path for entry in reversed(own) if is_folder(entry)]
            shown = "~" + folder[len(root) :] if root.startswith("/home") else folder
            found += [
                f"{shown}/{entry.name}"
                for entry in own
                if not is_folder(entry) and not entry.name.endswith(_DULL)
            ]
    return found


def changed(copies: list[list[str]]) -> list[str]:
    """Files below these folders that are others than in the folders that they are copies of."""
    found: list[str] = []
    looked_at = 0
    for copy, original in copies:
        waiting = [""]
        while waiting and len(found) < _MOST and looked_at < _MOST_LOOKED_AT:
            inner = waiting.pop()
            entries = listed(copy + inner)
            looked_at += len(entries)
            waiting += [f"{inner}/{entry.name}" for entry in reversed(entries) if is_folder(entry)]
            files = [f"{inner}/{entry.name}" for entry in entries if not is_folder(entry)]
            found += [
                copy + file
                for file in files
                if not file.endswith(_DULL) and version(copy + file) != version(original + file)
            ]
    return found


def version(path: str) -> tuple[int, int] | None:
    """What tells a file from its copy that was written to; `None` where it is gone."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def mount_points() -> set[str]:
    """Where something is mounted: files and folders that are ours, wherever the package lies that brings them."""
    with open("/proc/self/mounts", "rb") as file:  # noqa: PTH123 - starts fast
        places = [line.split(b" ")[1] for line in file.read().splitlines()]
    # The kernel writes spaces and the like as octal numbers.
    return {
        os.fsdecode(re.sub(rb"\\([0-7]{3})", lambda number: bytes([int(number[1], 8)]), place))
        for place in places
    }


def listed(folder: str) -> list["os.DirEntry[str]"]:
    """What is in a folder, as far as that is not too much; nothing in one that is gone, closed, or too deep to be named."""
    try:
        with os.scandir(folder) as entries:
            return sorted(itertools.islice(entries, _MOST_LOOKED_AT), key=lambda entry: entry.name)
    except OSError:
        return []


def is_folder(entry: "os.DirEntry[str]") -> bool:
    """Whether this is a folder, and still there."""
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[2:])
