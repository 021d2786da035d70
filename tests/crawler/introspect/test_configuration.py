"""READMEs as they are, and the arguments and variables that they ask for."""

import pytest

from crawler.introspect.configuration import Configuration, configurations

SECRET = "dummydummydummydummydummydum"


def fenced(text: str, language: str = "json") -> str:
    return f"# Title\n\nSome words.\n\n```{language}\n{text}\n```\n\nMore words {{with braces}}.\n"


@pytest.mark.parametrize(
    ("readme", "expected"),
    [
        ("", ()),
        ("Run it with `demo-mcp --flag`.", ()),
        (
            fenced('{"mcpServers": {"demo": {"command": "uvx", "args": ["demo-mcp"], "env": {"API_KEY": "sk-..."}}}}'),
            (Configuration(environment=(("API_KEY", SECRET),)),),
        ),
        (
            fenced('{\n  // a comment\n  "mcpServers": {"demo": {"command": "uvx", "args": ["--with", "x", "demo-mcp@latest", "serve",],},},\n}', "jsonc"),
            (Configuration(arguments=("serve",)),),
        ),
        (
            fenced('"mcpServers": {"demo": {"command": "npx", "args": ["-y", "@scope/demo-mcp@1.2", "/path/to/folder", "--url=https://your.host"]}}'),
            (Configuration(arguments=("/tmp", "--url=http://127.0.0.1:9")),),
        ),
        (
            fenced('{"mcpServers": {"demo": {"command": "npx", "args": ["-y", "--package", "@scope/demo-mcp", "--", "demo-mcp", "start", "--key", "api-xxxx-xxxx"]}}}'),
            (Configuration(arguments=("start", "--key", SECRET)),),
        ),
        (
            fenced('{"mcp": {"servers": {"demo": {"command": "python", "args": ["-m", "demo_mcp", "--mode", "fast"]}}}}'),
            (Configuration(arguments=("--mode", "fast")),),
        ),
        (
            fenced('{"mcpServers": {"demo": {"command": "docker", "args": ["run", "-e", "X", "image"], "env": {"DB_URL": "postgres://you:secret@host/db"}}}}'),
            (Configuration(environment=(("X", SECRET), ("DB_URL", "postgres://a:a@127.0.0.1:9/x"))),),
        ),
        (
            fenced('{"mcpServers": {"demo": {"command": "docker", "args": ["run", "-i", "-e", "API_KEY=your_key", "--env=MODE=fast", "-e", "DB_URL", "image"], "env": {"DB_URL": "redis://host"}}}}'),
            (Configuration(environment=(("MODE", "fast"), ("API_KEY", SECRET), ("DB_URL", "redis://127.0.0.1:9"))),),
        ),
        (
            fenced('{"mcpServers": {"demo": {"command": "other", "args": ["-e", "X=1"]}}}'),
            (),
        ),
        (
            fenced('{"mcpServers": {"demo": {"command": "uvx", "args": ["demo-mcp", "one"]}}}\n{"mcpServers": {"demo": {"command": "uvx", "args": ["demo-mcp", "two"]}}}'),
            (Configuration(arguments=("one",)), Configuration(arguments=("two",))),
        ),
        (
            fenced('{"context_servers": {"demo": {"command": {"path": "demo-mcp", "args": ["--stdio"]}}}}'),
            (Configuration(arguments=("--stdio",)),),
        ),
        (fenced('{"mcpServers": {"demo": {"command": "uvx", "args": "demo-mcp"}}}'), ()),
        (fenced('{"mcpServers": {"other": {"command": "uvx", "args": ["other", "--x"]}}}'), ()),
        (fenced('{"mcpServers": {"demo": {"command": "uvx"'), ()),
        ('{"command": ' * 200, ()),
        ("{" * 5000 + '"mcpServers": {', ()),
        (fenced('{"mcpServers": {"demo": {"command": "demo-mcp", "env": {"BAD NAME": "x", "OK": 1, "MODE": "fast"}}}}'),
         (Configuration(environment=(("OK", "1"), ("MODE", "fast"))),)),
    ],
)  # fmt: skip
def test_a_readme_says_how_clients_start_the_server(readme: str, expected: tuple[Configuration, ...]) -> None:
    """Launchers and their flags are stripped, placeholders and secrets replaced, other servers passed by."""
    names = ("@scope/demo-mcp", ("demo-mcp",)) if "@scope" in readme else ("demo-mcp", ("demo-mcp",))

    assert configurations(readme, *names) == expected


def test_the_same_configuration_for_several_clients_counts_once() -> None:
    """A README repeats it for each of them."""
    block = fenced('{"mcpServers": {"demo": {"command": "uvx", "args": ["demo-mcp", "serve"]}}}')

    assert configurations(block * 3, "demo-mcp", ()) == (Configuration(arguments=("serve",)),)
