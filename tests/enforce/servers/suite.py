"""A server with what the conformance suite asks for by name, on the official SDK; prints its port."""

import asyncio
import base64
import json
import socket
import zlib
from typing import Annotated, Any

import uvicorn
from mcp.server.mcpserver import Context, MCPServer, RequestStateSecurity
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.prompts.base import Prompt, UserMessage
from mcp.server.streamable_http import EventMessage, EventStore
from mcp.shared.exceptions import MCPError
from mcp.types import (
    MISSING_REQUIRED_CLIENT_CAPABILITY,
    AudioContent,
    Completion,
    CreateMessageRequest,
    CreateMessageRequestParams,
    ElicitRequest,
    ElicitRequestFormParams,
    EmbeddedResource,
    EmptyResult,
    ImageContent,
    InputRequiredResult,
    ListRootsRequest,
    SamplingMessage,
    SetLevelRequestParams,
    SubscribeRequestParams,
    TextContent,
    TextResourceContents,
    UnsubscribeRequestParams,
)
from pydantic import BaseModel, Field, create_model


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


PIXEL = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", bytes.fromhex("00000001000000010802000000"))
    + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
    + chunk(b"IEND", b"")
)
SILENCE = b"RIFF" + (38).to_bytes(4, "little") + b"WAVEfmt " + bytes.fromhex("1000000001000100401f0000803e000002001000") + b"data\2\0\0\0\0\0"  # fmt: skip
IMAGE = ImageContent(type="image", data=base64.b64encode(PIXEL).decode(), mime_type="image/png")
AUDIO = AudioContent(type="audio", data=base64.b64encode(SILENCE).decode(), mime_type="audio/wav")


