"""Where clients keep their configurations on each system."""

from pathlib import Path, PurePosixPath

import pytest

from catalogue.machine.clients.configured import Configured, read_place
from catalogue.machine.clients.places import System, places, windows_homes, windows_places

HOME, PROJECT = Path("/h"), Path("/p")

USER = {
    "linux": {
        "Claude Desktop": {".config/Claude/claude_desktop_config.json"},
        "Claude Code": {".claude.json"},
        "Cursor": {".cursor/mcp.json"},
        "VS Code": {".config/Code/User/mcp.json", ".config/Code/User/settings.json"},
        "Windsurf": {".codeium/windsurf/mcp_config.json"},
        "Codex": {".codex/config.toml"},
        "Gemini CLI": {".gemini/settings.json"},
        "Antigravity": {".gemini/antigravity/mcp_config.json"},
        "Zed": {".config/zed/settings.json"},
        "Kiro": {".kiro/settings/mcp.json"},
        "Amazon Q": {".aws/amazonq/mcp.json"},
    },
    "macos": {
        "Claude Desktop": {"Library/Application Support/Claude/claude_desktop_config.json"},
        "VS Code": {
            "Library/Application Support/Code/User/mcp.json",
            "Library/Application Support/Code/User/settings.json",
        },
        "Zed": {".config/zed/settings.json"},
        "Claude Code": {".claude.json"},
    },
    "windows": {
        "Claude Desktop": {"AppData/Roaming/Claude/claude_desktop_config.json"},
        "VS Code": {"AppData/Roaming/Code/User/mcp.json", "AppData/Roaming/Code/User/settings.json"},
        "Zed": {"AppData/Roaming/Zed/settings.json"},
        "Windsurf": {".codeium/windsurf/mcp_config.json"},
        "Codex": {".codex/config.toml"},
    },
}
MANAGED = {
    "linux": "/etc/claude-code/managed-mcp.json",
    "macos": "/Library/Application Support/ClaudeCode/managed-mcp.json",
    "windows": "C:/Program Files/ClaudeCode/managed-mcp.json",
}


@pytest.mark.parametrize("system", ["linux", "macos", "windows"])
def test_each_client_is_looked_for_where_it_keeps_its_configuration(system: System) -> None:
    found = list(places(system=system, home=HOME, project=PROJECT, appdata=HOME / "AppData/Roaming"))

    def user(client: str) -> set[str]:
        mine = [place for place in found if place.client.name == client and place.scope == "user"]
        return {place.path.relative_to(HOME).as_posix() for place in mine}

    assert {client: user(client) for client in USER[system]} == USER[system]
    assert [PurePosixPath(place.path).as_posix() for place in found if place.scope == "managed"] == [
        MANAGED[system]
    ]


def test_files_of_a_project_belong_to_it() -> None:
    found = {
        place.path.relative_to(PROJECT).as_posix(): place.project
        for place in places(system="linux", home=HOME, project=PROJECT)
        if place.scope == "project"
    }

    assert found == dict.fromkeys(
        (
            ".mcp.json", ".cursor/mcp.json", ".vscode/mcp.json", ".codex/config.toml", ".gemini/settings.json",
            ".zed/settings.json", ".kiro/settings/mcp.json", ".amazonq/mcp.json", ".roo/mcp.json",
        ),
        PROJECT,
    )  # fmt: skip


def test_plugins_and_agents_are_found_by_their_folder(tmp_path: Path) -> None:
    for name in (".claude/plugins/cache/shop/tool/1.0/.mcp.json", ".aws/amazonq/agents/a.json"):
        file = tmp_path / name
        file.parent.mkdir(parents=True)
        file.write_text('{"mcpServers": {"one": {"command": "uvx", "args": ["a"]}}}')

    found = [
        (item.client, item.name)
        for place in places(system="linux", home=tmp_path, project=tmp_path / "p")
        if place.scope == "user"
        for item in read_place(place)
        if isinstance(item, Configured)
    ]

    assert found == [("Claude Code", "one"), ("Amazon Q", "one")]


def test_homes_of_windows_are_seen_from_its_subsystem_for_linux(tmp_path: Path) -> None:
    (tmp_path / "me/AppData/Roaming").mkdir(parents=True)
    (tmp_path / "Public").mkdir()

    assert list(windows_homes(tmp_path)) == [tmp_path / "me"]
    assert list(windows_homes(tmp_path / "nowhere")) == []
    assert tmp_path / "me/AppData/Roaming/Claude/claude_desktop_config.json" in {
        place.path for place in windows_places(tmp_path / "me")
    }
