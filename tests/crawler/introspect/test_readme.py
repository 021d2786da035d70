"""Tables and lists of tools as READMEs show them."""

import pytest

from crawler.introspect.readme import readme_tools


@pytest.mark.parametrize(
    ("readme", "expected"),
    [
        ("", {}),
        (
            "## Available Tools\n\n| Tool | Description |\n|---|---|\n| `get_x` | Gets x. |\n| [`set_x`](#set) | |\n\n## Other\n\n| Tool | Use |\n|---|---|\n| jq | no |\n",
            {"get_x": "Gets x.", "set_x": None},
        ),
        ("### Tools\n\n- `get_x` - Gets x.\n* **`set_x(value)`**: Sets x.\n", {"get_x": "Gets x.", "set_x": "Sets x."}),
        ("## Tools\n### get_x\nGets x.\n- `inner`: no\n### `setX`\n## License\n### not_a_tool\n", {"get_x": None, "inner": "no", "setX": None}),
        ("## Tools\n```json\n- `not_me`: x\n```\n| Option | Meaning |\n|---|---|\n| `flag` | no |\n", {}),
        ("## Development tools\n- `ruff`: no\n## Install\n- `pip`: no\n", {}),
        ("- `get_x`: without a heading\n", {}),
        ("## Tools\n- `two words`: cut\n- `ünïcode`: no\n", {"two": "cut"}),
    ],
)  # fmt: skip
def test_only_sections_headed_tools_name_any(readme: str, expected: dict[str, str | None]) -> None:
    """In code type or in the first column of a table; each with where it stands."""
    tools = readme_tools(readme)

    assert {tool.name: tool.description for tool in tools} == expected
    assert all(tool.origin is not None and tool.origin.confidence == 0.5 for tool in tools)
