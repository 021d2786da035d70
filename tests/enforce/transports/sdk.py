"""What an official client sees of a server, and the policies that change it."""

from typing import Any

from mcp import MCPError, StdioServerParameters
from mcp.client import Client

STRICT = {
    "version": "1",
    "default": "deny",
    "hide": ["delete_notes"],
    "tools": {
        "echo": {},
        "add_note": {"limits": [{"counter": "notes", "window": "minute", "max": 1}]},
        "pay": {"deny_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 100}], "on_deny": "Too much."}]},
    },
}  # fmt: skip


async def transcript(server: StdioServerParameters | str, mode: str) -> list[Any]:
    """Everything that a client sees of a server."""
    seen: list[Any] = []

    async def note(step: Any) -> None:
        try:
            found = await step
            seen.append(found.model_dump(mode="json", by_alias=True))
        except MCPError as error:
            seen.append([error.code, error.message])

    async def progress(*step: Any) -> None:
        seen.append(step)

    async with Client(server, mode=mode) as client:
        seen.append([client.protocol_version, client.instructions, str(client.server_info)])
        for step in (
            client.list_tools(),
            client.list_resources(),
            client.list_prompts(),
            client.list_resource_templates(),
            client.call_tool("echo", {"text": "ünï\u2028 \r\n \U0001f600"}),
            client.call_tool("pay", {"amount": 0.1}),
            client.call_tool("broken", {}),
            client.call_tool("nothing", {}),
            client.call_tool("echo", {"text": 3}),
            client.call_tool("ask", {}, progress_callback=progress),
            client.read_resource("note://first"),
            client.read_resource("note://nothing"),
            client.get_prompt("summarise"),
        ):
            await note(step)
    return seen
