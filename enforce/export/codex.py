"""Codex: a server's table in config.toml, with the list of tools that are there at all."""

import tomlkit

from enforce.export.losses import Losses
from enforce.export.outline import outline
from enforce.policy import Policy


def write(policy: Policy, server: str, losses: Losses) -> str:
    """Keys for `[mcp_servers.NAME]`; merge them with the command that starts the server."""
    found = outline(policy, losses, can_ask=True)
    keys = tomlkit.table()
    usable, asked = found.named("allow", "ask"), found.named("ask")
    if found.default == "deny":
        keys["enabled_tools"] = usable
        if not usable:
            keys["enabled"] = False  # an empty list could be taken for no list at all
    elif found.named("deny"):
        keys["disabled_tools"] = found.named("deny")
    if asked:
        # The server-wide mode as well: a version that does not know the tool's own mode then asks too often, not too seldom.
        keys["default_tools_approval_mode"] = "prompt"
        losses.looser("", "a Codex that does not know approval modes does not ask for: " + ", ".join(asked))
        tools = tomlkit.table(is_super_table=True)
        for name in usable if found.default == "deny" else asked:
            tools[name] = {"approval_mode": "prompt" if name in asked else "auto"}
        keys["tools"] = tools
    servers = tomlkit.table(is_super_table=True)
    servers[server] = keys
    document = tomlkit.document()
    document["mcp_servers"] = servers
    return tomlkit.dumps(document)
