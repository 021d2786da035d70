"""How Kotlin servers register tools with the official SDK."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

Read = Callable[[Mapping[str, str]], dict[str, Any]]

NOTHING: dict[str, Any] = {"type": "object", "properties": {}}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            '''
            import io.modelcontextprotocol.kotlin.sdk.Tool
            const val FIND = "find"

            fun register(server: Server) {
                server.addTool(name = FIND, description = """
                    Finds things.
                """.trimIndent(), inputSchema = Tool.Input(properties = buildJsonObject {})) { request -> call(request) }
                server.addTool("forget", "Forgets.") { request -> call(request) }
                server.addPrompt(name = "greeting", description = "no tool") { null }
            }
            ''',
            {
                "find": {"name": "find", "description": "Finds things."},
                "forget": {"name": "forget", "description": "Forgets."},
            },
        ),
        (
            """
            import io.modelcontextprotocol.kotlin.sdk.Tool
            class Complete : BaseTool() {
                override val name = "complete"
                override val description: String
                    get() = "Completes."
            }
            class Person : Being() { override val name = "Bob" }
            fun register(tools: List<BaseTool>) = tools.forEach { server.addTool(it.name, it.description) { } }
            """,
            {"complete": {"name": "complete", "description": "Completes."}},
        ),
        (
            """
            import org.springframework.ai.tool.annotation.Tool
            class Service { @Tool(description = "Says hello.") fun hello(who: String): String = who }
            """,
            {"hello": {"name": "hello", "description": "Says hello."}},
        ),
        ('class Shed { val hammer = Tool(name = "hammer", inputSchema = 3) }', {}),
    ],
)
def test_a_tool_is_found_where_kotlin_code_registers_it(
    source: str, expected: dict[str, Any], definitions: Read
) -> None:
    """Calls, classes per tool and annotations; a class of another kind with a name is none."""
    assert definitions({"Server.kt": source}) == expected


def test_a_schema_that_is_written_out_is_read(definitions: Read) -> None:
    """Objects inside each other, whichever way they are put; what is computed is left out."""
    source = """
        fun register(server: Server) {
            server.addTool(
                name = "find",
                description = "Finds.",
                inputSchema = ToolSchema(
                    properties = buildJsonObject {
                        putJsonObject("query") { put("type", "string"); put("description", "Words.") }
                        put("limit", buildJsonObject { put("type", "integer") })
                        put("other", computed())
                    },
                    required = listOf("query"),
                ),
            ) { request -> CallToolResult(putJsonObject("no") { put("type", "string") }) }
        }
        """
    assert definitions({"Server.kt": source}) == {
        "find": {
            "name": "find",
            "description": "Finds.",
            "inputSchema": {
                "type": "object",
                "properties": {
                    "query": {"type": "string", "description": "Words."},
                    "limit": {"type": "integer"},
                },
                "required": ["query"],
            },
        }
    }