class Kept(EventStore):
    """Every event, so that a broken stream can be taken up again."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Any]] = []

    async def store_event(self, stream_id: str, message: Any) -> str:
        self.events.append((stream_id, message))
        return str(len(self.events))

    async def replay_events_after(self, last_event_id: str, send_callback: Any) -> str | None:
        last = int(last_event_id) if last_event_id.isdigit() else 0
        if not 0 < last <= len(self.events):
            return None
        stream = self.events[last - 1][0]
        for number, (owner, message) in enumerate(self.events[last:], last + 1):
            if owner == stream and message is not None:
                await send_callback(EventMessage(message, str(number)))
        return stream


server = MCPServer("suite", version="1.0", request_state_security=RequestStateSecurity(keys=[b"k" * 32]))


def text(words: str) -> TextContent:
    return TextContent(type="text", text=words)


def resource(uri: str, words: str, kind: str = "text/plain") -> EmbeddedResource:
    return EmbeddedResource(
        type="resource", resource=TextResourceContents(uri=uri, mime_type=kind, text=words)
    )


@server.tool(description="What the suite calls.")
def test_simple_text() -> str:
    return "This is a simple text response for testing."


@server.tool(description="What the suite calls.")
def test_image_content() -> list[ImageContent]:
    return [IMAGE]


@server.tool(description="What the suite calls.")
def test_audio_content() -> list[AudioContent]:
    return [AUDIO]


@server.tool(description="What the suite calls.")
def test_embedded_resource() -> list[EmbeddedResource]:
    return [resource("test://embedded-resource", "Inside a result.")]


@server.tool(description="What the suite calls.")
def test_multiple_content_types() -> list[TextContent | ImageContent | EmbeddedResource]:
    return [
        text("Several kinds:"),
        IMAGE,
        resource("test://mixed-content-resource", "{}", "application/json"),
    ]


@server.tool(description="What the suite calls.")
async def test_tool_with_logging(ctx: Context) -> str:
    for words in ("started", "going on", "done"):
        await ctx.info(words)
    return "logged"


@server.tool(description="What the suite calls.")
async def test_tool_with_progress(ctx: Context) -> str:
    for done in (0, 50, 100):
        await ctx.report_progress(progress=done, total=100)
    return "moved"


@server.tool(description="What the suite calls.")
async def test_sampling(prompt: str, ctx: Context) -> str:
    asked = [SamplingMessage(role="user", content=text(prompt))]
    answer = await ctx.session.create_message(
        messages=asked, max_tokens=100, related_request_id=ctx.request_id
    )
    return f"The model said: {getattr(answer.content, 'text', '')}"


async def asked(ctx: Context, message: str, schema: type[BaseModel]) -> str:
    answer = await ctx.elicit(message=message, schema=schema)
    content = answer.data.model_dump_json() if answer.action == "accept" else "{}"
    return f"action={answer.action}, content={content}"


@server.tool(description="What the suite calls.")
async def test_elicitation(message: str, ctx: Context) -> str:
    return await asked(ctx, message, create_model("Reply", response=(str, Field(description="What you say"))))


def choice(default: Any = ..., **schema: Any) -> Any:
    return Field(default=default, json_schema_extra=schema)


Defaults = create_model(
    "Defaults",
    name=(str, "John Doe"),
    age=(int, 30),
    score=(float, 95.5),
    status=(str, choice("active", enum=["active", "inactive", "pending"])),
    verified=(bool, True),
)
LEVELS = [{"const": value, "title": value.title()} for value in ("low", "medium", "high")]
Choices = create_model(
    "Choices",
    untitledSingle=(str, choice(enum=["active", "inactive", "pending"])),
    titledSingle=(str, choice(oneOf=LEVELS)),
    untitledMulti=(list[str], choice(items={"type": "string", "enum": ["read", "write", "execute"]})),
    titledMulti=(list[str], choice(items={"anyOf": LEVELS})),
    legacyEnum=(str, choice(enum=["small", "large"], enumNames=["Small", "Large"])),
)


@server.tool(description="What the suite calls.")
async def test_elicitation_sep1034_defaults(ctx: Context) -> str:
    return await asked(ctx, "Who are you?", Defaults)


@server.tool(description="What the suite calls.")
async def test_elicitation_sep1330_enums(ctx: Context) -> str:
    return await asked(ctx, "Which ones?", Choices)


@server.tool(description="What the suite calls.")
def test_error_handling() -> str:
    raise ToolError("It fails on purpose.")


@server.tool(description="What the suite calls.")
def test_x_mcp_header(region: Annotated[str, choice(**{"x-mcp-header": "Region"})]) -> str:
    return region


@server.tool(description="What the suite calls.")
async def test_missing_capability(ctx: Context) -> str:
    declared = ctx.session.client_capabilities
    if declared is None or declared.sampling is None:
        needed = {"requiredCapabilities": {"sampling": {}}}
        raise MCPError(code=MISSING_REQUIRED_CLIENT_CAPABILITY, message="sampling is needed", data=needed)
    return "fine"


def question(message: str, field: str, kind: str = "string") -> ElicitRequest:
    schema = {"type": "object", "properties": {field: {"type": kind}}, "required": [field]}
    return ElicitRequest(params=ElicitRequestFormParams(message=message, requested_schema=schema))


def prompt(words: str) -> CreateMessageRequest:
    messages = [SamplingMessage(role="user", content=text(words))]
    return CreateMessageRequest(params=CreateMessageRequestParams(messages=messages, max_tokens=50))


def said(ctx: Context, key: str, field: str) -> Any:
    answer = (ctx.input_responses or {}).get(key)
    return (getattr(answer, "content", None) or {}).get(field) if answer is not None else None


@server.tool(description="What the suite calls.")
async def test_input_required_result_elicitation(ctx: Context) -> str | InputRequiredResult:
    if name := said(ctx, "user_name", "name"):
        return f"Hello, {name}!"
    return InputRequiredResult(input_requests={"user_name": question("What is your name?", "name")})


@server.tool(description="What the suite calls.")
async def test_input_required_result_sampling(ctx: Context) -> str | InputRequiredResult:
    if answer := (ctx.input_responses or {}).get("capital_question"):
        return f"The model said: {getattr(getattr(answer, 'content', None), 'text', '')}"
    return InputRequiredResult(input_requests={"capital_question": prompt("What is the capital of France?")})


@server.tool(description="What the suite calls.")
async def test_input_required_result_list_roots(ctx: Context) -> str | InputRequiredResult:
    if answer := (ctx.input_responses or {}).get("client_roots"):
        return f"{len(getattr(answer, 'roots', []))} roots"
    return InputRequiredResult(input_requests={"client_roots": ListRootsRequest()})


@server.tool(description="What the suite calls.")
async def test_input_required_result_request_state(ctx: Context) -> str | InputRequiredResult:
    if said(ctx, "confirm", "ok") is not None and ctx.request_state == "nonce":
        return "state-ok"
    return InputRequiredResult(
        input_requests={"confirm": question("Sure?", "ok", "boolean")}, request_state="nonce"
    )


@server.tool(description="What the suite calls.")
async def test_input_required_result_tampered_state(ctx: Context) -> str | InputRequiredResult:
    if ctx.request_state is not None:
        return "state-ok"
    return InputRequiredResult(
        input_requests={"confirm": question("Sure?", "ok", "boolean")}, request_state="first"
    )


@server.tool(description="What the suite calls.")
async def test_input_required_result_multiple_inputs(ctx: Context) -> str | InputRequiredResult:
    wanted = {
        "user_name": question("What is your name?", "name"),
        "greeting": prompt("Greet."),
        "client_roots": ListRootsRequest(),
    }
    if wanted.keys() <= (ctx.input_responses or {}).keys():
        return "All there."
    return InputRequiredResult(input_requests=wanted, request_state="several")


@server.tool(description="What the suite calls.")
async def test_input_required_result_multi_round(ctx: Context) -> str | InputRequiredResult:
    state = json.loads(ctx.request_state or '{"round": 0}')
    if state["round"] == 2 and (colour := said(ctx, "step2", "color")):
        return f"{state['name']} likes {colour}."
    if state["round"] == 1 and (name := said(ctx, "step1", "name")):
        following = json.dumps({"round": 2, "name": name})
        return InputRequiredResult(
            input_requests={"step2": question("And the colour?", "color")}, request_state=following
        )
    first = json.dumps({"round": 1})
    return InputRequiredResult(
        input_requests={"step1": question("What is your name?", "name")}, request_state=first
    )


@server.tool(description="What the suite calls.")
async def test_input_required_result_capabilities(ctx: Context) -> InputRequiredResult:
    can = ctx.client_capabilities
    wanted: dict[str, Any] = {}
    if can is None or can.sampling is not None:
        wanted["sample"] = prompt("Say hello.")
    if can is None or can.elicitation is not None:
        wanted["ask"] = question("What is your name?", "name")
    return InputRequiredResult(input_requests=wanted, request_state="gated")


@server.tool(description="What the suite calls.")
def json_schema_2020_12_tool() -> str:
    return "schema"


server._tool_manager._tools["json_schema_2020_12_tool"].parameters = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {"address": {"$anchor": "addressDef", "type": "object", "properties": {"street": {"type": "string"}, "city": {"type": "string"}}}},
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}  # fmt: skip


@server.tool(description="What the suite calls.")
async def test_reconnection(ctx: Context) -> str:
    await ctx.close_sse_stream()
    await asyncio.sleep(0.2)
    return "back again"


@server.tool(description="What the suite calls.")
async def test_trigger_tool_change(ctx: Context) -> str:
    server.add_tool(lambda: "", name="test_passing_tool")
    server.remove_tool("test_passing_tool")
    await ctx.notify_tools_changed()
    return "changed"


@server.tool(description="What the suite calls.")
async def test_trigger_prompt_change(ctx: Context) -> str:
    server.add_prompt(Prompt.from_function(lambda: "", name="test_passing_prompt", description="passing"))
    server.remove_prompt("test_passing_prompt")
    await ctx.notify_prompts_changed()
    return "changed"


@server.resource("test://static-text")
def static_text() -> str:
    return "Text that never changes."


@server.resource("test://static-binary")
def static_binary() -> bytes:
    return PIXEL


@server.resource("test://template/{id}/data")
def template(id: str) -> str:
    return json.dumps({"id": id})


@server.resource("test://watched-resource")
def watched() -> str:
    return "Text that one can watch."


def spoken(*content: Any) -> list[UserMessage]:
    return [UserMessage(role="user", content=each) for each in content]


@server.prompt(description="What the suite gets.")
def test_simple_prompt() -> list[UserMessage]:
    return spoken(text("Say something simple."))


@server.prompt(description="What the suite gets.")
def test_prompt_with_arguments(arg1: str, arg2: str) -> list[UserMessage]:
    return spoken(text(f"Use {arg1!r} and {arg2!r}."))


@server.prompt(description="What the suite gets.")
def test_prompt_with_embedded_resource(resourceUri: str) -> list[UserMessage]:
    return spoken(resource(resourceUri, "Inside a prompt."), text("What do you make of it?"))


@server.prompt(description="What the suite gets.")
def test_prompt_with_image() -> list[UserMessage]:
    return spoken(IMAGE, text("What do you see?"))


@server.prompt(description="What the suite gets.")
async def test_input_required_result_prompt(ctx: Context) -> list[UserMessage] | InputRequiredResult:
    if context := said(ctx, "user_context", "context"):
        return spoken(text(f"Mind this: {context}"))
    return InputRequiredResult(input_requests={"user_context": question("In which context?", "context")})


@server.completion()
async def complete(*_: Any) -> Completion:
    return Completion(values=[], total=0, has_more=False)


async def nothing(*_: Any) -> EmptyResult:
    return EmptyResult()


for method, params in (
    ("logging/setLevel", SetLevelRequestParams),
    ("resources/subscribe", SubscribeRequestParams),
    ("resources/unsubscribe", UnsubscribeRequestParams),
):
    server._lowlevel_server.add_request_handler(method, params, nothing)


async def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    app = server.streamable_http_app(event_store=Kept(), retry_interval=100)
    print(listener.getsockname()[1], flush=True)
    await uvicorn.Server(uvicorn.Config(app, log_level="error")).serve(sockets=[listener])


asyncio.run(main())
