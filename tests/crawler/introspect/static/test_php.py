"""How PHP servers register tools: the official SDK, php-mcp and Laravel."""

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
                        "properties": {"words": {"type": "string"}, "limit": {"type": "integer"}},
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
