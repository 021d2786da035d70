"""How Go servers register tools: the official SDK, mcp-go and mcp-golang."""

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
            package tools

            const Prefix = "notes_"

            func register(s *server.MCPServer) {
                s.AddTool(mcp.NewTool(Prefix+"find",
                    mcp.WithDescription(`Finds notes.`),
                    mcp.WithString("query", mcp.Required(), mcp.Description("Words."), mcp.Enum("a", "b")),
                    mcp.WithNumber("limit"),
                    mcp.WithReadOnlyHintAnnotation(true),
                ), find)
            }
            """,
            {
                "notes_find": {
                    "name": "notes_find",
                    "description": "Finds notes.",
                    "inputSchema": {
                        "type": "object",
                        "properties": {
                            "query": {"type": "string", "description": "Words.", "enum": ["a", "b"]},
                            "limit": {"type": "number"},
                        },
                        "required": ["query"],
                    },
                    "annotations": {"readOnlyHint": True},
                }
            },
        ),
        (
            """
            package tools

            type Input struct {
                Name  string   `json:"name" jsonschema:"who to greet"`
                Times *int     `json:"times,omitempty"`
                Tags  []string `json:"tags,omitempty"`
                inner string   `json:"-"`
            }

            func greet(ctx context.Context, req *mcp.CallToolRequest, in Input) (*mcp.CallToolResult, any, error) {}

            func main() {
                mcp.AddTool(srv, &mcp.Tool{
                    Name: "greet", Description: "Greets." + " Kindly.",
                    Annotations: &mcp.ToolAnnotations{Title: "Greet", DestructiveHint: ptr(false)},
                }, greet)
            }
            """,
            {
                "greet": {
                    "name": "greet",
                    "description": "Greets. Kindly.",
                    "inputSchema": {
                        "type": "object",
                        "properties": {
                            "name": {"type": "string", "description": "who to greet"},
                            "times": {"type": "integer"},
                            "tags": {"type": "array", "items": {"type": "string"}},
                        },
                        "required": ["name"],
                    },
                    "annotations": {"title": "Greet", "destructiveHint": False},
                }
            },
        ),
        (
            """
            package tools

            func Get(t Helper) ServerTool {
                return NewTool(meta, mcp.Tool{
                    Name:        "get",
                    Description: t("GET_DESCRIPTION", "Gets it."),
                    InputSchema: &jsonschema.Schema{
                        Type: "object",
                        Properties: map[string]*jsonschema.Schema{
                            "owner": {Type: "string", Description: "Whose."},
                        },
                        Required: []string{"owner"},
                    },
                }, handler)
            }
            """,
            {
                "get": {
                    "name": "get",
                    "description": "Gets it.",
                    "inputSchema": {
                        "type": "object",
                        "required": ["owner"],
                        "properties": {"owner": {"type": "string", "description": "Whose."}},
                    },
                }
            },
        ),
        (
            'package x\nfunc f() { server.RegisterTool("hello", "Says hello", func(a Args) error { return nil }) }',
            {"hello": {"name": "hello", "description": "Says hello"}},
        ),
        (
            """
            package x
            func f(name string) {
                s.AddTool(mcp.NewTool(name))
                s.AddPrompt(mcp.NewPrompt("greeting", mcp.WithPromptDescription("d")), h)
                s.AddResource(mcp.Resource{Name: "readme", URI: "file:///x"}, h)
                _ = langchain.Tool{Name: "search", Description: "d"}
                x := &genai.Tool{Name: "other"}
            }
            """,
            {},
        ),
    ],
)
def test_a_tool_is_found_where_go_code_registers_it(
    source: str, expected: dict[str, Any], definitions: Read
) -> None:
    """Prompts, resources and other libraries' tools are none; a name that is a parameter is not guessed."""
    assert definitions({"server.go": source}) == expected


