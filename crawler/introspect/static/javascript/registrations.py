"""What a call may register a tool with, and what tells it from other calls."""

from dataclasses import dataclass

from crawler.introspect.static.javascript.expressions import Expressions
from crawler.introspect.static.javascript.operators import LIST_METHOD
from crawler.introspect.static.javascript.values import (
    Action,
    Attribute,
    Class,
    External,
    Function,
    Made,
    Zod,
    plain,
    text,
)
from crawler.introspect.static.unknown import Unknown, Value
from crawler.tools import Json

#: Packages whose tools an agent calls in its own process; no server lists them.
_FOREIGN = (
    "ai",
    "@ai-sdk/",
    "langchain",
    "@langchain/",
    "openai",
    "@openai/",
    "@anthropic-ai/",
    "@google/",
    "commander",
)


@dataclass(kw_only=True)
class Found:
    """A tool that the source registers."""

    definition: dict[str, Json]
    file: str
    line: int
    certainty: float
    #: Whether it was only given to a function of the package that is called like one of the SDKs'.
    remembered: bool = False


@dataclass(kw_only=True)
class Registration:
    """A call that may register a tool, as the reader met it."""

    owner: Value
    #: The class in whose method the call stands.
    inside: Class | None
    args: list[Value]
    #: The source text of the first argument, for schemas that are imported from the SDK.
    first: str
    file: str
    line: int
    #: Whether it stands inside an `if`.
    conditional: bool


def parts_of(item: Value) -> dict[str, Value]:
    """What a tool is made of, where a function of the framework may have been given it."""
    item = plain(item.args[0]) if isinstance(item, Made) and item.args else plain(item)
    return item if isinstance(item, dict) else {}


def shown(reader: Expressions, target: Value, key: str) -> bool:
    value = reader.get(target, key)
    return value is not None and not isinstance(value, Unknown | Attribute)


def may_be_callback(value: Value) -> bool:
    return isinstance(value, Function | Action | Attribute | Unknown | Made | External) and not isinstance(
        value, Class
    )


def is_foreign(owner: Value) -> bool:
    while isinstance(owner, Made | Attribute):
        owner = owner.what if isinstance(owner, Made) else owner.owner
    if not isinstance(owner, External):
        return False
    return any(
        owner.package == name or (name[-1] == "/" and owner.package.startswith(name)) for name in _FOREIGN
    )


def is_list_request(value: Value) -> bool:
    """Whether it is the method's name, or the schema of its requests, however much of that the source shows."""
    if text(value) == LIST_METHOD:
        return True
    if isinstance(value, Made):
        return any(isinstance(arg, dict) and is_list_method(arg.get("method")) for arg in value.args)
    return isinstance(value, Zod) and value.shape is not None and is_list_method(value.shape.get("method"))


def is_list_method(value: Value) -> bool:
    return isinstance(value, Zod) and value.schema.get("const") == LIST_METHOD
