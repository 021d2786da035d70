"""What the strict parser takes, what it refuses, and that it never changes a value."""

import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.mcp.jsonrpc import Bounds, Message, Refused, encode, parse


def call(params: str) -> bytes:
    return b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":%s}' % params.encode()


def argument(value: str) -> bytes:
    return call('{"name":"a","arguments":{"n":' + value + "}}")


def test_a_tool_call_is_read_as_a_request() -> None:
    """The whole message, with the bytes to forward."""
    line = b'{ "jsonrpc": "2.0", "id": 7, "method": "tools/call",\r"params": {"name": "echo", "arguments": {"n": 1.50}} }'
    assert parse(line) == Message(
        kind="request",
        id=7,
        method="tools/call",
        body={
            "jsonrpc": "2.0",
            "id": 7,
            "method": "tools/call",
            "params": {"name": "echo", "arguments": {"n": 1.5}},
        },
        encoded=b'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"echo","arguments":{"n":1.5}}}',
    )


@pytest.mark.parametrize(
    ("line", "kind", "id"),
    [
        (b'{"jsonrpc":"2.0","method":"notifications/initialized"}', "notification", None),
        (b'{"jsonrpc":"2.0","id":"1","method":"ping"}', "request", "1"),
        (b'{"jsonrpc":"2.0","id":1,"result":{}}', "response", 1),
        (b'{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}}', "response", None),
        (b'{"jsonrpc":"2.0","error":{"code":-32700,"message":"x"}}', "response", None),
        (b'{"jsonrpc":"2.0","id":2,"error":{"code":1,"message":"x","data":[1]}}', "response", 2),
    ],
)
def test_the_kind_and_the_id_are_told(line: bytes, kind: str, id: str | int | None) -> None:
    """Requests, notifications and responses are told apart, and ids keep their type."""
    message = parse(line)
    assert (message.kind, message.id) == (kind, id)


NOT_STRICT_JSON = [
    b"",
    b"{}x",
    b"\xef\xbb\xbf" + call("{}"),
    b"Starting server...",
    call('{"name":"a","arguments":{"n":NaN}}'),
    call('{"name":"a","arguments":{"n":Infinity}}'),
    call('{"name":"a","arguments":{"n":01}}'),
    call('{"name":"a","arguments":{"n":1,}}'),
    call('{"name":"a","arguments":{"n":"\\ud800"}}'),
    call('{"name":"a","arguments":{"n":"\\udc00\\ud800"}}'),
    call('{"name":"a\tb"}'),
    call('{"name":"a"}').replace(b'"a"', b'"\xff"'),
    call('{"name":"a"}').replace(b'"a"', b'"\xed\xa0\x80"'),
    call('{"name":"a"}').replace(b'"a"', b'"\xc0\x80"'),
    call('{"name":"a"} // c'),
    call("{'name':'a'}"),
]

INVALID_REQUESTS = [
    b"[]",
    b"1",
    b'"x"',
    b"[" + call('{"name":"a"}') + b"]",
    b'{"id":1,"method":"ping"}',
    b'{"jsonrpc":"1.0","id":1,"method":"ping"}',
    b'{"jsonrpc":2.0,"id":1,"method":"ping"}',
    b'{"jsonrpc":"2.0","id":1}',
    b'{"jsonrpc":"2.0"}',
    b'{"jsonrpc":"2.0","id":1,"method":7}',
    b'{"jsonrpc":"2.0","id":1,"method":""}',
    *(
        b'{"jsonrpc":"2.0","id":%s,"method":"ping"}' % id
        for id in (b"null", b"true", b"1.0", b"1e3", b"[]", b"{}", b"9007199254740992", b"-9007199254740992")
    ),
    b'{"jsonrpc":"2.0","id":"%s","method":"ping"}' % (b"x" * 1001),
    b'{"jsonrpc":"2.0","id":1,"method":"tools/call","result":{},"params":{"name":"a"}}',
    b'{"jsonrpc":"2.0","id":1,"method":"ping","error":{"code":1,"message":""}}',
    b'{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":""}}',
    b'{"jsonrpc":"2.0","result":{}}',
    b'{"jsonrpc":"2.0","id":true,"error":{"code":1,"message":""}}',
    b'{"jsonrpc":"2.0","id":1,"result":[]}',
    b'{"jsonrpc":"2.0","id":1,"error":{"code":"1","message":""}}',
    b'{"jsonrpc":"2.0","id":1,"error":null}',
    b'{"jsonrpc":"2.0","id":1,"method":"ping","METHOD":"tools/call"}',
    b'{"jsonrpc":"2.0","id":1,"method":"ping","param\xc5\xbf":{}}',
    b'{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}',
    b'{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}',
    b'{"jsonrpc":"2.0","id":1,"method":"ping","met\\u0068od":"tools/call"}',
    call('{"name":"danger","name":"safe"}'),
    call('{"name":"a","arguments":{"n":1,"n":1}}'),
    call('{"name":"a","arguments":{"l":[{"n":1,"n":":"}]}}'),
    call('{"name":"a","arguments":{"x":"\\u003a","n":1,"n":1}}'),
    call('{"name":"a","arguments":{"x:":1,"x\\u003A":1}}'),
    call('{"name":"a","arguments":{"":1,"":2}}'),
    call('{"name":"a","arguments":{"n":1e400}}'),
    call('{"name":"a","arguments":{"n":1e4001111111111111111}}'),
    call('{"name":"a","arguments":{"n":0E-99999999999999999999}}'),
    call('{"name":"a","arguments":{"n":-1E+309}}'),
    call('{"name":"a","arguments":{"n":1.8e308}}'),
    call('{"name":"a","arguments":{"n":1e-400}}'),
    call('{"name":"a","arguments":{"n":0.%s}}' % ("1" * 1000)),
    argument("1" * 1200),
    argument("[" * 99 + "]" * 99),
    argument("[" * 100_000 + "]" * 100_000),
    argument("[" + ",".join(["{}"] * 100_001) + "]"),
    argument("{" + ",".join(f'"{n}":0' for n in range(100_001)) + "}"),
    argument("[" + ",".join(["0"] * 1_000_002) + "]"),
    argument('"' + "x" * 10_000_000 + '"'),
]

