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
    """One client and the places where it looks. Places are relative to the folder that their key names; `*` is any folder."""

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


#: Plugins lie below their marketplace, and below their version since there are versions.
_PLUGINS = ("*/", "*/*/", "*/*/*/")
#: Where extensions of VS Code keep what is theirs.
_EXTENSIONS = "Code/User/globalStorage"
_CLINE = f"{_EXTENSIONS}/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"
_ROO = f"{_EXTENSIONS}/rooveterinaryinc.roo-cline/settings/mcp_settings.json"
_MAC = "Library/Application Support"

CLIENTS = (
    Client(
        name="Claude Desktop",
        home={
            "linux": (".config/Claude/claude_desktop_config.json",),
            "macos": (f"{_MAC}/Claude/claude_desktop_config.json",),
        },
        appdata=("Claude/claude_desktop_config.json",),
    ),
    Client(
        name="Claude Code",
        # `projects.*.mcpServers` holds what was added for one folder only.
        keys=(("mcpServers",), ("projects", "*", "mcpServers")),
        home={"any": (".claude.json", *(f".claude/plugins/cache/{depth}.mcp.json" for depth in _PLUGINS))},
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
            "macos": (f"{_MAC}/Code/User/mcp.json", f"{_MAC}/Code/User/settings.json"),
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
    Client(
        name="Amazon Q",
        home={
            "any": (".aws/amazonq/mcp.json", ".aws/amazonq/agents/*.json", ".aws/amazonq/cli-agents/*.json")
        },
        project=(".amazonq/mcp.json",),
    ),
    Client(name="Copilot CLI", home={"any": (".copilot/mcp-config.json",)}),
    Client(
        name="Cline",
        home={"linux": (f".config/{_CLINE}",), "macos": (f"{_MAC}/{_CLINE}",)},
        appdata=(_CLINE,),
    ),
    Client(
        name="Roo Code",
        home={"linux": (f".config/{_ROO}",), "macos": (f"{_MAC}/{_ROO}",)},
        appdata=(_ROO,),
        project=(".roo/mcp.json",),
    ),
    Client(name="LM Studio", home={"any": (".lmstudio/mcp.json",)}),
)


class Place(Struct, frozen=True, kw_only=True):
    """One file in which one client would look."""

    client: Client
    path: Path
    scope: Literal["user", "project", "managed"]
    #: The project that the file belongs to, where it belongs to one.
    project: Path | None = None


def places(*, system: System, home: Path, project: Path, appdata: Path | None = None) -> Iterator[Place]:
    """Every file in which a client on this machine would look, whether it exists or not."""
    for client in CLIENTS:
        yield from _in_home(client, system, home, appdata)
        for name in client.project:
            yield Place(client=client, path=project / name, scope="project", project=project)
        for name in client.managed.get(system, ()):
            yield Place(client=client, path=Path(name), scope="managed")


def windows_homes(users: Path = Path("/mnt/c/Users")) -> Iterator[Path]:
    """Home folders of Windows as its subsystem for Linux shows them; none on any other machine."""
    if users.is_dir():
        yield from (home for home in sorted(users.iterdir()) if (home / "AppData" / "Roaming").is_dir())


def windows_places(home: Path) -> Iterator[Place]:
    """Every file below a home folder of Windows in which a client would look."""
    for client in CLIENTS:
        yield from _in_home(client, "windows", home, home / "AppData" / "Roaming")


def _in_home(client: Client, system: System, home: Path, appdata: Path | None) -> Iterator[Place]:
    for name in (*client.home.get("any", ()), *client.home.get(system, ())):
        for path in sorted(home.glob(name)) if "*" in name else [home / name]:
            yield Place(client=client, path=path, scope="user")
    if system == "windows" and appdata is not None:
        for name in client.appdata:
            yield Place(client=client, path=appdata / name, scope="user")
