"""Where each client keeps its configuration, on Linux, macOS and Windows.

The list was put together from the clients' own documentation, as of November 2026.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

System = Literal["linux", "macos", "windows"]
Format = Literal["jsonc", "toml"]


class Client(Struct, frozen=True, kw_only=True):
    """One client and the places where it looks. Places are relative to the folder that their key names."""

    name: str
    #: Keys under which the servers stand, outermost first.
    keys: tuple[tuple[str, ...], ...] = (("mcpServers",),)
    format: Format = "jsonc"
    #: Files below the home folder, by system; `any` counts on all three.
    home: Mapping[str, tuple[str, ...]] = {}
    #: Files below the application data folder of Windows (`%APPDATA%`).
    appdata: tuple[str, ...] = ()
    #: Files below the folder of a project.
    project: tuple[str, ...] = ()
    #: Whole paths that an administrator writes, by system.
    managed: Mapping[str, tuple[str, ...]] = {}


CLIENTS = (
    Client(
        name="Claude Desktop",
        home={
            "linux": (".config/Claude/claude_desktop_config.json",),
            "macos": ("Library/Application Support/Claude/claude_desktop_config.json",),
        },
        appdata=("Claude/claude_desktop_config.json",),
    ),
    Client(
        name="Claude Code",
        # `projects.*.mcpServers` holds what was added for one folder only.
        keys=(("mcpServers",), ("projects", "*", "mcpServers")),
        home={"any": (".claude.json",)},
        project=(".mcp.json",),
        managed={
            "linux": ("/etc/claude-code/managed-mcp.json",),
            "macos": ("/Library/Application Support/ClaudeCode/managed-mcp.json",),
            "windows": ("C:/Program Files/ClaudeCode/managed-mcp.json",),
        },
    ),
    Client(name="Cursor", home={"any": (".cursor/mcp.json",)}, project=(".cursor/mcp.json",)),
    Client(
        name="VS Code",
        keys=(("servers",), ("mcp", "servers")),
        home={
            "linux": (".config/Code/User/mcp.json", ".config/Code/User/settings.json"),
            "macos": (
                "Library/Application Support/Code/User/mcp.json",
                "Library/Application Support/Code/User/settings.json",
            ),
        },
        appdata=("Code/User/mcp.json", "Code/User/settings.json"),
        project=(".vscode/mcp.json",),
    ),
    Client(name="Windsurf", home={"any": (".codeium/windsurf/mcp_config.json",)}),
    Client(
        name="Codex",
        keys=(("mcp_servers",),),
        format="toml",
        home={"any": (".codex/config.toml",)},
        project=(".codex/config.toml",),
    ),
    Client(name="Gemini CLI", home={"any": (".gemini/settings.json",)}, project=(".gemini/settings.json",)),
    Client(name="Antigravity", home={"any": (".gemini/antigravity/mcp_config.json",)}),
    Client(
        name="Zed",
        keys=(("context_servers",),),
        home={"linux": (".config/zed/settings.json",), "macos": (".config/zed/settings.json",)},
        appdata=("Zed/settings.json",),
        project=(".zed/settings.json",),
    ),
    Client(name="Kiro", home={"any": (".kiro/settings/mcp.json",)}, project=(".kiro/settings/mcp.json",)),
    Client(name="Amazon Q", home={"any": (".aws/amazonq/mcp.json",)}, project=(".amazonq/mcp.json",)),
)


class Place(Struct, frozen=True, kw_only=True):
    """One file in which one client would look."""

    client: Client
    path: Path
    scope: Literal["user", "project", "managed"]


def places(*, system: System, home: Path, project: Path, appdata: Path | None = None) -> Iterator[Place]:
    """Every file in which a client on this machine would look, whether it exists or not."""
    for client in CLIENTS:
        for name in (*client.home.get("any", ()), *client.home.get(system, ())):
            yield Place(client=client, path=home / name, scope="user")
        if system == "windows" and appdata is not None:
            for name in client.appdata:
                yield Place(client=client, path=appdata / name, scope="user")
        for name in client.project:
            yield Place(client=client, path=project / name, scope="project")
        for name in client.managed.get(system, ()):
            yield Place(client=client, path=Path(name), scope="managed")
