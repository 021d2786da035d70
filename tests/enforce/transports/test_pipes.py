"""Pipes that are full, torn, or none at all: whatever a client gives as standard streams, and whoever stops to read."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.enforce.transports.running import ALLOW, call
from tests.enforce.transports.test_faults import resident

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")


def write_until_stuck(descriptor: int, data: bytes) -> bytes:
    """Write until the pipe takes no more; what is left."""
    os.set_blocking(descriptor, False)
    left = memoryview(data)
    while left and select.select([], [descriptor], [], 0.5)[1]:
        left = left[os.write(descriptor, left[: select.PIPE_BUF]) :]
    return bytes(left)


def lines_of(*messages: Any) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in messages)


def test_both_sides_full_at_once_go_on_once_somebody_reads(proxy: Callable[..., Any]) -> None:
    """The client says a megabyte before it reads, the server as well: nothing is lost, and nothing is stuck."""
    gate = proxy()
    said = [call(id, "echo", text="x" * 100_000) for id in range(1, 11)]
    gate.call("first", "echo")
    left = write_until_stuck(gate.process.stdin.fileno(), lines_of(call(0, "flood", times=100), *said))
    assert left
    news = [gate.receive() for _ in range(100)]
    assert {each.get("method") for each in news} == {"notifications/message"}
    answers = []
    while len(answers) < 11:
        left = write_until_stuck(gate.process.stdin.fileno(), left) if left else left
        answers.append(gate.receive()["id"])
    assert answers == list(range(11))
    assert gate.end()[0] == 0


@LINUX
def test_a_server_that_says_much_to_a_client_that_does_not_read_costs_no_memory(proxy: Callable[..., Any]) -> None:  # fmt: skip
    """What it says waits in its own pipe, and all of it arrives."""
    gate = proxy()
    gate.send(call(0, "flood", times=5_000))
    first = gate.receive()
    select.select([], [], [], 0.5)
    assert resident(gate.process.pid) < 50
    assert [first, *(gate.receive() for _ in range(4_999))] == [first] * 5_000
    assert gate.receive()["id"] == 0
    assert resident(gate.process.pid) < 50


@LINUX
@pytest.mark.parametrize("options", [[], ["--sse"]], ids=["new transport", "two endpoints"])
def test_a_client_that_says_much_to_a_server_that_takes_nothing_costs_no_memory(tmp_path: Path, options: list[str]) -> None:  # fmt: skip
    """Over HTTP, too, it has to wait: what it says is not heaped up for the server."""
    (tmp_path / "policy.json").write_text(json.dumps(ALLOW))
    own = ["--policy", "policy.json", "--audit", "audit.jsonl", "--state", "state.db"]
    said = {
        "jsonrpc": "2.0",
        "method": "notifications/progress",
        "params": {"progressToken": 1, "progress": 1},
    }
    said["params"]["message"] = "x" * 1_000_000
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        taking = threading.Thread(target=_take_nothing, args=(server, stop))
        taking.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/sse"
        command = [sys.executable, "-m", "enforce", "stdio", *own, *options, "--upstream", address]
        environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
        gate = subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert gate.stdin
        left = write_until_stuck(gate.stdin.fileno(), lines_of(*[said] * 100))
        memory = resident(gate.pid)
        gate.kill()
        gate.communicate()
        stop.set()
        socket.create_connection(server.getsockname()).close()
        taking.join()
    assert left
    assert memory < 150


def _take_nothing(server: socket.socket, stop: threading.Event) -> None:
    """Open the stream of a server with two endpoints, and read nothing more of anybody."""
    with ExitStack() as held:
        while not stop.is_set():
            connection = held.enter_context(server.accept()[0])
            if connection.recv(4, socket.MSG_PEEK) == b"GET ":
                connection.recv(65_536)
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nevent: endpoint\ndata: /said\n\n"
                )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_a_proxy_that_waits_for_its_client(proxy: Callable[..., Any], number: int) -> None:
    """The client reads nothing, and the server has much to say."""
    gate = proxy(hasty=True)
    gate.send(call(0, "flood", times=1000))
    gate.receive()
    gate.process.send_signal(number)
    assert gate.process.wait(30) == 128 + number


def test_a_signal_ends_a_proxy_that_waits_for_its_server(proxy: Callable[..., Any]) -> None:
    """Neither side reads."""
    gate = proxy(hasty=True)
    gate.call("first", "echo")
    calls = [call(id, "echo", text="x" * 100_000) for id in range(1, 11)]
    assert write_until_stuck(gate.process.stdin.fileno(), lines_of(call(0, "flood", times=1000), *calls))
    gate.process.send_signal(signal.SIGTERM)
    assert gate.process.wait(30) == 128 + signal.SIGTERM


@pytest.mark.parametrize("kind", ["one pair", "two pairs"])
def test_a_client_may_give_sockets(proxy: Callable[..., Any], kind: str) -> None:
    """As clients on Node do; large messages pass as well, and the end of one direction is that direction's alone."""
    ours, theirs = socket.socketpair()
    ours_too, theirs_too = (ours, theirs) if kind == "one pair" else socket.socketpair()
    gate = proxy(streams={"stdin": theirs, "stdout": theirs_too})
    theirs.close(), theirs_too.close()
    answers = ours_too.makefile("rb")
    for id, size in enumerate((10, 3_000_000, 20)):
        ours.sendall(lines_of(call(id, "echo", text="x" * size)))
        answer = json.loads(answers.readline())
        assert (answer["id"], len(answer["result"]["content"][0]["text"])) == (id, size + len('{"text": ""}'))
    ours.sendall(lines_of(*(call(id, "echo") for id in range(20))))
    ours.shutdown(socket.SHUT_WR)
    assert [json.loads(line)["id"] for line in answers] == list(range(20))
    assert gate.process.wait(30) == 0
    for each in (answers, ours, ours_too):
        each.close()


