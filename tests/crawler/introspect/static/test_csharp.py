"""How C# servers register tools with the official SDK."""

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
            using ModelContextProtocol.Server;
            [McpServerToolType]
            public static class Tools
            {
                const string Name = "echo_text";

                [McpServerTool(Name = Name, Title = "Echo", ReadOnly = true), Description("Echoes.")]
                public static string Echo([Description("What")] string message, ILogger<Tools> log,
                                          CancellationToken token, int? times = 3) => message;

                [McpServerTool]
                [Description(@"Gets all.")]
                public async Task<string> GetAllItemsAsync(string[] ids) { return ""; }

                public static string Helper() => "";
            }
            """,
            {
                "echo_text": {
                    "name": "echo_text",
                    "title": "Echo",
                    "description": "Echoes.",
                    "annotations": {"readOnlyHint": True},
                    "inputSchema": {
                        "type": "object",
                        "properties": {
                            "message": {"type": "string", "description": "What"},
                            "times": {"type": "integer", "default": 3},
                        },
                        "required": ["message"],
                    },
                },
                "get_all_items": {
                    "name": "get_all_items",
                    "description": "Gets all.",
                    "inputSchema": {
                        "type": "object",
                        "properties": {"ids": {"type": "array", "items": {"type": "string"}}},
                        "required": ["ids"],
                    },
                },
            },
        ),
        (
            """
            using ModelContextProtocol.Protocol;
            class Handlers {
                object List() => new ListToolsResult { Tools = [new Tool { Name = "one", Description = "First." }] };
                object Make() => McpServerTool.Create(Two, new() { Name = "two", Description = "Second." });
            }
            """,
            {
                "one": {"name": "one", "description": "First."},
                "two": {"name": "two", "description": "Second."},
            },
        ),
        ('class Shed { object x = new Tool { Name = "hammer", Description = "heavy" }; }', {}),
        (
            'using ModelContextProtocol.Server; class P { [McpServerPrompt(Name = "p")] string X() => ""; }',
            {},
        ),
    ],
)
def test_a_tool_is_found_where_csharp_code_registers_it(
    source: str, expected: dict[str, Any], definitions: Read
) -> None:
    """A method without a name of its own is listed in snake case, as the SDK does."""
    assert definitions({"Server.cs": source}) == expected


@pytest.mark.parametrize(
    ("version", "name"),
    [("0.1.0-preview.6", "ReadAll"), ("0.2.0-preview.1", "read_all"), ("1.3.0", "read_all")],
)
def test_the_first_releases_of_the_sdk_list_methods_under_their_own_names(
    version: str, name: str, definitions: Read
) -> None:
    """Which release is wanted, the project's file says."""
    files = {
        "Shop.csproj": f'<Project><PackageReference Include="ModelContextProtocol" Version="{version}" /></Project>',
        "Shop.cs": 'class Shop { [McpServerTool] public async Task<string> ReadAllAsync() => ""; }',
    }

    assert set(definitions(files)) == {name}


def test_a_class_or_literal_per_tool_is_found_where_the_server_asks_it_for_its_name(
    definitions: Read,
) -> None:
    """A class that nobody makes is none, and a property of an object is no constant."""
    server = """
        using ModelContextProtocol.Protocol;
        var listed = All().Select(t => new Tool { Name = t.Name, Description = t.Description });
        var options = new Options { Name = "the-server" };
        List<ITool> All() => [new Find(), Count(com)];
        """
    tools = """
        class Find : ITool {
            public string Name => "find";
            public string Description { get; } = "Finds.";
            public string InputSchema => \"\"\"{"type": "object", "properties": {"q": {"type": "string"}}}\"\"\";
        }
        class Forgotten : ITool {
            public string Name => "forgotten";
            public string Description => "Is made by nobody.";
            public string InputSchema => "{}";
        }
        static ToolDef Count(Com com) => new() { Name = "count", Description = "Counts.", InputSchemaJson = "{}", Execute = com.Run };
        static Other No() => new() { Name = "other", Description = "Is no tool." };
        """
    found = definitions({"Server.cs": server, "Tools.cs": tools})

    assert found == {
        "find": {
            "name": "find",
            "description": "Finds.",
            "inputSchema": {"type": "object", "properties": {"q": {"type": "string"}}},
        },
        "count": {"name": "count", "description": "Counts."},
    }
    assert definitions({"Tools.cs": tools}) == {}


