"""The one strict parser of JSON-RPC messages: what it reads is read alike by every server, or it is refused."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from functools import cache

import msgspec

from crawler.errors import CrawlerError
from crawler.mcp.message import DEFAULT_BOUNDS as DEFAULT_BOUNDS
from crawler.mcp.message import Bounds as Bounds
from crawler.mcp.message import Id as Id
from crawler.mcp.message import Json as Json
from crawler.mcp.message import Kind as Kind
from crawler.mcp.message import Message as Message

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
INVALID_PARAMS = -32602

REQUEST_KEYS = frozenset({"jsonrpc", "id", "method", "params"})
RESPONSE_KEYS = frozenset({"jsonrpc", "id", "result", "error"})
ENVELOPE_KEYS = REQUEST_KEYS | RESPONSE_KEYS
#: Keys of `params` in the protocol's requests; a key that differs from one of them by case alone is refused.
# fmt: off
PARAMS_KEYS = frozenset({
    "_meta", "argument", "arguments", "capabilities", "clientInfo", "content", "cursor", "inputResponses", "level",
    "message", "method", "model", "name", "notifications", "params", "progress", "progressToken", "protocolVersion",
    "reason", "ref", "requestId", "requestState", "task", "taskId", "total", "uri",
})
# fmt: on

#: Those by which a request is judged: nothing else may pass for one of them, even to who minds neither case nor signs.
JUDGED_KEYS = frozenset({"name", "arguments", "uri", "inputresponses"})

#: Characters of a name with others than ASCII up to which it is said what it looks like: of one, folding can make eighteen.
LONGEST_FOLDED = 1_000

#: Characters of an id; whoever answers has to remember it.
LONGEST_ID = 1_000

#: The largest integer that is an id: JavaScript takes larger ones for one another, and so would mix up their answers.
LARGEST_ID = 2**53 - 1

#: Bytes of a long text that are taken apart at once.
CHUNK = 65_536

#: Bytes up to which counting one of them is quicker than replacing it.
SHORT = 1_000

#: The decimal exponent of the smallest double that is not zero.
SMALLEST_EXPONENT = -324

#: Characters that some readers take for the end of a line, as UTF-8, and the escapes that mean the same.
LINE_ENDS = (
    (b"\xc2\x85", b"\\u0085"),
    (b"\xe2\x80\xa8", b"\\u2028"),
    (b"\xe2\x80\xa9", b"\\u2029"),
)

# Outside of a string no quotation mark follows a backslash, so neither pattern finds its id inside a text.
_MEMBER = rb'\s*"(?:jsonrpc|method)"\s*:\s*"[^"\\]*"\s*,'
_OWN_ID = rb'\s*"id"\s*:\s*(?P<id>-?[1-9]\d{0,14}|0|"[^"\\\x00-\x1f\x7f-\xff]{0,64}")\s*'
_ID_FIRST = re.compile(rb"\s*\{(?:" + _MEMBER + rb"){0,2}" + _OWN_ID + rb"[,}]")
_ID_LAST = re.compile(rb",(?:" + _MEMBER + rb")?" + _OWN_ID + rb"\}\s*$")
#: How peers begin an answer: with it, or with the envelope before it.
_ANSWER_FIRST = re.compile(
    rb'\s*\{(?:\s*"(?:jsonrpc|id)"\s*:\s*(?:"[^"\\]*"|-?\d+)\s*,){0,2}\s*"(?:result|error)"\s*:'
)


class Refused(CrawlerError):
    """A message that is not passed on. `id` is the request's own id where one could be read, else `None`."""

    def __init__(self, code: int, reason: str, id: Id | None = None) -> None:
        super().__init__(code, reason, id)
        self.code = code
        self.reason = reason
        self.id = id

    def __str__(self) -> str:
        return self.reason


_ABSENT = object()
_encoder = msgspec.json.Encoder(decimal_format="number")


def encode(body: Json) -> bytes:
    """One line of JSON in UTF-8 without its newline, free of every character that any reader takes for a line's end."""
    line = _encoder.encode(body)
    return line if line.isascii() else _without_line_ends(line)


