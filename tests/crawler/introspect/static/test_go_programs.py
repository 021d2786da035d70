"""Go servers whose tools are types, or named by functions, and which parts of a module a program comes to."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from crawler.introspect.static.go import factories, uses
from crawler.introspect.static.reading import StaticReading

Read = Callable[[Mapping[str, str]], dict[str, Any]]
Reading = Callable[[Mapping[str, str]], StaticReading]

TOOLS = """
    package tools

    type FindTool struct { client *Client }

    func NewFindTool(client *Client) *FindTool { return &FindTool{client: client} }

    func (t *FindTool) Name() string { return "find" }
    func (t *FindTool) Description() string { return "Finds." }
    func (t *FindTool) InputSchema() map[string]any {
        return map[string]any{"type": "object", "properties": map[string]any{"q": map[string]any{"type": "string"}}}
    }

    type DropTool struct{}

    func NewDropTool() *DropTool { return &DropTool{} }

    func (t *DropTool) Name() string { return "drop" }
    func (t *DropTool) Description() string { return "Drops." }
    func (t *DropTool) InputSchema() map[string]any { return map[string]any{} }
    """

SERVER = """
    package main

    import "example.com/notes/tools"

    func main() {
        s.tools["find"] = tools.NewFindTool(client)
    }

    func (s *Server) list() any {
        switch method {
        case "tools/list":
            var found []map[string]any
            for _, tool := range s.tools {
                found = append(found, map[string]any{"name": tool.Name(), "inputSchema": tool.InputSchema()})
            }
            return found
        }
        return nil
    }
    """


def test_a_type_per_tool_is_found_where_the_server_asks_it_for_its_name(reading: Reading) -> None:
    """What nobody makes is set apart; where nothing asks, the types are none."""
    found = reading({"go.mod": "module example.com/notes", "main.go": SERVER, "tools/tools.go": TOOLS})

    assert [tool.definition for tool in found.tools] == [
        {
            "name": "find",
            "description": "Finds.",
            "inputSchema": {"type": "object", "properties": {"q": {"type": "string"}}},
        }
    ]
    assert [tool.name for tool in found.optional] == ["drop"]
    assert reading({"main.go": SERVER.replace("tools/list", "list"), "tools/tools.go": TOOLS}).tools == ()


def test_only_packages_that_a_program_imports_are_read(definitions: Read) -> None:
    """In a module whose program is there, or else all; a file that no build takes in is left out."""
    files = {
        "go.mod": "module example.com/notes",
        "cmd/notes/main.go": 'package main\nimport "example.com/notes/internal/now"\nfunc main() { now.Add() }',
        "internal/now/now.go": 'package now\nfunc Add() { s.AddTool(mcp.NewTool("now"), h) }',
        "internal/old/old.go": 'package old\nfunc init() { s.AddTool(mcp.NewTool("old"), h) }',
        "gen.go": '//go:build ignore\n\npackage main\nfunc main() { s.AddTool(mcp.NewTool("generated"), h) }',
    }
    assert list(definitions(files)) == ["now"]
    del files["cmd/notes/main.go"]
    assert list(definitions(files)) == ["old"]


@pytest.mark.parametrize(
    ("made", "calls", "names"),
    [
        (
            'mcp.NewTool("list_"+kind)',
            'one("cats", "Cats.")\none("dogs", "Dogs.")',
            ["list_cats", "list_dogs"],
        ),
        ('mcp.NewTool(fmt.Sprintf("%s_%s", Prefix, kind))', 'one("cats", "Cats.")', ["pets_cats"]),
        ('mcp.NewTool(fmt.Sprintf("%s_all", Prefix))', "", ["pets_all"]),
        ('mcp.NewTool("list_"+kind+suffix)', 'one("cats", "Cats.")', []),
        ('mcp.NewTool(fmt.Sprintf("%d_%s", 1, kind))', 'one("cats", "Cats.")', []),
    ],
)
def test_names_that_functions_put_together(
    made: str, calls: str, names: list[str], definitions: Read
) -> None:
    """Of constants and of what they are given; what else goes in leaves the name unknown."""
    source = f"""
        package pets
        const Prefix = "pets"
        func one(kind, about string) {{
            s.AddTool({made}, h)
        }}
        func init() {{
            one(x, y)
            {calls}
        }}
        """
    assert list(definitions({"pets.go": source})) == names


def test_types_say_what_a_tool_takes(definitions: Read) -> None:
    """As arguments of a call, as the last parameter of a function that a function returns, in other files and packages."""
    files = {
        "dto/dto.go": """
            package dto
            type Kind string
            type Page struct { Limit int `json:"limit" jsonschema:"minimum=1,maximum=50"` }
            type Place struct { Name string `json:"name"`; Inside *Place `json:"inside,omitempty"` }
            type Query struct {
                Page
                Text string `json:"text" jsonschema:"required,description=Words"`
                Kind Kind `json:"kind" jsonschema:"enum=a,enum=b"`
                Places []Place `json:"places,omitempty"`
                Deep struct { On bool `json:"on"` } `json:"deep"`
                hidden string
            }
            """,
        "server.go": """
            package server
            func add[T any](s *mcp.Server, name, description string) { mcp.AddTool(s, &mcp.Tool{Name: name, Description: description}, handle[T]) }
            func counting(d *Deps) mcp.Handler { return func(ctx context.Context, req *mcp.CallToolRequest, in dto.Page) (any, error) { return nil, nil } }
            func main() {
                add[dto.Query](s, "find", "Finds.")
                mcp.AddTool(s, &mcp.Tool{Name: "count"}, counting(deps))
                mcp.AddTool[dto.Page, any](s, &mcp.Tool{Name: "page"}, other)
            }
            """,
    }
    page = {"type": "object", "properties": {"limit": {"type": "integer", "minimum": 1, "maximum": 50}}}
    found = {name: entry["inputSchema"] for name, entry in definitions(files).items()}

    assert found["count"] == found["page"] == page | {"required": ["limit"]}
    assert found["find"] == {
        "type": "object",
        "properties": {
            "limit": {"type": "integer", "minimum": 1, "maximum": 50},
            "text": {"type": "string", "description": "Words"},
            "kind": {"type": "string", "enum": ["a", "b"]},
            "places": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"name": {"type": "string"}, "inside": {"type": "object"}},
                    "required": ["name"],
                },
            },
            "deep": {"type": "object", "properties": {"on": {"type": "boolean"}}, "required": ["on"]},
        },
        "required": ["text"],
    }


def test_words_are_counted_once_for_many_declarations(
    monkeypatch: pytest.MonkeyPatch, reading: Reading
) -> None:
    """However many functions make a tool of which nobody speaks, the source is not looked through for each."""
    counted: list[Counter[bytes]] = []

    def count() -> Counter[bytes]:
        counted.append(Counter())
        return counted[-1]

    monkeypatch.setattr(uses, "_FEW", 3)
    monkeypatch.setattr(uses, "Counter", count)
    source = "package x\n" + "".join(
        f'func f{n}() {{ s.AddTool(mcp.NewTool("t{n}"), h) }}\n' for n in range(200)
    )
    found = reading({"x.go": source + "func init() { f7() }"})

    assert [tool.name for tool in found.tools] == ["t7"]
    assert len(counted) == 1


def test_a_loop_finds_its_table_without_looking_through_the_file_again(
    monkeypatch: pytest.MonkeyPatch, definitions: Read
) -> None:
    """The variables of a file are listed once, for all loops over them."""
    listed: list[str] = []
    tables = factories._tables
    monkeypatch.setattr(factories, "_tables", lambda tree: listed.append(tree.file) or tables(tree))
    lines = "".join(f'var t{n} = []T{{{{N: "n{n}"}}}}\n' for n in range(100))
    loops = "".join(f"for _, one := range t{n} {{ s.AddTool(mcp.NewTool(one.N), h) }}\n" for n in range(100))
    found = definitions({"x.go": f"package x\n{lines}\nfunc init() {{\n{loops}}}\n"})

    assert list(found) == [f"n{n}" for n in range(100)]
    assert listed == ["x.go"]


def test_a_schema_in_a_variable_and_a_handler_of_a_generic_function(definitions: Read) -> None:
    """A variable of the same function, also written as JSON; the type argument that stands for what a handler takes."""
    source = """
        package x
        type In struct { ID string `json:"id"` }
        func handler[L any, T any](d *Deps, name string) mcp.ToolHandlerFor[T, any] { return nil }
        func made[T any, E any](d *Deps) func(ctx context.Context, req *mcp.CallToolRequest, in T) (*mcp.CallToolResult, E, error) { return nil }
        func main() {
            mcp.AddTool(s, &mcp.Tool{Name: "get"}, handler[Place, In](d, "get"))
            mcp.AddTool(s, &mcp.Tool{Name: "drop"}, made[In, any](d))
            s.AddTool(find(), h)
        }
        func find() mcp.Tool {
            schema := map[string]any{"type": "object", "properties": map[string]any{"q": map[string]any{"type": "string"}}}
            written, err := json.Marshal(schema)
            return mcp.Tool{Name: "find", InputSchema: json.RawMessage(written)}
        }
        """
    taken = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
    found = definitions({"x.go": source})

    assert {name: entry.get("inputSchema") for name, entry in found.items()} == {
        "get": taken,
        "drop": taken,
        "find": {"type": "object", "properties": {"q": {"type": "string"}}},
    }