def test_functions_that_make_tools_are_followed(definitions: Read) -> None:
    """A helper that passes name, description and handler on; the handler's last parameter is the schema."""
    files = {
        "tools.go": """
            package notes

            func MustTool[T any](name, description string, handler Handler[T], options ...mcp.ToolOption) Tool {
                return Convert(name, description, handler, options...)
            }

            func Convert[T any](name, description string, handler Handler[T], options ...mcp.ToolOption) Tool {
                t := mcp.Tool{Name: name, Description: description}
                return Tool{t, handler}
            }
            """,
        "find/find.go": """
            package find

            type FindParams struct {
                Query string `json:"query" jsonschema:"required,description=Words\\\\, or one"`
                Limit int    `json:"limit" jsonschema:"description=How many"`
            }

            func find(ctx context.Context, args FindParams) ([]Note, error) { return nil, nil }

            var Find = notes.MustTool(
                "find_notes",
                "Finds " + "notes.",
                find,
                mcp.WithReadOnlyHintAnnotation(true),
            )
            """,
    }
    assert definitions(files) == {
        "find_notes": {
            "name": "find_notes",
            "description": "Finds notes.",
            "annotations": {"readOnlyHint": True},
            "inputSchema": {
                "type": "object",
                "properties": {
                    "query": {"type": "string", "description": "Words, or one"},
                    "limit": {"type": "integer", "description": "How many"},
                },
                "required": ["query"],
            },
        }
    }


def test_go_tests_register_nothing(definitions: Read) -> None:
    """A `_test.go` file is not part of the server."""
    assert definitions({"a_test.go": 'package x\nfunc f() { s.AddTool(mcp.NewTool("fake"), h) }'}) == {}


def test_a_tool_that_is_made_and_never_used_is_kept_apart(
    reading: Callable[[Mapping[str, str]], StaticReading],
) -> None:
    """A variable or function that only comments name; what `main` makes in place is used."""
    files = {
        "tools/new.go": """
            package tools
            import "github.com/mark3labs/mcp-go/mcp"
            // OldTool was once what NewTool is now.
            var OldTool = mcp.NewTool("old", mcp.WithDescription("Old."))
            var NewTool = mcp.NewTool("new", mcp.WithDescription("New."))
            func Build() mcp.Tool { return mcp.NewTool("built") }
            func Forgotten() mcp.Tool { if again() { return Forgotten() }; return mcp.NewTool("forgotten") }
            """,
        "main.go": """
            package main
            func main() {
                s.AddTool(tools.NewTool, tools.Handle)
                s.AddTool(tools.Build(), tools.Handle)
                s.AddTool(mcp.NewTool("here"), tools.Handle)
                // s.AddTool(tools.OldTool, tools.Handle)
            }
            """,
    }
    found = reading(files)

    assert [tool.name for tool in found.tools] == ["here", "new", "built"]
    assert [tool.name for tool in found.optional] == ["old", "forgotten"]


def test_a_loop_over_a_table_registers_its_rows(definitions: Read) -> None:
    """The table may lie in another package; a field of each row is the name."""
    found = definitions(
        {
            "main.go": """
                package main
                func main() {
                    for _, one := range tools.All {
                        server.RegisterTool(one.Name, one.Description, one.Handler())
                    }
                    for _, one := range fetched() {
                        server.RegisterTool(one.Name, one.Description, one.Handler())
                    }
                }
                """,
            "tools/tools.go": """
                package tools
                type Tool struct { Name string; Description string; Handler any }
                var All = []Tool{
                    {Name: "find", Description: "Finds notes.", Handler: Find},
                    {Name: "count", Description: `Counts ` + "notes.", Handler: Count},
                }
                var Others = []Tool{{Name: "hidden", Description: "Never registered.", Handler: Find}}
                """,
            "tools/find.go": """
                package tools
                type FindArguments struct { Query string `json:"query" jsonschema:"required,description=Words."` }
                func Find(ctx context.Context, arguments FindArguments) (*mcp.ToolResponse, error) {
                    return mcp.NewToolResponse(mcp.NewTextContent("")), nil
                }
                """,
        }
    )
    assert found == {
        "find": {
            "name": "find",
            "description": "Finds notes.",
            "inputSchema": {
                "type": "object",
                "properties": {"query": {"type": "string", "description": "Words."}},
                "required": ["query"],
            },
        },
        "count": {"name": "count", "description": "Counts notes."},
    }


