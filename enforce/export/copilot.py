"""The Copilot cloud agent: a server's list of tools in the repository's settings; nobody is asked about a call."""

from enforce.export.losses import Losses
from enforce.export.outline import outline
from enforce.jsontext import dumped
from enforce.policy import Policy


def write(policy: Policy, server: str, losses: Losses) -> str:
    """`mcpServers` with the allowed tools; merge it with the command that starts the server."""
    found = outline(policy, losses, can_ask=False)
    if found.default == "allow":
        losses.stricter("/default", "only tools named in the policy are there")
    allowed = []
    for name in found.named("allow"):
        if "*" in name:
            losses.stricter("", f"the tool {name!r} is left out, since * means all of them")
        else:
            allowed.append(name)
    # Without an allowed tool the server is left out: an empty list could be taken for no list at all.
    servers = {server: {"tools": allowed}} if allowed else {}
    return dumped({"mcpServers": servers})
