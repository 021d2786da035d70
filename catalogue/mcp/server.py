"""The catalogue as an MCP server: answers one message at a time, in both eras of the protocol, and keeps no session."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import jsonschema_rs
from msgspec import Struct

from catalogue.database import told
from catalogue.machine.lookup import Unclear
from catalogue.mcp.tools import QUESTIONS, Catalogue, Question
from crawler.mcp.jsonrpc import INVALID_PARAMS, INVALID_REQUEST, Id, Message, Refused, encode, parse

HANDSHAKE_VERSIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
MODERN_VERSIONS = ("2026-07-28",)

METHOD_NOT_FOUND = -32601
UNSUPPORTED_VERSION = -32022

#: How long a client may keep our list, in milliseconds: it changes with a release of Tollhouse only.
TTL_MS = 3_600_000
#: Characters of the longest answer; no question about honest servers comes near it.
LARGEST = 200_000

INSTRUCTIONS = (
    "Ask check_server before connecting an MCP server, and check_stack before combining several. "
    "No answer ever means that a server is safe; it tells what its definitions show."
)

_VERSION_KEY = "io.modelcontextprotocol/protocolVersion"
_INFO_KEY = "io.modelcontextprotocol/serverInfo"


class Answer(Struct, frozen=True, kw_only=True):
    """What goes back for one message."""

    body: bytes
    #: The code of the protocol's error; `None` for a result.
    code: int | None = None


class RegistryServer:
    """Answers messages from what the catalogue knows; any number of clients may share one."""

    def __init__(
        self, catalogue: Catalogue, *, version: str, faults: tuple[type[Exception], ...] = ()
    ) -> None:
        """*faults* are what the catalogue raises while its database is away."""
        self._catalogue = catalogue
        self._faults = faults
        self._info = {"name": "tollhouse", "title": "Tollhouse catalogue", "version": version}
        self._questions = {question.name: question for question in QUESTIONS}
        self._checks = {
            question.name: jsonschema_rs.validator_for(question.definition()["inputSchema"])
            for question in QUESTIONS
        }

    def answers(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """The line to send back for each line that wants one."""
        for line in lines:
            if line.strip() and (reply := self.answer(line)) is not None:
                yield reply

    def answer(self, data: bytes) -> bytes | None:
        """The encoded reply to one message, whose envelope tells its era, or `None` for one that wants none."""
        said = self.respond(data, _has_envelope)
        return said.body if said is not None else None

    def respond(self, data: bytes, is_modern: Callable[[Message], bool]) -> Answer | None:
        """The answer to one message of the era that *is_modern* tells; it may raise Refused, which is then the answer."""
        try:
            message = parse(data)
            modern = is_modern(message)
            if modern:
                _check_version(message)
            if message.kind != "request":
                return None
            result = self._result(message, modern)
            return Answer(body=encode({"jsonrpc": "2.0", "id": message.id, "result": result}))
        except Refused as error:
            return _fault(error.id, {"code": error.code, "message": str(error)})
        except _Unsupported as error:
            return _fault(error.id, error.fault)

    def _result(self, message: Message, modern: bool) -> dict[str, Any]:
        match message.method:
            case "initialize" if not modern:
                return self._initialized(message.params)
            case "ping" if not modern:
                return {}
            case "server/discover" if modern:
                return self._discovered()
            case "tools/list":
                return self._listed(modern)
            case "tools/call":
                return self._called(message)
        raise Refused(METHOD_NOT_FOUND, f"there is no method {message.method}", message.id)

    def _initialized(self, params: Mapping[str, Any]) -> dict[str, Any]:
        wanted = params.get("protocolVersion")
        return {
            "protocolVersion": wanted if wanted in HANDSHAKE_VERSIONS else HANDSHAKE_VERSIONS[-1],
            "capabilities": {"tools": {}},
            "serverInfo": self._info,
            "instructions": INSTRUCTIONS,
        }

    def _discovered(self) -> dict[str, Any]:
        return {
            "resultType": "complete",
            "supportedVersions": list(MODERN_VERSIONS),
            "capabilities": {"tools": {}},
            "instructions": INSTRUCTIONS,
            "ttlMs": TTL_MS,
            "cacheScope": "public",
            "_meta": {_INFO_KEY: self._info},
        }

    def _listed(self, modern: bool) -> dict[str, Any]:
        tools = {"tools": [question.definition() for question in QUESTIONS]}
        return (
            {**tools, "resultType": "complete", "ttlMs": TTL_MS, "cacheScope": "public"} if modern else tools
        )

    def _called(self, message: Message) -> dict[str, Any]:
        name = message.params["name"]
        question = self._questions.get(name)
        if question is None:
            raise Refused(INVALID_PARAMS, f"Unknown tool: {name}", message.id)
        given = message.params.get("arguments", {})
        faults = [
            f"{error.instance_path}: {error.message}" for error in self._checks[name].iter_errors(given)
        ]
        if faults:
            return _said(f"The arguments do not fit: {'; '.join(faults[:5])}", error=True)
        return self._asked(question, given)

    def _asked(self, question: Question, given: Mapping[str, Any]) -> dict[str, Any]:
        try:
            found = question.answer(self._catalogue, given)
        except Unclear as error:
            return _said(_sound(str(error)), error=True)
        except self._faults as error:
            return _said(f"The catalogue cannot be read: {_sound(told(error))}", error=True)
        text = _sound(json.dumps(found, ensure_ascii=False, separators=(",", ":")))
        if len(text) > LARGEST:
            long = f"The answer has {len(text)} characters, more than the {LARGEST} that an agent is given"
            return _said(f"{long}; whoever wrote the definitions may want that.", error=True)
        return {**_said(text), "structuredContent": json.loads(text)}


class _Unsupported(Exception):
    def __init__(self, message: Message, version: Any) -> None:
        super().__init__(version)
        self.id = message.id
        self.fault = {
            "code": UNSUPPORTED_VERSION,
            "message": "Unsupported protocol version",
            "data": {"supported": list(MODERN_VERSIONS), "requested": version},
        }


def _has_envelope(message: Message) -> bool:
    """Whether the message carries the envelope of the era without a handshake."""
    meta = message.params.get("_meta")
    if isinstance(meta, dict) and _VERSION_KEY in meta:
        return True
    if message.method == "server/discover":
        raise Refused(INVALID_REQUEST, f"the request lacks _meta {_VERSION_KEY}", message.id)
    return False


def _check_version(message: Message) -> None:
    meta = message.params.get("_meta")
    version = meta.get(_VERSION_KEY) if isinstance(meta, dict) else None
    if version not in MODERN_VERSIONS:
        raise _Unsupported(message, version)


def _fault(id: Id | None, fault: dict[str, Any]) -> Answer:
    return Answer(body=encode({"jsonrpc": "2.0", "id": id, "error": fault}), code=fault["code"])


def _sound(text: str) -> str:
    """The text with a question mark for each half of a surrogate pair, which no strict reader of JSON takes."""
    return text.encode("utf-8", "replace").decode()


def _said(text: str, *, error: bool = False) -> dict[str, Any]:
    """A tool's result that clients of both eras accept."""
    return {"resultType": "complete", "content": [{"type": "text", "text": text}], "isError": error}
