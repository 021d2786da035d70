"""Docker's MCP gateway: the command line that starts it with the allowed tools only."""

import re
import shlex

from enforce.export.losses import Losses
from enforce.export.outline import outline
from enforce.policy import Policy

_SAFE = re.compile(r"[A-Za-z0-9_./-]+")


def write(policy: Policy, server: str, losses: Losses) -> str:
    """One shell command; a comment where no tool is allowed, since without a list the gateway offers them all."""
    found = outline(policy, losses, can_ask=False)
    if found.default == "allow":
        losses.stricter("/default", "only tools named in the policy are there")
    words = ["docker", "mcp", "gateway", "run", "--servers", server]
    allowed = found.named("allow")
    for name in allowed:
        if _SAFE.fullmatch(name):
            words += ["--tools", f"{server}:{name}"]
        else:
            losses.stricter("", f"the tool {name!r} cannot be named on a command line, and is left out")
    if "--tools" not in words:
        return "# No tool is allowed: do not run this server.\n"
    return shlex.join(words) + "\n"
