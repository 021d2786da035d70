"""A JSON-RPC message that was read, and how large it may be."""

from typing import Any, Literal

from msgspec import Struct

#: A JSON value as the decoder gives it. A number is an `int`, a `float` where a double carries it exactly as it was
#: written, and a `Decimal` otherwise, so that encoding it again never changes its value.
Json = Any
Id = str | int


class Bounds(Struct, frozen=True, kw_only=True):
    """How large a message may be; whatever exceeds a bound is refused whole."""

    bytes: int = 10_000_000
    #: Objects and arrays inside one another.
    depth: int = 100
    #: Members of objects, and objects and arrays, together.
    keys: int = 100_000
    #: Values in arrays.
    items: int = 1_000_000
    #: Characters of one number.
    digits: int = 1_000


DEFAULT_BOUNDS = Bounds()


Kind = Literal["request", "notification", "response"]


class Message(Struct, frozen=True, kw_only=True):
    """One JSON-RPC message that passed every check."""

    kind: Kind
    #: `None` for a notification, and for an error response that names no request.
    id: Id | None
    #: Empty for a response.
    method: str
    #: The parsed object. Whoever changes it must encode it again; `encoded` is what was judged.
    body: dict[str, Json]
    #: The body as one line of JSON without its newline: these bytes are forwarded, never those received.
    encoded: bytes

    @property
    def params(self) -> dict[str, Json]:
        """The message's parameters; empty where it has none."""
        params: dict[str, Json] = self.body.get("params", {})
        return params