@pytest.mark.parametrize(
    "asked",
    ['switch method {\ncase "initialize":\n\treturn hello()\ncase "tools/list":\n\treturn h.listed(id)\n}',
     'if request.Method == "tools/list" {\n\treturn h.listed(id)\n}'],
)  # fmt: skip
def test_a_server_without_an_sdk_answers_by_itself(definitions: Read, asked: str) -> None:
    """Entries are read where the request leads to, as maps or structs; prompts beside them are none."""
    found = definitions(
        {
            "handler.go": f"package mcp\nfunc (h *Handler) handle(method string) any {{\n{asked}\nreturn nil\n}}\n",
            "list.go": """
                package mcp
                func (h *Handler) listed(id any) any {
                    return h.reply(id, map[string]any{"tools": []map[string]any{
                        {
                            "name": "find", "description": "Finds notes.",
                            "inputSchema": map[string]any{
                                "type": "object",
                                "properties": map[string]any{
                                    "limit": map[string]any{"type": "integer", "default": 10, "enum": []int{10, 20}},
                                },
                                "required": []string{"limit"},
                            },
                        },
                    }, "more": []Entry{{Name: "count", Description: "Counts.", InputSchema: Schema{}}}})
                }
                func prompts() any { return map[string]any{"name": "greet", "inputSchema": map[string]any{}} }
                """,
        }
    )
    assert found == {
        "find": {
            "name": "find",
            "description": "Finds notes.",
            "inputSchema": {
                "type": "object",
                "properties": {"limit": {"type": "integer", "default": 10, "enum": [10, 20]}},
                "required": ["limit"],
            },
        },
        "count": {"name": "count", "description": "Counts."},
    }


def test_tools_that_a_server_without_an_sdk_keeps_in_a_registry(definitions: Read) -> None:
    """What it answers with was put there before, by functions that the answer does not call; `docs` is a package too."""
    found = definitions(
        {
            "server/mcp.go": """
                package server
                type Tool struct { Name string; Description string; InputSchema Schema }
                func (s *Server) Register(h Handler) { s.tools = append(s.tools, h.GetTools()...) }
                func (s *Server) handle(request Request) {
                    switch request.Method {
                    case "tools/list":
                        s.reply(request.ID, ToolsListResult{Tools: s.tools})
                    }
                }
                """,
            "docs/tools.go": """
                package docs
                func (h *Handler) GetTools() []server.Tool {
                    return []server.Tool{
                        {Name: "docs_get", Description: "Gets.", InputSchema: server.Schema{Type: "object"}},
                    }
                }
                """,
        }
    )
    assert list(found) == ["docs_get"]


def test_names_that_are_constants_of_the_package_or_items_of_a_list(definitions: Read) -> None:
    """A name that begins with a small letter is known in all files of its folder, and in no other."""
    found = definitions(
        {
            "tools/names.go": """
                package tools
                const findName = "find"
                var Names = []string{
                    "count", // not "this"
                    "drop",
                }
                """,
            "other/names.go": """
                package other
                const hidden = "hidden"
                """,
            "tools/tools.go": """
                package tools
                import "github.com/modelcontextprotocol/go-sdk/mcp"
                func register(server *mcp.Server) {
                    mcp.AddTool(server, &mcp.Tool{Name: findName, Description: "Finds."}, find)
                    mcp.AddTool(server, &mcp.Tool{Name: Names[1], Description: "Drops."}, drop)
                    mcp.AddTool(server, &mcp.Tool{Name: hidden, Description: "None."}, hide)
                }
                """,
        }
    )
    assert sorted(found) == ["drop", "find"]


def test_what_looks_like_a_tool_inside_another_is_none(definitions: Read) -> None:
    """However deep they lie in each other, which takes a reader that looks into each again and again too long."""
    answers = 'func h() { switch m { case "tools/list": list() } }\n'
    nested = 'T{Name: "a", InputSchema: ' * 250 + "nil" + "}" * 250
    found = definitions({"main.go": f"package x\n{answers}func list() any {{ return {nested} }}\n"})
    assert list(found) == ["a"]