INVALID_PARAMS = [
    b'{"jsonrpc":"2.0","id":1,"method":"tools/call"}',
    call("null"),
    call("[]"),
    call('"x"'),
    call("{}"),
    call('{"name":1}'),
    call('{"name":["a"]}'),
    call('{"name":"a","arguments":"{}"}'),
    call('{"name":"a","arguments":[]}'),
    call('{"name":"danger","NAME":"safe"}'),
    call('{"name":"a","argument\u017f":{}}'),
    call('{"name":"a","x":1,"X":2}'),
    call('{"name":"a","reque\u017ftState":"x"}'),
    call('{"name":"safe","name_":"danger"}'),
    call('{"name":"safe","name\\r":"danger"}'),
    call('{"name":"safe","\ufeffname":"danger"}'),
    call('{"name":"safe","na\u200bme":"danger"}'),
    call('{"name":"pay","arguments":{"n":1},"_arguments":{"n":1000}}'),
]


@pytest.mark.parametrize(
    ("code", "line"),
    [(-32700, line) for line in NOT_STRICT_JSON]
    + [(-32600, line) for line in INVALID_REQUESTS]
    + [(-32602, line) for line in INVALID_PARAMS],
    ids=lambda value: repr(value[:60]) if isinstance(value, bytes) else None,
)
def test_what_two_readers_could_read_differently_is_refused(code: int, line: bytes) -> None:
    """Every message that some reader takes otherwise, or that costs too much, is refused with the protocol's code."""
    with pytest.raises(Refused) as refused:
        parse(line)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("line", "encoded"),
    [
        (call('{"arguments":null,"name":"a"}'), call('{"name":"a"}')),
        (b'{"jsonrpc":"2.0","method":"x","params":null,"id":1}', b'{"jsonrpc":"2.0","method":"x","id":1}'),
        (b'{"jsonrpc":"2.0","method":"x","params":{}}', b'{"jsonrpc":"2.0","method":"x","params":{}}'),
    ],
)
def test_null_is_no_arguments(line: bytes, encoded: bytes) -> None:
    """Some clients write null where they have none; the server gets none."""
    assert parse(line).encoded == encoded


def test_a_refused_request_keeps_its_id() -> None:
    """The answer can be matched to its request wherever the id was readable."""
    with pytest.raises(Refused) as refused:
        parse(call('{"name":"a","arguments":{"n":1,"n":2}}'))
    assert (refused.value.id, str(refused.value)) == (1, "an object names the same key twice")


@pytest.mark.parametrize(
    ("line", "id"),
    [
        (b'{"jsonrpc":"2.0","id":7,"method":"x","params":{"t":"%s"}}', 7),
        (b'{"method":"x","params":{"t":"%s"},"jsonrpc":"2.0","id":"a-1"}', "a-1"),
        (b'{"method":"x","id":0,"params":{"t":"%s"}}', 0),
        (b'{"params":{"id":1,"t":"%s","id":2},"method":"x"}', None),
        (b'{"params":{"t":"%s,\\"id\\":3}', None),
        (b'{"params":{"t":"%s"},"id":1.5}', None),
        (b'{"params":{"t":"%s"},"id":true}', None),
    ],
)
def test_the_id_of_a_message_too_large_is_salvaged(line: bytes, id: str | int | None) -> None:
    """A request that is too large to read is still answered under its own id, and never under another's."""
    with pytest.raises(Refused) as refused:
        parse(line % (b"x" * 1000), Bounds(bytes=1000))
    assert refused.value.id == id


