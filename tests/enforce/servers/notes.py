"""A server on the official SDK with a handful of tools: what the gate is put in front of."""

import sys

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError

print("notes server starts", file=sys.stderr)
server = MCPServer("notes", version="1.0", instructions="Keeps notes.")
notes: list[str] = []


@server.tool()
def echo(text: str) -> str:
    """Give the text back."""
    return text


@server.tool()
def add_note(text: str) -> int:
    """Keep a note."""
    notes.append(text)
    return len(notes)


@server.tool()
def delete_notes() -> int:
    """Delete every note."""
    count = len(notes)
    notes.clear()
    return count


@server.tool()
def pay(amount: float) -> str:
    """Pay an amount."""
    return f"paid {amount}"


@server.tool()
def broken() -> str:
    """Always fail."""
    raise ToolError("it is broken")


@server.tool()
async def ask(ctx: Context) -> str:
    """Count to three, telling the progress."""
    for step in range(3):
        await ctx.report_progress(step, 3)
    return "done"


@server.resource("note://first")
def first() -> str:
    """The first note."""
    return notes[0] if notes else "none"


@server.prompt()
def summarise() -> str:
    """A prompt."""
    return "Summarise the notes."


if __name__ == "__main__":
    server.run()