def _without_line_ends(line: bytes) -> bytes:
    for raw, escaped in LINE_ENDS:
        line = line.replace(raw, escaped)
    return line


def parse(data: bytes, bounds: Bounds = DEFAULT_BOUNDS) -> Message:
    """Read one message, or raise Refused with the JSON-RPC code and the reason to answer with."""
    size = len(data)
    if (
        size >= SHORT or bounds is not DEFAULT_BOUNDS
    ):  # else it exceeds none of them, but perhaps that of depth
        _check_size(data, bounds)
    try:
        body = _usual_decode(data) if bounds is DEFAULT_BOUNDS else _decoder(bounds.digits).decode(data)
    except (ValueError, RecursionError) as error:
        raise _unreadable(error, data) from error
    except Refused as refused:  # for a number
        raise Refused(refused.code, refused.reason, salvaged_id(data)) from None
    if type(body) is not dict:
        fault = "batches are not accepted" if type(body) is list else "a message must be an object"
        raise Refused(INVALID_REQUEST, fault)
    encoded = _encoder.encode(body)
    # What comes out as it went in had no key twice; of the rest most is short and plain, and is looked at right here.
    # (To ask `in` of bytes raises an error inside, and catches it: `find` takes a fifth of that.)
    if encoded != data and (
        size >= SHORT or data.find(b"\\") >= 0 or data.count(b":") != encoded.count(b":")
    ):
        _check_duplicates(data, encoded, body)
    if size > bounds.digits or (
        size > 2 * bounds.depth and data.count(b"{") + data.count(b"[") > bounds.depth
    ):
        _check_depth_and_digits(body, bounds)
    if not encoded.isascii():
        encoded = _without_line_ends(encoded)
    return _request(body, encoded) if "method" in body else _response(body, encoded)


def _check_size(data: bytes, bounds: Bounds) -> None:
    """Refuse what is too large before it is read."""
    if len(data) > bounds.bytes:
        raise Refused(INVALID_REQUEST, f"the message is larger than {bounds.bytes} bytes", salvaged_id(data))
    if len(data) > bounds.keys:
        _check_counts(data, bounds)


def salvaged_id(data: bytes) -> Id | None:
    """The id of a message that cannot be read, if it stands among the first or last members of the object."""
    found = _ID_FIRST.match(data, 0, 512) or _ID_LAST.search(data, max(0, len(data) - 128))
    return msgspec.json.decode(found["id"]) if found else None


def may_ask(data: bytes) -> bool:
    """Whether a message that cannot be read may be a request, whose id is one of the sender's own, and no answer."""
    return data.find(b'"method"') >= 0 and _ANSWER_FIRST.match(data, 0, 512) is None


def _unreadable(error: ValueError | RecursionError, data: bytes) -> Refused:
    id = salvaged_id(data)
    if isinstance(error, RecursionError):
        return Refused(INVALID_REQUEST, "the message is nested too deeply", id)
    if isinstance(error, UnicodeDecodeError):
        return Refused(PARSE_ERROR, "the message is not valid UTF-8", id)
    return Refused(
        PARSE_ERROR, f"the message is not strict JSON: {error}", id
    )  # every fault that msgspec finds


@cache
def _decoder(digits: int) -> msgspec.json.Decoder[Json]:
    return msgspec.json.Decoder(float_hook=_number_reader(digits))


def _number_reader(digits: int) -> Callable[[str], float | Decimal]:
    """Reads a number with a fraction or an exponent; integers never come here."""

    def read(literal: str) -> float | Decimal:
        if len(literal) > digits:
            raise Refused(INVALID_REQUEST, f"a number has more than {digits} digits")
        number = float(literal)
        shortest = repr(number)
        if shortest == literal:
            return number
        try:
            exact = Decimal(literal)
        except InvalidOperation:  # its exponent has more digits than any number needs
            raise Refused(INVALID_REQUEST, "a number is out of range") from None
        # A double cannot tell these from infinity or zero, which is not the number that a rule would judge.
        if shortest in ("inf", "-inf") or (exact and exact.adjusted() < SMALLEST_EXPONENT):
            raise Refused(INVALID_REQUEST, "a number is out of range")
        return number if Decimal(shortest) == exact else exact

    return read


