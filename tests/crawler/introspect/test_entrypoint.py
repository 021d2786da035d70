"""Which of a package's programs is the server."""

import json

import pytest

from crawler.introspect.entrypoint import choose


@pytest.mark.parametrize(
    ("package", "scripts", "expected"),
    [
        ("demo-mcp", ("demo-mcp", "demo-mcp-setup"), "demo-mcp"),
        ("demo-mcp", ("demo_mcp", "other"), "demo_mcp"),
        ("@scope/demo-mcp", ("demo-mcp", "setup"), "demo-mcp"),
        ("demo-server", ("word_server",), "word_server"),
        ("demo", ("setup", "demo-mcp-server"), "demo-mcp-server"),
        ("demo", ("setup", "remove"), None),
        ("demo", (), None),
    ],
)
def test_the_program_is_chosen_by_its_name(
    package: str, scripts: tuple[str, ...], expected: str | None
) -> None:
    """Others are never run, for some edit the person's configuration."""
    assert choose(package, scripts) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["npx", "-y", "-p", "demo", "demo-serve"], "demo-serve"),
        (["uvx", "--from", "demo", "demo-mcp-two", "demo-serve"], "demo-mcp-two"),
        (["/usr/local/bin/demo-serve"], "demo-serve"),
        (["npx", "demo"], None),
    ],
)
def test_of_several_programs_the_readme_may_tell_which(words: list[str], expected: str | None) -> None:
    """The one that clients are told to start, and never one that it only mentions as an argument."""
    block = json.dumps({"mcpServers": {"demo": {"command": words[0], "args": words[1:]}}})
    scripts = ("demo-mcp-one", "demo-mcp-two", "demo-serve")

    assert choose("demo", scripts, f"```json\n{block}\n```") == expected
    assert choose("demo-serve", scripts, block) == "demo-serve"
