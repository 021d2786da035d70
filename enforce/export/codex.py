"""Codex: a server's table in config.toml, with the list of tools that are there at all."""

import json
import re

from crawler.tools import Json
from enforce.export.losses import Losses
from enforce.export.outline import outline
from enforce.policy import Policy

_encode = json.JSONEncoder(ensure_ascii=False).encode
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def write(policy: Policy, server: str, losses: Losses) -> str:
    """Keys for `[mcp_servers.NAME]`; merge them with the command that starts the server."""
    found = outline(policy, losses, can_ask=True)
    usable, asked = found.named("allow", "ask"), found.named("ask")
    keys: dict[str, Json] = {}
    if found.default == "deny":
        keys["enabled_tools"] = usable
        if not usable:
            keys["enabled"] = False  # an empty list could be taken for no list at all
    elif found.named("deny"):
        keys["disabled_tools"] = found.named("deny")
    lines = _table(("mcp_servers", server), keys)
    if asked:
        # The server-wide mode as well: a version that does not know the tool's own mode then asks too often, not too seldom.
        lines = _table(("mcp_servers", server), {**keys, "default_tools_approval_mode": "prompt"})
        losses.looser("", "a Codex that does not know approval modes does not ask for: " + ", ".join(asked))
        for name in usable if found.default == "deny" else asked:
            mode = {"approval_mode": "prompt" if name in asked else "auto"}
            lines += ["", *_table(("mcp_servers", server, "tools", name), mode)]
    return "\n".join(lines) + "\n"


def _table(path: tuple[str, ...], keys: dict[str, Json]) -> list[str]:
    heading = ".".join(part if _BARE.fullmatch(part) else _value(part) for part in path)
    return [f"[{heading}]", *(f"{key} = {_value(value)}" for key, value in keys.items())]


def _value(value: Json) -> str:
    """A string, a list of strings or a truth value, all of which TOML writes as JSON does, but for one character."""
    return _encode(value).replace("\x7f", "\\u007F")
