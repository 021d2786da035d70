"""How PHP servers register tools: the official SDK, php-mcp and Laravel."""

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
            <?php
            use Mcp\\Capability\\Attribute\\McpTool;
            class Notes {
                const NAME = 'find';

                #[McpTool(name: self::NAME, description: 'Finds.')]
                public function find(string $words, ?int $limit = 3, RequestContext $context = null): array {}

                /**
                 * Counts them.
                 *
                 * @return int
                 */
                #[McpTool]
                public function count(): int {}

                public function helper(): void {}
            }

            #[McpTool('forget', 'Forgets.')]
            class Forget { public function __invoke() {} }
            """,
            {
                "find": {
                    "name": "find",
                    "description": "Finds.",
                    "inputSchema": {
                        "type": "object",
                        "properties": {
                            "words": {"type": "string"},
                            "limit": {"type": "integer", "default": 3},
                        },
                        "required": ["words"],
                    },
                },
                "count": {"name": "count", "description": "Counts them.", "inputSchema": NOTHING},
                "forget": {"name": "forget", "description": "Forgets."},
            },
        ),
        (
            """
            <?php
            use PhpMcp\\Server\\Server;
            $server = Server::make()
                ->addTool([Notes::class, 'add'], 'add_note', 'Adds.')
                ->withTool([Notes::class, 'drop'], name: 'drop_note')
                ->addPrompt([Notes::class, 'p'], 'prompt');
            """,
            {
                "add_note": {"name": "add_note", "description": "Adds."},
                "drop_note": {"name": "drop_note"},
            },
        ),
        (
            """
            <?php
            use Laravel\\Mcp\\Server\\Tool;
            class CurrentWeather extends Tool {
                protected string $description = 'Fetches the weather.';
                public function schema(JsonSchema $schema): array {
                    return ['city' => $schema->string()->description('Which.')->required()];
                }
            }
            class Renamed extends Tool {
                public function name(): string { return 'other-name'; }
                public function schema(JsonSchema $schema): array { return []; }
            }
            """,
            {
                "current-weather": {
                    "name": "current-weather",
                    "description": "Fetches the weather.",
                    "inputSchema": {
                        "type": "object",
                        "properties": {"city": {"type": "string", "description": "Which."}},
                        "required": ["city"],
                    },
                },
                "other-name": {"name": "other-name", "inputSchema": NOTHING},
            },
        ),
        ("<?php class Hammer extends Tool { protected string $name = 'hammer'; }", {}),
        ("<?php $shed->addTool($x, 'hammer', 'heavy');", {}),
    ],
)
def test_a_tool_is_found_where_php_code_registers_it(
    source: str, expected: dict[str, Any], definitions: Read
) -> None:
    """Attributes, builders and Laravel's classes; another framework's Tool is none."""
    assert definitions({"src/Server.php": source}) == expected


def test_marked_methods_count_where_the_builder_looks_for_them(
    reading: Callable[[Mapping[str, str]], StaticReading],
) -> None:
    """A builder that is given its tools one by one and told to look for no others lists no others."""
    marked = "<?php use Mcp\\Capability\\Attribute\\McpTool; class All { #[McpTool(name: 'marked')] public function one() {} }"
    server = "<?php use Mcp\\Server; Server::builder()->addTool(handler: [All::class, 'two'], name: 'added', description: 'Is added.')%s->build();"
    files = {"All.php": marked, "server.php": server % ""}
    found = reading(files)

    assert ([tool.name for tool in found.tools], [tool.name for tool in found.optional]) == (
        ["added"],
        ["marked"],
    )
    found = reading({**files, "server.php": server % "->setDiscovery(__DIR__)"})
    assert [tool.name for tool in found.tools] == ["marked", "added"]


def test_a_server_that_answers_by_itself(definitions: Read) -> None:
    """With arrays, with objects of a library's `Tool`, or with a class per tool that something makes."""
    tools = """<?php
        class Find implements ToolInterface {
            public function name(): string { return 'find'; }
            public function description(): string { return 'Finds.'; }
            public function inputSchema(): array { return ['type' => 'object', 'properties' => ['q' => ['type' => 'string']], 'required' => ['q']]; }
        }
        class Forgotten implements ToolInterface {
            public function name(): string { return 'forgotten'; }
            public function description(): string { return 'Is made by nobody.'; }
            public function inputSchema(): array { return []; }
        }
        """
    server = """<?php
        $all = [Find::class];
        switch ($method) {
            case 'tools/list': return [
                ['name' => 'count', 'description' => 'Counts.', 'inputSchema' => ['type' => 'object', 'properties' => new \\stdClass(), 'additionalProperties' => false]],
                new Tool(name: 'drop', inputSchema: $schema, description: 'Drops.'),
            ];
        }
        """
    assert definitions({"tools.php": tools, "server.php": server}) == {
        "count": {
            "name": "count",
            "description": "Counts.",
            "inputSchema": {"type": "object", "properties": {}, "additionalProperties": False},
        },
        "drop": {"name": "drop", "description": "Drops."},
        "find": {
            "name": "find",
            "description": "Finds.",
            "inputSchema": {"type": "object", "properties": {"q": {"type": "string"}}, "required": ["q"]},
        },
    }
    assert definitions({"tools.php": tools, "server.php": server.replace("tools/list", "list")}) == {}


