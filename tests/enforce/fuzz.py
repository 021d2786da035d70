"""A longer search than the tests make, led by what the code does with each input: `python tests/enforce/fuzz.py TARGET`.

TARGET is `parser`, `relay` or `policy`; what follows are options of libFuzzer, such as `-max_total_time=1200` and a
folder for inputs that were worth keeping. It needs the package `atheris`, which the tests do not.
"""

import json
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import atheris  # type: ignore[import-not-found]

sys.path.insert(0, str(Path(__file__).parent))
with atheris.instrument_imports(include=["crawler.mcp", "crawler.tools", "enforce"]):
    from test_gate_properties import SNIPPETS, check_session
    from test_hostile_input import SEEDS, check_reading

    from crawler.mcp.jsonrpc import Bounds, Refused, parse

#: Small, so that inputs reach them.
BOUNDS = Bounds(bytes=2_000, depth=8, keys=60, items=60, digits=30)


def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON that names no key twice."""
    found = dict(pairs)
    assert len(found) == len(pairs), "a key twice"
    return found


def exactly(text: bytes) -> Any:
    """What a plain reader makes of a text, numbers as they stand there."""
    return json.loads(text.decode(), object_pairs_hook=distinct, parse_float=Decimal)


def fuzz_parser(data: bytes) -> None:
    """What is accepted means the same to a plain reader, before and after; anything else is refused and nothing worse."""
    for bounds in (BOUNDS, Bounds()):
        try:
            message = parse(data, bounds)
        except Refused:
            continue
        assert exactly(data) == exactly(message.encoded)
        assert parse(message.encoded, bounds).encoded == message.encoded
        assert len(message.encoded.decode().splitlines()) == 1


def fuzz_relay(data: bytes) -> None:
    """Lines of a session; the first byte of each says who sends it."""
    sides = {ord("c"): "client", ord("s"): "server"}
    check_session([(sides[line[0]], line[1:]) for line in data.split(b"\n") if line and line[0] in sides])


def fuzz_policy(data: bytes) -> None:
    """The first byte chooses the format."""
    source = ("p.json", "p.yaml", "p")[data[0] % 3] if data else "p"
    check_reading(data[1:].decode("utf-8", "surrogateescape"), source)


CALL = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"pay","arguments":{"amount":5}}}'
HELLO = b'{"jsonrpc":"2.0","id":2,"method":"initialize","params":{"capabilities":{}}}'
ANSWER = b'{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"echo"},{"name":"hidden"}]}}'
ASKED = b'{"jsonrpc":"2.0","id":"q","method":"sampling/createMessage","params":{}}'
#: What each target begins with.
CORPUS = {
    "parser": [
        CALL,
        HELLO,
        ANSWER,
        ASKED,
        b'{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"\\u003a"}}',
    ],
    "relay": [b"c" + CALL + b"\ns" + ANSWER, b"c" + HELLO + b"\ns" + ASKED + b"\nc" + ANSWER],
    "policy": [bytes([not seed.startswith("{")]) + seed.encode() for seed in SEEDS],
}
TARGETS = {"parser": fuzz_parser, "relay": fuzz_relay, "policy": fuzz_policy}
WORDS = [
    *SNIPPETS,
    b'"arguments":',
    b'"deny_if":',
    b'"limits":',
    b'"require_approval":',
    b"args.n",
    b"1e400",
    b"&a",
    b"*a",
]


def main() -> None:
    """Search until told to stop; an input that breaks a promise is written to a file and ends the search."""
    target, *options = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        seeds = Path(name, "seeds")
        seeds.mkdir()
        for number, seed in enumerate(CORPUS[target]):
            (seeds / str(number)).write_bytes(seed)
        words = Path(name, "words")
        words.write_text("\n".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"' for word in WORDS))
        atheris.Setup([sys.argv[0], f"-dict={words}", *options, str(seeds)], TARGETS[target])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