_usual_decode = _decoder(DEFAULT_BOUNDS.digits).decode


def _check_duplicates(data: bytes, encoded: bytes, body: dict[str, Json]) -> None:
    """Refuse an object that names one key twice.

    The decoder keeps the last of two equal keys, and so loses a colon that the received bytes had; a colon is
    never lost otherwise, unless it was written as an escape.
    """
    if b"\\" in data and b"\\u003" in data:  # one character is found far sooner than six
        duplicated = _has_duplicates(data)
    elif len(data) < SHORT:
        duplicated = data.count(b":") != encoded.count(b":")
    else:
        duplicated = _count(data, b":") != _count(encoded, b":")
    if duplicated:
        raise Refused(INVALID_REQUEST, "an object names the same key twice", _id(body))


def _has_duplicates(data: bytes) -> bool:
    found = False

    def look(pairs: list[tuple[str, Json]]) -> None:
        nonlocal found
        found = found or len({key for key, _ in pairs}) != len(pairs)

    json.loads(data, object_pairs_hook=look)
    return found


def _check_counts(data: bytes, bounds: Bounds) -> None:
    """Refuse, before anything is built, what would cost many times its size in memory."""
    if _keys(data) > bounds.keys or _count(data, b",") > bounds.items:
        structure = _without_strings(data)
        if _keys(structure) > bounds.keys:
            raise Refused(INVALID_REQUEST, f"the message has more than {bounds.keys} keys", salvaged_id(data))
        if _count(structure, b",") > bounds.items:
            raise Refused(
                INVALID_REQUEST, f"the message has more than {bounds.items} values", salvaged_id(data)
            )


def _keys(data: bytes) -> int:
    return sum(_count(data, mark) for mark in (b":", b"{", b"["))


def _count(data: bytes, character: bytes) -> int:
    """How often the character occurs; over a long text, replacing it is ten times as fast as counting it."""
    return data.count(character) if len(data) < SHORT else len(data) - len(data.replace(character, b""))


def _without_strings(data: bytes) -> bytes:
    """What lies outside the quotation marks; a mark inside a string is always escaped."""
    bare = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    outside, inside = [], 0
    for start in range(
        0, len(bare), CHUNK
    ):  # all at once, a million short strings would be a million objects
        parts = bare[start : start + CHUNK].split(b'"')
        outside.append(b"".join(parts[inside::2]))
        inside ^= (len(parts) - 1) & 1
    return b"".join(outside)


def _check_depth_and_digits(body: dict[str, Json], bounds: Bounds) -> None:
    bits = bounds.digits * 10 // 3  # a decimal digit is 3.32 bits
    layer: list[Json] = [body]
    for _ in range(bounds.depth):
        below: list[Json] = []
        for node in layer:
            for value in node.values() if type(node) is dict else node:
                kind = type(value)
                if kind is dict or kind is list:
                    below.append(value)
                elif kind is int and value.bit_length() > bits:
                    raise Refused(
                        INVALID_REQUEST, f"a number has more than {bounds.digits} digits", _id(body)
                    )
        layer = below
        if not layer:
            return
    raise Refused(INVALID_REQUEST, f"the message is nested more than {bounds.depth} deep", _id(body))


def _no_envelope(body: dict[str, Json]) -> Refused:
    if body.get("jsonrpc") != "2.0":
        return _fault(body, 'the message does not say "jsonrpc": "2.0"')
    strange = sorted(body.keys() - ENVELOPE_KEYS)
    return _fault(
        body, f"unknown key {strange[0]!r}" if strange else "it is a request and a response at once"
    )


