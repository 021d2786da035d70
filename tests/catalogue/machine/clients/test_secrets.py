"""No secret that people write into a configuration is ever shown."""

import pytest

from catalogue.machine.clients.diffs import diff
from catalogue.machine.clients.secrets import masked_url, masked_words
from catalogue.machine.clients.wrap import Edit


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("npx -y x --api-key sk-12345678", "npx -y x --api-key ***"),
        ("x --token=abcdef", "x --token=***"),
        ("x --auth ${TOKEN}", "x --auth ${TOKEN}"),
        ("x --author melinda --keyboard fr", "x --author melinda --keyboard fr"),
        ("docker run -e TOKEN=abc -e PLAIN a/b", "docker run -e TOKEN=*** -e PLAIN a/b"),
        ("env API_KEY=1234 PATH=/bin x", "env API_KEY=*** PATH=/bin x"),
        ("x ghp_0123456789abcdef", "x ***"),
        ("x pypi-AgEIcHlwaS5vcmc key:sk-12345678", "x *** key:***"),
        ("x /home/me/policies/pypi-mcp-server-git.json", "x /home/me/policies/pypi-mcp-server-git.json"),
        ("uvx task-management-mcp", "uvx task-management-mcp"),
        ("x Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5", "x ***"),
        ("x postgresql://me:pw@db/x", "x postgresql://***@db/x"),
        ("x https://h.example/s/ZGFzaXN0ZWluc2VjcmV0MTIz/mcp?key=abcd", "x https://h.example/s/***/mcp?key=***"),
        ("uvx --from mcp-server-sqlite==2025.4.25 mcp-server-sqlite", "uvx --from mcp-server-sqlite==2025.4.25 mcp-server-sqlite"),
        ("npx -y @modelcontextprotocol/server-postgres", "npx -y @modelcontextprotocol/server-postgres"),
        ("node /home/me/Projects/Very-Long-2025/build/index.js", "node /home/me/Projects/Very-Long-2025/build/index.js"),
    ],
)  # fmt: skip
def test_a_command_is_shown_without_its_secrets(command: str, shown: str) -> None:
    assert " ".join(masked_words(command.split())) == shown


def test_a_header_is_shown_without_its_value() -> None:
    assert masked_words(("mcp-remote", "--header", "Authorization: Bearer abc")) == (
        "mcp-remote", "--header", "Authorization: ***",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://x.example/mcp", "https://x.example/mcp"),
        ("https://u:p1234@x.example/mcp#tok", "https://***@x.example/mcp#***"),
        ("https://x.example/550e8400-e29b-41d4-a716-446655440000/sse", "https://x.example/***/sse"),
        ("https://x.example/${KEY}/sse", "https://x.example/${KEY}/sse"),
        ("https://[broken?key=abc", "***"),
    ],
)
def test_an_address_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert masked_url(url) == shown


def test_a_difference_shows_what_changes_and_no_secret() -> None:
    before = (
        '{\n  "oauthAccount": "me-and-nobody-else",\n  "mcpServers": {"a": {"command": "x",\n'
        '    "args": ["--key", "hunter22"],\n    "env": {"T": "swordfish"}}}\n}\n'
    )
    after = before.replace('"x"', '"p"').replace('["--key"', '["--", "x", "--key"')

    shown = diff(Edit(file=__file__, before=before, after=after))  # type: ignore[arg-type]  # only its name is shown

    assert '+    "args": ["--", "x", "--key", "***"],' in shown
    assert [word for word in ("hunter22", "swordfish", "me-and-nobody-else") if word in shown] == []
