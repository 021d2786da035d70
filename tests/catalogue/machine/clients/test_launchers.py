"""What a launch command starts."""

import pytest

from catalogue.machine.clients.launchers import Launch, resolve
from crawler.servers import ServerName


def _launch(name: str | None = None, **facts: object) -> Launch:
    return Launch(server=ServerName.parse(name) if name else None, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("command", "launch"),
    [
        ("npx -y @modelcontextprotocol/server-github", _launch("npm:@modelcontextprotocol/server-github")),
        ("npx -y @playwright/mcp@0.0.40 --headless", _launch("npm:@playwright/mcp", version="0.0.40")),
        ("npx -y firecrawl-mcp@latest", _launch("npm:firecrawl-mcp")),
        ("npx --package=@a/b@1.2.3 -y serve", _launch("npm:@a/b", version="1.2.3")),
        ("cmd /c npx -y exa-mcp", _launch("npm:exa-mcp")),
        (r"C:\nodejs\npx.cmd -y exa-mcp", _launch("npm:exa-mcp")),
        ("pnpm dlx exa-mcp@3.0.0", _launch("npm:exa-mcp", version="3.0.0")),
        ("npm exec -y -- exa-mcp", _launch("npm:exa-mcp")),
        ("npx -y mcp-remote https://x.example/sse --header A:b", _launch(url="https://x.example/sse")),
        ("uvx mcp-server-time --local-timezone=Europe/Berlin", _launch("pypi:mcp-server-time")),
        ("uvx mcp_server_time@2026.10.19", _launch("pypi:mcp-server-time", version="2026.10.19")),
        ("uvx --from mcp-sora==2026.10.8.0 mcp-sora", _launch("pypi:mcp-sora", version="2026.10.8.0")),
        ("uvx --with requests --refresh-package x mcp-sora", _launch("pypi:mcp-sora")),
        ("uv tool run mcp-sora", _launch("pypi:mcp-sora")),
        ("uvx --from git+https://github.com/a/b b", _launch("github:a/b")),
        (f"uvx --from git+https://github.com/a/b.git@{'0' * 40} b", _launch("github:a/b", version="0" * 40)),
        ("uvx --from git+https://git.example/a/b b", _launch()),
        ("npx -y github:a/b", _launch("github:a/b")),
        ("env A=1 B=2 uvx mcp-sora", _launch("pypi:mcp-sora")),
        ("wsl npx -y exa-mcp", _launch("npm:exa-mcp")),
        ("pipx run mcp-sora", _launch("pypi:mcp-sora")),
        (
            "docker run -i --rm -e TOKEN ghcr.io/a/b:1.0 stdio",
            _launch("github:a/b", version="1.0", image="ghcr.io/a/b:1.0"),
        ),
        ("docker run -i mcp/sqlite", _launch(image="mcp/sqlite")),
        ("docker run -i mcp/sqlite@sha256:12", _launch(image="mcp/sqlite@sha256:12", version="sha256:12")),
        ("docker mcp gateway run", _launch()),
        (
            "tollhouse-proxy stdio --policy p.json --upstream https://x.example/mcp?k=abc",
            _launch(url="https://x.example/mcp?k=***", proxied=True),
        ),
        ("python -m mcp_server_git --repository .", _launch("pypi:mcp-server-git")),
        ("/usr/bin/python3.12 server.py", _launch()),
        ("node /srv/build/index.js", _launch()),
        ("/home/u/.local/bin/mcp-server-git", _launch("pypi:mcp-server-git")),
        (
            "tollhouse-proxy stdio --policy p.json -- uvx mcp-sora==1.0",
            _launch("pypi:mcp-sora", version="1.0", proxied=True),
        ),
        ("", _launch()),
    ],
)
def test_the_server_behind_a_command(command: str, launch: Launch) -> None:
    assert resolve(tuple(command.split())) == launch
