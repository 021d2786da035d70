"""How Java servers register tools: the official SDK, Spring AI and Quarkus."""

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


BUILDER = """
package shop;
import io.modelcontextprotocol.spec.McpSchema;
class Maker {
    static Maker of(Class<?> result) { return new Maker(result); }
    Maker setName(String name) { this.name = name; return this; }
    McpSchema.Tool build() { return McpSchema.Tool.builder().name(name).inputSchema(schema).build(); }
}
"""


def test_a_builder_of_the_packages_own_makes_tools(
    reading: Callable[[Mapping[str, str]], StaticReading],
) -> None:
    """In one chain or by way of a variable; a class that nobody makes registers nothing."""
    files = {
        "Maker.java": BUILDER,
        "Sell.java": """
            class Sell extends Base {
                static final String NAME = "sell";
                Sell(Api api) {
                    super(Maker.of(Sold.class).setName(NAME).setTitle("Sell").setDescription("Sells.")
                        .addRequiredStringProperty("what", "Which one.").addNumberProperty("count", "How many.").build());
                }
            }
            """,
        "Ask.java": """
            class Ask extends Base {
                Ask(boolean wide) { super(definition(wide)); }
                static Object definition(boolean wide) {
                    var made = Maker.of(Asked.class).setName("ask").setDescription("Asks.");
                    if (wide) { made.addStringProperty("whom", "Who."); }
                    return made.build();
                }
            }
            """,
        "Old.java": 'class Old extends Base { Old() { super(Maker.of(Sold.class).setName("old").build()); } }',
        "Server.java": "class Server { List<Base> all = List.of(new Sell(api), new Ask(true)); }",
    }
    found = reading(files)

    assert {tool.name: tool.definition for tool in found.tools} == {
        "sell": {
            "name": "sell",
            "title": "Sell",
            "description": "Sells.",
            "inputSchema": {
                "type": "object",
                "properties": {
                    "what": {"type": "string", "description": "Which one."},
                    "count": {"type": "number", "description": "How many."},
                },
                "required": ["what"],
            },
        },
        "ask": {"name": "ask", "description": "Asks.", "inputSchema": {"type": "object"}},
    }
    assert [tool.name for tool in found.optional] == ["old"]


def test_a_package_may_be_called_example(definitions: Read) -> None:
    """The folders below `src/main/java` are names of packages, and those above say what is no part of a server."""
    source = """
        public class ReportTools {
            @McpTool(description = "Makes a report.")
            public String generate_report() { return ""; }
        }
        """
    path = "src/main/java/com/example/ReportTools.java"

    assert list(definitions({f"mcp-server/{path}": source})) == ["generate_report"]
    assert definitions({f"examples/{path}": source}) == {}


def test_a_class_per_tool_is_found_where_the_server_asks_it_for_its_name(definitions: Read) -> None:
    """With the SDK's builder or without an SDK; a class that neither the source nor a framework makes is none."""
    tools = """
        public class Find implements Tool {
            public Find(Store store) {}
            @Override public String getName() { return "find"; }
            @Override public String getDescription() { return "Finds."; }
            @Override public String getInputSchema() { return "{\\"type\\": \\"object\\"}"; }
        }
        @Component
        class Count implements Tool {
            public String getName() { return "count"; }
            public String getDescription() { return "Counts."; }
            public JsonNode getInputSchema() { var schema = mapper.createObjectNode(); return schema; }
        }
        class Forgotten implements Tool {
            public String getName() { return "forgotten"; }
            public String getDescription() { return "Is made by nobody."; }
            public String getInputSchema() { return "{}"; }
        }
        """
    by_hand = 'class Server { Object run(String m) { return switch (m) { case "tools/list" -> list(new Find(store)); }; } }'
    by_builder = """
        import io.modelcontextprotocol.spec.McpSchema.Tool;
        class Server { Object one(Find tool) { return Tool.builder().name(tool.getName()).description(tool.getDescription()).build(); } }
        """
    expected = {
        "find": {"name": "find", "description": "Finds.", "inputSchema": {"type": "object"}},
        "count": {"name": "count", "description": "Counts."},
    }
    for server in (by_hand, by_builder):
        assert definitions({"Server.java": server, "Tools.java": tools}) == expected
    assert definitions({"Server.java": by_hand.replace("tools/list", "list"), "Tools.java": tools}) == {}


