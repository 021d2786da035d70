"""How Ruby servers register tools: the official SDK and fast-mcp."""

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
            class FindNote < MCP::Tool
              tool_name "find_note"
              description <<~TEXT
                Finds a note
                by its words.
              TEXT
              input_schema(properties: { words: { type: "string" } }, required: ["words"])
              annotations(read_only_hint: true, title: "Find")
              def self.call(words:) = nil
            end

            class CountNotes < MCP::Tool
              description "Counts" " them."
            end

            class BaseTool < MCP::Tool
            end
            """,
            {
                "find_note": {
                    "name": "find_note",
                    "description": "Finds a note\nby its words.",
                    "inputSchema": {
                        "type": "object",
                        "properties": {"words": {"type": "string"}},
                        "required": ["words"],
                    },
                    "annotations": {"readOnlyHint": True, "title": "Find"},
                },
                "count_notes": {"name": "count_notes", "description": "Counts them."},
            },
        ),
        (
            """
            class Greet < ApplicationTool
              description "Greets."
              arguments do
                required(:name).filled(:string).description("Who")
                optional(:times).maybe(:integer)
              end
            end
            """,
            {
                "Greet": {
                    "name": "Greet",
                    "description": "Greets.",
                    "inputSchema": {
                        "type": "object",
                        "properties": {
                            "name": {"type": "string", "description": "Who"},
                            "times": {"type": "integer"},
                        },
                        "required": ["name"],
                    },
                }
            },
        ),
        (
            """
            tool = MCP::Tool.define(name: "one", description: "First.") { |x| x }
            server.define_tool(name: "two", title: "Two", input_schema: { properties: { a: { type: "array" } } }) { }
            server.define_prompt(name: "no") { }
            """,
            {
                "one": {"name": "one", "description": "First."},
                "two": {
                    "name": "two",
                    "title": "Two",
                    "inputSchema": {"type": "object", "properties": {"a": {"type": "array"}}},
                },
            },
        ),
        ('class Hammer < Tool\n  description "heavy"\nend\nTool.new(name: "saw")', {}),
    ],
)
def test_a_tool_is_found_where_ruby_code_registers_it(
    source: str, expected: dict[str, Any], definitions: Read
) -> None:
    """A class counts by what it inherits; one without anything of a tool is an ancestor."""
    assert definitions({"lib/server.rb": source}) == expected


TABLE = """
    module Tools
      def self.all
        [
          { name: "find", description: "Finds.", inputSchema: { type: "object", properties: { q: { type: "string" } }, required: ["q"] } },
          entry(name: "count", description: "Counts " \\
                                           "all.", annotations: { read_only_hint: true }, input_schema: { properties: {} }),
          { name: "no tool", description: "Has no schema." }
        ]
      end
    end
    """


@pytest.mark.parametrize(
    "server",
    [
        'case method when "tools/list" then answer(Tools.all) end',
        "Tools.all.map { |one| MCP::Tool.define(name: one[:name], description: one[:description]) { run } }",
        "Tools.all.map { |one| Class.new(MCP::Tool) { tool_name one[:name] } }",
    ],
)
def test_a_table_of_tools_is_read_where_the_server_makes_its_tools_of_one(
    server: str, definitions: Read
) -> None:
    """It answers by itself, or names a tool by what the source does not show in that place."""
    assert definitions({"tools.rb": TABLE}) == {}
    assert definitions({"tools.rb": TABLE, "server.rb": server}) == {
        "find": {
            "name": "find",
            "description": "Finds.",
            "inputSchema": {"type": "object", "properties": {"q": {"type": "string"}}, "required": ["q"]},
        },
        "count": {
            "name": "count",
            "description": "Counts all.",
            "inputSchema": {"type": "object", "properties": {}},
            "annotations": {"readOnlyHint": True},
        },
    }


def test_parts_of_a_schema_that_methods_return(definitions: Read) -> None:
    """Of methods that return a hash and do nothing else; a property stays one where its schema is not shown."""
    source = """
        class Find < MCP::Tool
          input_schema(properties: { query: text, order: computed(1), deep: again }, required: ["query"])
          description "Finds."
          def text
            { type: "string", minLength: 1 }
          end
          def again
            { type: "object", properties: { one: again, two: again } }
          end
        end
        """
    assert definitions({"find.rb": source})["find"]["inputSchema"] == {
        "type": "object",
        "properties": {
            "query": {"type": "string", "minLength": 1},
            "order": {},
            "deep": {"type": "object", "properties": {"one": {}, "two": {}}},
        },
        "required": ["query"],
    }


def test_a_class_that_says_its_name_by_a_method(definitions: Read) -> None:
    """Which goes before the SDK's rule; where the method works something out, the name is not known."""
    source = """
        class Status < MCP::Tool
          description "Tells how it is."
          def self.tool_name
            "server_status"
          end
        end
        class Short < MCP::Tool
          def self.tool_name = "short"
          def self.description = "Is short."
        end
        class Computed < MCP::Tool
          description "Is called what a run says."
          def self.tool_name
            PREFIX + name.downcase
          end
        end
        """
    assert definitions({"tools.rb": source}) == {
        "server_status": {"name": "server_status", "description": "Tells how it is."},
        "short": {"name": "short", "description": "Is short."},
    }
