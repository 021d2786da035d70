"""How Kotlin servers register tools with the official SDK."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from crawler.introspect.static.reading import StaticReading

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
            class Forgotten : BaseTool() {
                override val name = "forgotten"
                override val description = "Is made by nobody."
            }
            class Person : Being() { override val name = "Bob" }
            val all = listOf(Complete(), Person())
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


def test_a_class_per_tool_is_found_where_the_server_answers_by_itself(definitions: Read) -> None:
    """With its schema, as far as it is built of literals; constants are put into texts."""
    files = {
        "Tools.kt": """
            const val PREFIX = "notes"
            class Find(private val store: Store) : NotesTool {
                override val name: String = "${PREFIX}_find"
                override val description: String = "Finds."
                override val inputSchema: JsonObject = buildJsonObject {
                    put("type", "object")
                    put("properties", buildJsonObject {
                        putJsonObject("query") { put("type", "string"); put("minLength", 1); putJsonArray("enum") { add("a"); add("b") } }
                    })
                    put("required", buildJsonArray { add(JsonPrimitive("query")) })
                }
            }
            """,
        "Server.kt": 'class Server { val tools = listOf(Find(store)); fun answer(m: String) = when (m) { "tools/list" -> list() else -> null } }',
    }
    assert definitions(files) == {
        "notes_find": {
            "name": "notes_find",
            "description": "Finds.",
            "inputSchema": {
                "type": "object",
                "properties": {"query": {"type": "string", "minLength": 1, "enum": ["a", "b"]}},
                "required": ["query"],
            },
        }
    }


def test_a_tool_that_is_added_when_another_is_called_is_set_apart(
    reading: Callable[[Mapping[str, str]], StaticReading],
) -> None:
    """An ordinary start does not list it."""
    source = """
        import io.modelcontextprotocol.kotlin.sdk.server.Server
        fun register(server: Server) {
            server.addTool(name = "load", description = "Loads more.") {
                server.addTool(name = "bonus", description = "Is more.") { done() }
                done()
            }
        }
        """
    found = reading({"Server.kt": source})

    assert [tool.name for tool in found.tools] == ["load"]
    assert [tool.name for tool in found.optional] == ["bonus"]


def test_the_arguments_are_those_of_the_call_itself(definitions: Read) -> None:
    """Not those of a call before it in the chain."""
    source = """
        import io.modelcontextprotocol.kotlin.sdk.server.Server
        fun register() { server(name = "other", description = "No.").also(log("x")).addTool(name = "find", description = "Finds.") { } }
        """
    assert definitions({"Server.kt": source}) == {"find": {"name": "find", "description": "Finds."}}


def test_a_schema_in_a_variable_is_that_declared_last(definitions: Read) -> None:
    """Each function has a variable of the same name."""
    source = """
        import io.modelcontextprotocol.kotlin.sdk.Tool
        fun Server.one() {
            val inputSchema = Tool.Input(properties = buildJsonObject { putJsonObject("a") { put("type", "string") } }, required = listOf("a"))
            addTool(name = "one", description = "One.", inputSchema = inputSchema) { }
        }
        fun Server.two() {
            val inputSchema = Tool.Input(properties = buildJsonObject { putJsonObject("b") { put("type", "string") } })
            addTool(name = "two", description = "Two.", inputSchema = inputSchema) { }
        }
        """
    found = definitions({"Server.kt": source})

    assert list(found["one"]["inputSchema"]["properties"]) == ["a"]
    assert list(found["two"]["inputSchema"]["properties"]) == ["b"]
