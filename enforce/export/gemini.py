"""Gemini CLI: which tools of a server are there, in settings.json; the rest is asked about as ever."""

from typing import Any

from enforce.export.losses import Losses
from enforce.export.outline import outline
from enforce.jsontext import dumped
from enforce.policy import Policy


def write(policy: Policy, server: str, losses: Losses) -> str:
    """Keys for `mcpServers.NAME`; merge them with the command that starts the server."""
    found = outline(policy, losses, can_ask=True)
    usable, denied = found.named("allow", "ask"), found.named("deny")
    keys: dict[str, Any] = {"trust": False}  # a trusted server is never asked about
    if found.default == "deny":
        keys["includeTools"] = usable
    if denied:
        keys["excludeTools"] = denied
    document: dict[str, Any] = {"mcpServers": {server: keys}}
    if found.default == "deny" and not usable:
        document["mcp"] = {"excluded": [server]}  # an empty list could be taken for no list at all
    if found.named("ask"):
        document["security"] = {"disableYoloMode": True}  # in which nobody is asked
    if found.named("ask") and found.named("allow"):
        losses.stricter("", "every tool is asked about, since a server is trusted whole or not at all")
    return dumped(document)