def test_what_methods_take_is_told_by_types_comments_and_attributes(definitions: Read) -> None:
    """An attribute goes before a comment, and that before nothing; enumerations are looked up in other files."""
    files = {
        "Mode.php": "<?php enum Mode: string { case Fast = 'fast'; case Slow = 'slow'; } enum Side { case Left; case Right; }",
        "Tools.php": """<?php
            class Tools {
                /**
                 * Finds notes.
                 *
                 * @param string[] $words What to look for,
                 *                        one at least.
                 * @param int $limit How many.
                 * @return array
                 */
                #[McpTool]
                public function find(
                    array $words,
                    #[Schema(description: 'How many at most.', minimum: 1, maximum: 50)] int $limit = 10,
                    #[Schema(type: 'array', items: ['type' => 'string', 'enum' => ['a', 'b']])] array $kinds = [],
                    ?Mode $mode = null,
                    Side $side = Side::Left,
                    float|null $weight = 0.5,
                    RequestContext $context
                ): array { return []; }
            }
            """,
    }
    assert definitions(files)["find"] == {
        "name": "find",
        "description": "Finds notes.",
        "inputSchema": {
            "type": "object",
            "properties": {
                "words": {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": "What to look for, one at least.",
                },
                "limit": {
                    "type": "integer",
                    "description": "How many at most.",
                    "default": 10,
                    "minimum": 1,
                    "maximum": 50,
                },
                "kinds": {"type": "array", "default": [], "items": {"type": "string", "enum": ["a", "b"]}},
                "mode": {"type": "string", "enum": ["fast", "slow"]},
                "side": {"type": "string", "enum": ["Left", "Right"]},
                "weight": {"type": "number", "default": 0.5},
            },
            "required": ["words"],
        },
    }


def test_lists_and_choices_of_laravels_builder(definitions: Read) -> None:
    """What a list holds is built the same way."""
    source = """<?php
        use Laravel\\Mcp\\Server\\Tool;
        class Find extends Tool {
            public function schema(JsonSchema $schema): array {
                return [
                    'words' => $schema->array()->items($schema->string()->description('A word.'))->required(),
                    'order' => $schema->string()->enum(['up', 'down'])->default('up'),
                ];
            }
        }
        """
    assert definitions({"Find.php": source})["find"]["inputSchema"] == {
        "type": "object",
        "properties": {
            "words": {"type": "array", "items": {"type": "string", "description": "A word."}},
            "order": {"type": "string", "enum": ["up", "down"], "default": "up"},
        },
        "required": ["words"],
    }