def test_a_file_may_be_the_client(proxy: Callable[..., Any], tmp_path: Path) -> None:
    """From one file into another."""
    (tmp_path / "in").write_bytes(lines_of(*(call(id, "echo", text="x" * 10_000) for id in range(100))))
    with (tmp_path / "in").open("rb") as said, (tmp_path / "out").open("wb") as heard:
        gate = proxy(streams={"stdin": said, "stdout": heard})
        assert gate.process.wait(30) == 0
    assert [json.loads(line)["id"] for line in (tmp_path / "out").read_text().splitlines()] == list(
        range(100)
    )


def test_nothing_may_be_the_client(proxy: Callable[..., Any]) -> None:
    """A proxy that nobody speaks to ends at once."""
    gate = proxy(streams={"stdin": subprocess.DEVNULL})
    assert gate.process.wait(30) == 0


def test_a_terminal_may_be_the_client(proxy: Callable[..., Any]) -> None:
    """A person types a message, reads the answer, and says that this was all."""
    ours, theirs = os.openpty()
    gate = proxy(streams={"stdin": theirs, "stdout": theirs})
    os.close(theirs)
    os.write(ours, lines_of(call(7, "echo")))
    with os.fdopen(os.dup(ours), "rb") as said:
        assert [json.loads(said.readline())["id"] for _ in range(2)] == [
            7,
            7,
        ]  # the terminal shows what is typed
    os.write(ours, b"\x04")
    assert gate.process.wait(30) == 0
    os.close(ours)


def test_a_client_that_reads_no_more_ends_the_proxy(proxy: Callable[..., Any]) -> None:
    """It closes its end while the server speaks, and says nothing itself."""
    gate = proxy()
    gate.send(call(0, "flood", times=100))
    gate.receive()
    gate.process.stdout.close()
    assert gate.process.wait(30) == 0


def test_nobody_needs_to_read_what_a_person_is_told(proxy: Callable[..., Any]) -> None:
    """Standard error is full: the calls go on."""
    reading, writing = os.pipe()
    write_until_stuck(writing, b"x" * 10_000_000)
    os.set_blocking(writing, True)
    gate = proxy(streams={"stderr": writing})
    os.close(writing)
    assert [gate.call(id, "noise")["id"] for id in range(5)] == list(range(5))
    gate.process.stdin.close()
    assert gate.process.wait(30) == 0
    os.close(reading)


def test_nobody_needs_to_listen_to_what_a_person_is_told(proxy: Callable[..., Any]) -> None:
    """Standard error is closed at its other end: the calls go on."""
    reading, writing = os.pipe()
    gate = proxy(streams={"stderr": writing})
    os.close(writing), os.close(reading)
    assert [gate.call(id, "noise")["id"] for id in range(5)] == list(range(5))
    gate.process.stdin.close()
    assert gate.process.wait(30) == 0
