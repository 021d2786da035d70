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
        ("### Tools\n\n- `get_x` - Gets x.\n* **`set_x(value)`**: Sets x.\n- `ping`\n", {"get_x": "Gets x.", "set_x": "Sets x.", "ping": None}),
        ("## Tools\n### get_x\nGets x.\n- `inner`: no\n#### Arguments\n- `no_arg`: no\n### `set_x`\n## License\n### not_a_tool\n", {"get_x": None, "set_x": None}),
        ("## Tools\n```json\n- `not_me`: x\n```\n| Option | Meaning |\n|---|---|\n| `flag` | no |\n", {}),
        ("## Development tools\n- `ruff_a`: no\n- `b`: no\n## Install\n- `pip`: no\n", {}),
        ("- `get_x`: without a heading\n- `set_x`: nor this\n", {}),
        ("## Tools (2)\n- `get_x`: one\n  - `my_path`: its argument\n- `set_x`: two\n", {"get_x": "one", "set_x": "two"}),
        ("## Tools\n#### 1. `get_x`\nGets x.\n- `my_path` (optional): its argument\n#### 2. `set_x`\n- `my_mode`: another\n", {"get_x": None, "set_x": None}),
        ("## Tools\n#### Get x\n- `my_path` (required): where\n- `my_mode` (string, optional): how\n", {}),
        ("## Tools\n- `get_x`: is alone\n", {}),
        ("## Tools\n- `read`: may be\n- `write`: anything\n", {}),
        ("## Tools\n- `get_x`: one\n- `setX`: of another style\n", {}),
        ("## Tools\n- `get_x`: one\n- `X_KEY`: a variable\n", {}),
        ("## Tools\n- `get_x`: one\n- `ünïcode`: no name\n", {}),
        ("## Tools\n- **`get_x`** is hidden from guests\n- **`set_x`** needs a key\n", {}),
        ("## Disabled Tools\n- `get_x` - one\n- `set_x` - two\n", {}),
        ("## Tools\n- `get_x`: one\n- `set_x`: two\n### Categories\n- `a_b`: no\n- `c_d`: no\n", {"get_x": "one", "set_x": "two"}),
        ("## Tools\n| Name | Type |\n|---|---|\n| `my_path` | text |\n| `my_mode` | text |\n", {}),
        (
            "## Tools\n| Group | Tools | About |\n|---|---|---|\n| **Read** | `get_x`, `get_y` | reads |\n| **Write** | `set_x(x)` | Sets x. |\n| Next | **more** | |\n",
            {"get_x": None, "get_y": None, "set_x": "Sets x."},
        ),
    ],
)  # fmt: skip
def test_only_sections_headed_tools_name_any(readme: str, expected: dict[str, str | None]) -> None:
    """In code type or in a table's column of names, several of one style; each with where it stands."""
    tools = readme_tools(readme)

    assert {tool.name: tool.description for tool in tools} == expected
    assert all(tool.origin is not None and tool.origin.confidence == 0.5 for tool in tools)