def test_what_types_of_parameters_hold_is_looked_up(definitions: Read) -> None:
    """Classes, records and enumerations of other files, lists of them too."""
    files = {
        "Query.java": """
            public class Query {
                private static final long serialVersionUID = 1L;
                @JsonProperty(value = "text", required = true) @JsonPropertyDescription("Words.") private String words;
                private Order order;
                private List<Page> pages;
                @JsonIgnore private String seen;
                public enum Order { UP, DOWN }
                public String getWords() { return words; }
            }
            """,
        "Page.java": 'public record Page(@NotNull Integer limit, @ToolParam(description = "After which.") String after) {}',
        "Tools.java": """
            class Tools {
                @Tool(description = "Finds.")
                String find(Query query, Set<String> kinds, @ToolParam(required = false) Order order, ToolContext context) { return ""; }
            }
            """,
    }
    order = {"type": "string", "enum": ["UP", "DOWN"]}
    assert definitions(files)["find"]["inputSchema"] == {
        "type": "object",
        "properties": {
            "query": {
                "type": "object",
                "properties": {
                    "text": {"type": "string", "description": "Words."},
                    "order": order,
                    "pages": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "limit": {"type": "integer"},
                                "after": {"type": "string", "description": "After which."},
                            },
                            "required": ["limit"],
                        },
                    },
                },
                "required": ["text"],
            },
            "kinds": {"type": "array", "items": {"type": "string"}},
            "order": order,
        },
        "required": ["query", "kinds"],
    }


SCHEMA = {
    "type": "object",
    "properties": {
        "query": {"type": "string", "description": "Words."},
        "order": {"type": "string", "enum": ["up", "down"]},
    },
    "required": ["query"],
}


@pytest.mark.parametrize(
    "built",
    [
        """
        Map<String, Object> query = new LinkedHashMap<>();
        query.put("type", "string");
        query.put("description", "Words.");
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("query", query);
        properties.put("order", Map.of("type", "string", "enum", List.of("up", "down")));
        return Tool.builder().name("find").inputSchema(new McpSchema.JsonSchema("object", properties, List.of("query"), null, null, null)).build();
        """,
        """
        ObjectNode schema = mapper.createObjectNode().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        properties.set("query", text("Words."));
        ObjectNode order = properties.putObject("order").put("type", "string");
        order.putArray("enum").add("up").add("down");
        schema.putArray("required").add("query");
        return new Tool("find", "Finds.", schema);
        """,
        """
        return new Tool("find", "Finds.", "{\\"type\\": \\"object\\", \\"properties\\": {\\"query\\": {\\"type\\": \\"string\\", \\"description\\": \\"Words.\\"},"
            + " \\"order\\": {\\"type\\": \\"string\\", \\"enum\\": [\\"up\\", \\"down\\"]}}, \\"required\\": [\\"query\\"]}");
        """,
    ],
)
def test_a_schema_that_a_method_puts_together(built: str, definitions: Read) -> None:
    """Of maps, of nodes of JSON with a helper of the same class, or as a text."""
    source = f"""
        import io.modelcontextprotocol.spec.McpSchema;
        class Tools {{
            Tool find() {{ {built} }}
            ObjectNode text(String description) {{
                ObjectNode made = mapper.createObjectNode();
                made.put("type", "string").put("description", description);
                return made;
            }}
        }}
        """
    assert definitions({"Tools.java": source})["find"]["inputSchema"] == SCHEMA


def test_methods_that_call_each_other_without_end_leave_a_schema_unknown(definitions: Read) -> None:
    """Or maps that hold each other, or far more steps than any schema takes."""
    source = """
        import io.modelcontextprotocol.spec.McpSchema;
        class Tools {
            Tool one() { return Tool.builder().name("one").inputSchema(again(1)).build(); }
            Object again(int n) { return Map.of("type", again(n), "properties", again(n)); }
            Tool two() {
                Map<String, Object> a = new HashMap<>();
                Map<String, Object> b = new HashMap<>();
                a.put("type", b);
                b.put("type", a);
                return Tool.builder().name("two").inputSchema(a).build();
            }
        }
        """
    found = definitions({"Tools.java": source})

    assert {name: entry.keys() for name, entry in found.items()} == {"one": {"name"}, "two": {"name"}}
