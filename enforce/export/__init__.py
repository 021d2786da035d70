"""A policy in the words of another client or gateway, with what those words cannot say."""

import importlib
from collections.abc import Callable
from functools import cache

from enforce.export.losses import Exported, Losses
from enforce.policy import Policy

__all__ = ["FORMATS", "Exported", "Losses", "export_policy"]

#: Name of each format, and the module beside this one that writes it.
FORMATS = {
    "claude-code": "claude_code",
    "codex": "codex",
    "gemini": "gemini",
    "cursor": "cursor",
    "vscode": "vscode",
    "zed": "zed",
    "copilot": "copilot",
    "docker": "docker",
    "agentgateway": "agentgateway",
    "toolhive": "toolhive",
    "envoy": "envoy",
    "intercept": "intercept",
    "rego": "rego",
}


def export_policy(policy: Policy, form: str, server: str | None = None) -> Exported:
    """*policy* for the target *form*, one of FORMATS; *server* is what the target calls the server.

    What a target cannot express is never left open there: it is asked about or denied, and listed as a loss.
    """
    losses = Losses()
    text = _writer(form)(policy, server or server_key(policy), losses)
    return Exported(text=text, losses=losses.found)


@cache
def _writer(form: str) -> Callable[[Policy, str, Losses], str]:
    """What writes a format; only those that are asked for are loaded."""
    write: Callable[[Policy, str, Losses], str] = importlib.import_module(
        f"enforce.export.{FORMATS[form]}"
    ).write
    return write


def server_key(policy: Policy) -> str:
    """What a client's configuration would call the server: the last part of its name."""
    name = (policy.server or "server").partition("#")[0]
    return name.rpartition(":")[2].rpartition("/")[2] or "server"