def _request(body: dict[str, Json], encoded: bytes) -> Message:
    if body.get("jsonrpc") != "2.0" or not REQUEST_KEYS.issuperset(body):
        raise _no_envelope(body)
    method = body["method"]
    if type(method) is not str or not method:
        raise _fault(body, "the method is not a string")
    id = body.get("id")
    if type(id) is not int or not -LARGEST_ID <= id <= LARGEST_ID:
        id = _id(body)
        if id is None and "id" in body:
            raise Refused(INVALID_REQUEST, "an id must be a short string or an integer below 2**53")
    if "params" in body:
        params = body["params"]
        if params is None or (type(params) is dict and params.get("arguments", params) is None):
            return _request(_without_null(body), encode(body))
        if type(params) is not dict:
            raise Refused(INVALID_PARAMS, "params must be an object", id)
        if not PARAMS_KEYS.issuperset(params):
            _check_twins(params, id)
        if method == "tools/call":
            _check_call(params, id)
    elif method == "tools/call":
        raise Refused(INVALID_PARAMS, "tools/call needs params", id)
    kind: Kind = "notification" if id is None else "request"
    return Message(kind=kind, id=id, method=method, body=body, encoded=encoded)


def _without_null(body: dict[str, Json]) -> dict[str, Json]:
    """The body, in place, without parameters or arguments that are null, which some clients write for none."""
    if body["params"] is None:
        del body["params"]
    else:
        del body["params"]["arguments"]
    return body


def _check_call(params: dict[str, Json], id: Id | None) -> None:
    if type(params.get("name")) is not str:
        raise Refused(INVALID_PARAMS, "the tool's name must be a string", id)
    if "arguments" in params and type(params["arguments"]) is not dict:
        raise Refused(INVALID_PARAMS, "arguments must be an object", id)


def _check_twins(keys: Iterable[str], id: Id | None) -> None:
    """Refuse keys that a reader which ignores case would take for one another."""
    seen = {fold(key): key for key in PARAMS_KEYS}
    for key in keys:
        if is_beyond_telling(key):
            raise Refused(INVALID_PARAMS, "a parameter's name is too long", id)
        if seen.setdefault(fold(key), key) != key:
            raise Refused(
                INVALID_PARAMS, f"the key {key!r} differs from {seen[fold(key)]!r} by case alone", id
            )
        if key not in PARAMS_KEYS and (judged := bare(key)) in JUDGED_KEYS:
            raise Refused(INVALID_PARAMS, f"the key {key!r} could be taken for {judged!r}", id)


def bare(key: str) -> str:
    """The letters and digits of a key, without case."""
    return "".join(filter(str.isalnum, fold(key)))


def is_beyond_telling(key: str) -> bool:
    """Whether a name is too long to say what it looks like, and so must not stand where that matters."""
    return len(key) > LONGEST_FOLDED and not key.isascii()


def fold(key: str) -> str:
    """The key as a reader sees it that ignores case, such as the long s (U+017F) for s; as it is where that takes too long."""
    return key if is_beyond_telling(key) else unicodedata.normalize("NFKC", key).casefold()


def _response(body: dict[str, Json], encoded: bytes) -> Message:
    if body.get("jsonrpc") != "2.0" or not RESPONSE_KEYS.issuperset(body):
        raise _no_envelope(body)
    id = body.get("id")
    if type(id) is not int or not -LARGEST_ID <= id <= LARGEST_ID:
        id = _id(body)
    result = body.get("result", _ABSENT)
    if (result is not _ABSENT) == ("error" in body):
        raise _fault(body, "a response has a result or an error, and not both")
    if id is None and (result is not _ABSENT or body.get("id") is not None):
        raise Refused(INVALID_REQUEST, "an id must be a short string or an integer below 2**53")
    if result is _ABSENT:
        if not _is_error(body["error"]):
            raise _fault(body, "the error must have an integer code and a message")
    elif type(result) is not dict:
        raise _fault(body, "the result must be an object")
    return Message(kind="response", id=id, method="", body=body, encoded=encoded)


def _is_error(error: Json) -> bool:
    return type(error) is dict and type(error.get("code")) is int and type(error.get("message")) is str


def _id(body: dict[str, Json]) -> Id | None:
    """The id if it may be one: 1 and "1" are two ids, and true, 1.0, null and very long texts are none."""
    id = body.get("id")
    if type(id) is int:
        return id if -LARGEST_ID <= id <= LARGEST_ID else None
    return id if type(id) is str and len(id) <= LONGEST_ID else None


def _fault(body: dict[str, Json], reason: str) -> Refused:
    return Refused(INVALID_REQUEST, reason, _id(body))
