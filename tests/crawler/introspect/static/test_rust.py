"""How Rust servers register tools: rmcp and rust-mcp-sdk."""

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
            const ADD: &str = "add_note";

            #[tool_router]
            impl Notes {
                #[tool(name = ADD, description = "Adds a note.", annotations(read_only_hint = false, title = "Add"))]
                async fn add(&self, Parameters(request): Parameters<AddRequest>) -> Result<CallToolResult, McpError> {}

                /// Counts the notes.
                /// All of them.
                #[tool]
                fn count(&self) -> String {}

                fn helper(&self) {}
            }

            #[derive(Deserialize, schemars::JsonSchema)]
            struct AddRequest {
                #[schemars(description = "What to add")]
                text: String,
                /// Where it goes.
                #[serde(rename = "where")]
                place: Option<Vec<u32>>,
                #[serde(default)]
                urgent: bool,
            }
            """,
            {
                "add_note": {
                    "name": "add_note",
                    "description": "Adds a note.",
                    "title": "Add",
                    "annotations": {"readOnlyHint": False},
                    "inputSchema": {
                        "type": "object",
                        "properties": {
                            "text": {"type": "string", "description": "What to add"},
                            "where": {
                                "type": "array",
                                "items": {"type": "integer"},
                                "description": "Where it goes.",
                            },
                            "urgent": {"type": "boolean"},
                        },
                        "required": ["text"],
                    },
                },
                "count": {
                    "name": "count",
                    "description": "Counts the notes.\nAll of them.",
                    "inputSchema": NOTHING,
                },
            },
        ),
        (
            """
            #[mcp_tool(name = "say_hello", description = "Says hello.")]
            #[derive(JsonSchema)]
            pub struct SayHello { name: String }
            """,
            {
                "say_hello": {
                    "name": "say_hello",
                    "description": "Says hello.",
                    "inputSchema": {
                        "type": "object",
                        "properties": {"name": {"type": "string"}},
                        "required": ["name"],
                    },
                }
            },
        ),
        (
            """
            fn list() -> Vec<Tool> {
                vec![
                    Tool::new("read", "Reads.", schema()),
                    Tool { name: "write".into(), description: Some("Writes.".into()), input_schema: schema(), ..d() },
                ]
            }
            """,
            {
                "read": {"name": "read", "description": "Reads."},
                "write": {"name": "write", "description": "Writes."},
            },
        ),
        (
            """
            #[derive(Serialize)]
            struct Tool { name: String }
            fn f() { let t = Tool { name: "hammer".into(), weight: 3 }; let p = Prompt::new("p", "d", None); }
            #[tokio::test] async fn tool() {}
            """,
            {},
        ),
    ],
)
def test_a_tool_is_found_where_rust_code_registers_it(
    source: str, expected: dict[str, Any], definitions: Read
) -> None:
    """Attributes name tools; a struct that is merely called Tool is none."""
    assert definitions({"src/server.rs": source}) == expected


def test_descriptions_that_are_put_together_are_read_whole(definitions: Read) -> None:
    """A parser sees no call inside an attribute, only words."""
    source = """
        #[mcp_tool(name = "copy", title="Copy", description = concat!("Copies a file, ", "or a folder."), read_only_hint = false)]
        pub struct Copy { pub path: String }
        """
    assert definitions({"copy.rs": source}) == {
        "copy": {
            "name": "copy",
            "title": "Copy",
            "description": "Copies a file, or a folder.",
            "inputSchema": {
                "type": "object",
                "properties": {"path": {"type": "string"}},
                "required": ["path"],
            },
        }
    }


def test_parameters_that_are_a_map_of_any_names_are_left_open(definitions: Read) -> None:
    """A struct around another type shows no fields; one without any has none."""
    source = """
        struct Any(pub Map<String, Value>);
        struct Nothing;
        #[tool_router]
        impl Server {
            #[tool(description = "Finds.")]
            async fn find(&self, Parameters(input): Parameters<Any>) -> Result<CallToolResult, McpError> { run(input) }
            #[tool(description = "Waits.")]
            async fn wait(&self, Parameters(input): Parameters<Nothing>) -> Result<CallToolResult, McpError> { run(input) }
        }
        """
    found = definitions({"src/server.rs": source})

    assert {name: entry["inputSchema"] for name, entry in found.items()} == {
        "find": {"type": "object"},
        "wait": {"type": "object", "properties": {}},
    }


def test_tools_that_are_written_out_as_json(definitions: Read) -> None:
    """Where anything answers a request for them; what expressions give is left out."""
    source = """
        pub fn schema() -> Value {
            json!({
                "name": "find", "title": "Find", "description": "Finds what \\"is\\" there.",
                "annotations": { "readOnlyHint": true },
                "inputSchema": { "type": "object", "properties": { "limit": { "type": "integer", "maximum": 10, "default": LIMIT } }, "required": ["limit"] }
            })
        }
        pub fn more() -> Value { serde_json::json!([{"name": "count", "inputSchema": schema_of::<Count>()}, {"name": "no tool"}]) }
        """
    answers = "async fn list_tools(&self) -> Result<ListToolsResult, Error> { built(schema()) }"

    assert definitions({"src/lib.rs": source}) == {}
    assert definitions({"src/lib.rs": source, "src/handler.rs": answers}) == {
        "find": {
            "name": "find",
            "title": "Find",
            "description": 'Finds what "is" there.',
            "annotations": {"readOnlyHint": True},
            "inputSchema": {
                "type": "object",
                "properties": {"limit": {"type": "integer", "maximum": 10}},
                "required": ["limit"],
            },
        },
        "count": {"name": "count"},
    }


def test_a_type_per_tool_is_found_where_the_server_asks_it_for_its_name(definitions: Read) -> None:
    """Of those that something makes, outside of tests; a trait that nothing lists by name brings none."""
    tools = """
        pub struct Find;
        impl ServerTool for Find {
            fn name(&self) -> String { "find".to_string() }
            fn description(&self) -> &str { "Finds." }
            fn schema(&self) -> Result<Value> { Ok(json!({"type": "object", "properties": {"q": {"type": "string"}}})) }
        }
        struct Wrapped { tool: Arc<dyn ServerTool> }
        impl ServerTool for Wrapped {
            fn name(&self) -> String { self.tool.name() }
            fn description(&self) -> String { self.tool.description() }
            fn schema(&self) -> Result<Value> { self.tool.schema() }
        }
        struct Forgotten;
        impl ServerTool for Forgotten {
            fn name(&self) -> String { "forgotten".into() }
            fn description(&self) -> &str { "Is made by nobody." }
            fn schema(&self) -> Value { json!({}) }
        }
        #[cfg(test)]
        mod tests {
            struct Fake;
            impl ServerTool for Fake {
                fn name(&self) -> String { "fake".into() }
                fn description(&self) -> &str { "Is for a test." }
                fn schema(&self) -> Value { json!({}) }
            }
            fn it_works() { register(Fake); }
        }
        """
    server = """
        use crate::tools::{Find, Forgotten};
        pub fn all() -> Vec<Box<dyn ServerTool>> { vec![Box::new(Find)] }
        fn answer(method: &str) -> Value { match method { "tools/list" => json!(all().map(|t| t.name())), _ => Value::Null } }
        """
    expected = {
        "find": {
            "name": "find",
            "description": "Finds.",
            "inputSchema": {"type": "object", "properties": {"q": {"type": "string"}}},
        }
    }
    assert definitions({"src/tools.rs": tools, "src/server.rs": server}) == expected
    assert definitions({"src/tools.rs": tools, "src/server.rs": server.replace("tools/list", "list")}) == {}


def test_tools_in_a_list_of_macros_are_found(definitions: Read) -> None:
    """A parser sees only words inside of `vec![...]`, also where that holds `json!`."""
    source = """
        fn list() -> Vec<Value> { vec![json!({"name": "a", "inputSchema": {"type": "object"}}), serde_json::json!({"name": "b", "inputSchema": {"type": "object"}})] }
        fn answer(method: &str) -> Value { if method == "tools/list" { json!(list()) } else { Value::Null } }
        """
    assert list(definitions({"src/lib.rs": source})) == ["a", "b"]


def test_what_types_of_parameters_hold_is_looked_up(definitions: Read) -> None:
    """In other files too: names as `serde` writes them, enumerations, structs inside structs, and parameters that are marked."""
    types = """
        #[derive(Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct Query {
            /// What to look for.
            pub search_text: String,
            #[serde(default)]
            pub order_by: Order,
            pub within: Option<Vec<Place>>,
            #[serde(flatten)]
            pub page: Page,
            #[serde(skip)]
            pub seen: bool,
        }
        #[serde(rename_all = "kebab-case")]
        pub enum Order { NewestFirst, #[serde(rename = "old")] OldestFirst }
        pub struct Place { pub name: String, pub inside: Box<Place> }
        pub struct Page { pub limit: u32 }
        """
    server = """
        #[tool_router]
        impl Server {
            #[tool(description = "Finds.")]
            async fn find(&self, Parameters(query): Parameters<types::Query>) -> String { run(query) }
            #[tool(description = "Counts.")]
            async fn count(&self, #[tool(param)] #[schemars(description = "Which.")] kind: String, #[tool(param)] deep: Option<bool>) -> String { run(kind) }
        }
        """
    found = definitions({"src/types.rs": types, "src/server.rs": server})
    place = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "inside": {"type": "object"}},
        "required": ["name", "inside"],
    }

    assert found["find"]["inputSchema"] == {
        "type": "object",
        "properties": {
            "searchText": {"type": "string", "description": "What to look for."},
            "orderBy": {"type": "string", "enum": ["newest-first", "old"]},
            "within": {"type": "array", "items": place},
            "limit": {"type": "integer"},
        },
        "required": ["searchText", "limit"],
    }
    assert found["count"]["inputSchema"] == {
        "type": "object",
        "properties": {"kind": {"type": "string", "description": "Which."}, "deep": {"type": "boolean"}},
        "required": ["kind"],
    }


REGISTRY = """
pub struct Tool { pub name: String, pub description: String, pub input_schema: Value }
impl Registry {
    pub fn register<F>(&mut self, name: &str, description: &str, input_schema: Value, handler: F) {
        let tool = Tool { name: name.to_string(), description: description.to_string(), input_schema, handler: Arc::new(handler) };
        self.tools.insert(name.to_string(), tool);
    }
}
"""


def test_a_function_makes_tools_of_what_it_is_given(definitions: Read) -> None:
    """A registry; a call with other arguments is of another function."""
    calls = """
        pub fn register(registry: &mut Registry) {
            registry.register("find_notes", "Find notes.", json!({"type": "object", "properties": {"q": {"type": "string"}}}), find);
            signals.register("other");
            registry.register(&names[0], "Of another name.", json!({}), find);
        }
    """

    assert definitions({"src/registry.rs": REGISTRY, "src/notes.rs": calls}) == {
        "find_notes": {
            "name": "find_notes",
            "description": "Find notes.",
            "inputSchema": {"type": "object", "properties": {"q": {"type": "string"}}},
        }
    }


def test_a_package_that_answers_by_itself_has_tools_of_its_own_type(definitions: Read) -> None:
    """A literal with a name, a description and a schema; where nothing answers, it is something else."""
    tools = """
        fn find() -> ToolInfo {
            ToolInfo { name: "find".into(), description: "Find.".into(), input_schema: json!({"type": "object"}) }
        }
    """
    answer = 'fn handle(method: &str) { match method { "tools/list" => list(), _ => {} } }'

    assert definitions({"src/tools.rs": tools, "src/server.rs": answer}).keys() == {"find"}
    assert definitions({"src/tools.rs": tools}) == {}