@pytest.mark.parametrize(
    ("start", "names"),
    [
        ("builder.WithTools<Shop>();", ["buy"]),
        ("builder.WithTools<Shop>().WithTools<Old>();", ["buy", "sell"]),
        ("builder.WithToolsFromAssembly();", ["buy", "sell"]),
        ("// builder.WithToolsFromAssembly();\nbuilder.WithTools<Shop>();", ["buy"]),
        ("", ["buy", "sell"]),
    ],
)
def test_a_server_that_names_its_classes_takes_no_others(
    start: str, names: list[str], definitions: Read
) -> None:
    """Where it takes all that are marked, or says nothing here, all count."""
    classes = """
        public class Shop { [McpServerTool] public static string Buy() => ""; }
        public class Old { [McpServerTool] public static string Sell() => ""; }
        """
    assert list(definitions({"Program.cs": start, "Tools.cs": classes})) == names


def test_functions_that_a_tool_triggers(definitions: Read) -> None:
    """As Azure Functions marks them, with constants of another file."""
    files = {
        "Names.cs": 'static class Names { public const string Save = "save_" + "note"; }',
        "Notes.cs": """
            class Notes {
                [Function(nameof(Save))]
                public object Save(
                    [McpToolTrigger(Names.Save, "Saves a note.")] ToolInvocationContext context,
                    [McpToolProperty("title", "string", "What it is called.")] string title,
                    [McpToolProperty("stars", "How good it is.", true)] int stars) => title;
            }
            """,
    }
    assert definitions(files) == {
        "save_note": {
            "name": "save_note",
            "description": "Saves a note.",
            "inputSchema": {
                "type": "object",
                "properties": {
                    "title": {"type": "string", "description": "What it is called."},
                    "stars": {"type": "integer", "description": "How good it is."},
                },
                "required": ["stars"],
            },
        }
    }


def test_what_types_of_parameters_hold_is_looked_up(definitions: Read) -> None:
    """Records, classes and enumerations; what the container serves is no parameter, and a name that is not shown no tool."""
    files = {
        "Program.cs": "services.AddSingleton<Store>().AddHttpClient<Net.Client>();",
        "Types.cs": """
            public enum Order { Up, Down }
            public record Page(int Limit, string? After = null);
            public class Query {
                [JsonPropertyName("text"), Description("Words.")] public required string Words { get; set; }
                public Order Order { get; set; }
                public List<Page>? Pages { get; set; }
                [JsonIgnore] public string Seen { get; set; }
                private string Hidden { get; set; }
            }
            """,
        "Tools.cs": """
            class Tools {
                [McpServerTool] public string Find(Store store, Client client, Query query, Order order = Order.Up, string kind = "all", Dictionary<string, string>? more = null) => "";
                [McpServerTool(Name = Computed.Name())] public string Hide() => "";
            }
            """,
    }
    order = {"type": "string", "enum": ["Up", "Down"]}
    page = {
        "type": "object",
        "properties": {"limit": {"type": "integer"}, "after": {"type": "string"}},
        "required": ["limit"],
    }
    found = definitions(files)

    assert list(found) == ["find"]
    assert found["find"]["inputSchema"] == {
        "type": "object",
        "properties": {
            "query": {
                "type": "object",
                "properties": {
                    "text": {"type": "string", "description": "Words."},
                    "order": order,
                    "pages": {"type": "array", "items": page},
                },
                "required": ["text"],
            },
            "order": order,
            "kind": {"type": "string", "default": "all"},
            "more": {"type": "object"},
        },
        "required": ["query"],
    }
