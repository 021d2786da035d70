"""How Java servers register tools: the official SDK, Spring AI and Quarkus."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

Read = Callable[[Mapping[str, str]], dict[str, Any]]

NOTHING: dict[str, Any] = {"type": "object", "properties": {}}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            """
            import org.springframework.ai.tool.annotation.Tool;
            class Weather {
                static final String NAME = "get_weather";

                @Tool(name = NAME, description = "Gets " + "the weather.")
                public String weather(@ToolParam(description = "Which city") String city,
                                      @ToolParam(required = false) Integer days, ToolContext context) { return ""; }

                @McpTool(description = "Lists cities.", annotations = @McpTool.McpAnnotations(readOnlyHint = true))
                public List<String> cities() { return null; }

                public String helper(String x) { return x; }
            }
            """,
            {
                "get_weather": {
                    "name": "get_weather",
                    "description": "Gets the weather.",
                    "inputSchema": {
                        "type": "object",
                        "properties": {
                            "city": {"type": "string", "description": "Which city"},
                            "days": {"type": "integer"},
                        },
                        "required": ["city"],
                    },
                },
                "cities": {
                    "name": "cities",
                    "description": "Lists cities.",
                    "inputSchema": NOTHING,
                    "annotations": {"readOnlyHint": True},
                },
            },
        ),
        (
            """
            import io.modelcontextprotocol.spec.McpSchema;
            import io.modelcontextprotocol.spec.McpSchema.Tool;
            class Server {
                void start() {
                    server.addTool(new SyncToolSpecification(new McpSchema.Tool("add", "Adds.", schema), handler));
                    var tool = Tool.builder().name("subtract").description("Subtracts.").inputSchema(schema).build();
                    var prompt = new McpSchema.Prompt("greeting", "d", List.of());
                }
            }
            """,
            {
                "add": {"name": "add", "description": "Adds."},
                "subtract": {"name": "subtract", "description": "Subtracts."},
            },
        ),
        (
            """
            import dev.langchain4j.agent.tool.Tool;
            class Calculator { @Tool("Adds") int add(int a, int b) { return a + b; } }
            """,
            {},
        ),
        (
            'class Shop { void f() { new Tool("hammer", "a tool", 3); Tool.builder().name("saw").build(); } }',
            {},
        ),
    ],
)
def test_a_tool_is_found_where_java_code_registers_it(
    source: str, expected: dict[str, Any], definitions: Read
) -> None:
    """Another framework's annotation of the same name makes no tool of a server."""
    assert definitions({"src/main/java/Server.java": source}) == expected
