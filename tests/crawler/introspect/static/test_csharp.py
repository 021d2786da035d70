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
                            "times": {"type": "integer"},
                        },
                        "required": ["message"],
                    },
                },
                "get_all_items": {
                    "name": "get_all_items",
                    "description": "Gets all.",
                    "inputSchema": {
                        "type": "object",
                        "properties": {"ids": {"type": "array"}},
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
