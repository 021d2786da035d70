"""Zed: a profile in settings.json that has the allowed tools and no others."""

from enforce.export.losses import Losses
from enforce.export.outline import outline
from enforce.jsontext import dumped
from enforce.policy import Policy


def write(policy: Policy, server: str, losses: Losses) -> str:
    """The profile `tollhouse`."""
    found = outline(policy, losses, can_ask=False)
    if found.default == "allow":
        losses.stricter("/default", "only tools named in the policy are there")
    tools = {name: standing == "allow" for name, standing in found.tools.items()}
    profile = {
        "name": "Tollhouse",
        "enable_all_context_servers": False,
        "context_servers": {server: {"tools": tools}},
    }
    return dumped({"agent": {"profiles": {"tollhouse": profile}}})
