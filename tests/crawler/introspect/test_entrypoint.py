"""Which of a package's programs is the server."""

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