@pytest.mark.parametrize("value", [b"NaN", b"1e999", b'"\xff"', b'"\\ud800"', b"1" * 2000 + b".5"])
def test_the_id_of_what_is_no_json_is_salvaged(value: bytes) -> None:
    with pytest.raises(Refused) as refused:
        parse(b'{"jsonrpc":"2.0","id":"a","method":"x","params":{"t":%s}}' % value)
    assert refused.value.id == "a"


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("1.50", 1.5),
        ("-0.0", -0.0),
        ("1e5", 100000.0),
        ("0.1", 0.1),
        ("0.10000000000000000001", Decimal("0.10000000000000000001")),
        ("9007199254740993", 9007199254740993),
        ("123456789012345678901234567890", 123456789012345678901234567890),
        ("9007199254740993.0", Decimal("9007199254740993.0")),
        ("5e-324", 5e-324),
        ("1.7976931348623157e308", 1.7976931348623157e308),
    ],
)
def test_a_number_keeps_its_value(literal: str, value: object) -> None:
    """What is forwarded is the number that was written, whatever a double can hold."""
    message = parse(argument(literal))
    number = message.params["arguments"]["n"]
    again = json.loads(message.encoded, parse_float=Decimal, parse_int=Decimal)["params"]["arguments"]["n"]
    assert (number, type(number), again) == (value, type(value), Decimal(literal))


@pytest.mark.parametrize(
    "character", ["\r", "\n", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x00"]
)
def test_a_line_is_one_line_to_every_reader(character: str) -> None:
    """No reader finds the end of a line inside a message that was encoded."""
    line = encode({"text": f"a{character}b", "é": character})
    assert len(line.decode().splitlines()) == 1
    assert json.loads(line) == {"text": f"a{character}b", "é": character}


def test_bounds_can_be_set() -> None:
    """A caller's own bounds hold instead of the usual ones."""
    parse(call('{"name":"a"}'), Bounds(bytes=100, depth=2))
    with pytest.raises(Refused, match="larger than 50 bytes"):
        parse(call('{"name":"a"}'), Bounds(bytes=50))
    with pytest.raises(Refused, match="nested more than 1 deep"):
        parse(call('{"name":"a"}'), Bounds(depth=1))


def test_a_text_full_of_punctuation_is_no_structure() -> None:
    """Colons, brackets, commas and quotation marks inside a text count for nothing."""
    text = ':[{,"\\' * 200_000
    message = parse(encode({"jsonrpc": "2.0", "id": 1, "method": "m", "params": {"text": text}}))
    assert message.params == {"text": text}


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), VALUES), st.booleans())
def test_every_value_survives(arguments: dict[str, object], ascii: bool) -> None:
    """Reading and encoding again gives the same JSON, however it was escaped."""
    body = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "x", "arguments": arguments},
    }
    message = parse(json.dumps(body, ensure_ascii=ascii).encode())
    assert message.body == body
    assert json.loads(message.encoded) == body
    assert parse(message.encoded) == message


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No input raises anything but Refused."""
    for line in (data, b'{"jsonrpc":"2.0","id":1,"method":"x","params":' + data + b"}"):
        with suppress(Refused):
            parse(line)


def strict(data: bytes) -> object:
    """A plain, slow reader that refuses duplicate keys: what the fast one must agree with."""

    def pairs(members: list[tuple[str, object]]) -> dict[str, object]:
        if len(dict(members)) != len(members):
            raise ValueError
        return dict(members)

    return json.loads(data, object_pairs_hook=pairs)


KEYS = st.sampled_from(['"a"', '"b"', '"a:"', '"a\\u003a"', '"\\u0061"', '":"', '"\\u003A"'])
TEXTS = st.recursive(
    st.sampled_from(["1", '":"', '"\\u003a"', '"\\\\u003a"', "[]", '"\\":"']),
    lambda inner: st.lists(st.tuples(KEYS, inner), max_size=4).map(
        lambda members: "{" + ",".join(f"{key}:{value}" for key, value in members) + "}"
    ),
    max_leaves=12,
)


@given(TEXTS)
def test_duplicates_are_found_exactly(value: str) -> None:
    """Colons in texts, escaped or not, neither hide a duplicate key nor make one up."""
    line = argument(value)
    try:
        expected: object = strict(line)
    except ValueError:
        expected = None
    try:
        assert parse(line).body == expected
    except Refused:
        assert expected is None
