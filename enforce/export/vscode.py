"""Visual Studio Code: it has no permissions for single tools, so the server is started behind our proxy."""

from enforce.export.losses import Losses
from enforce.jsontext import dumped
from enforce.policy import Policy

_LAUNCHERS = {"pypi": ["uvx"], "npm": ["npx", "-y"]}


def write(policy: Policy, server: str, losses: Losses) -> str:
    """An entry of mcp.json that runs the server through tollhouse-proxy with this policy saved beside it.

    A `sandbox` block is not written: VS Code stops asking about the calls of a sandboxed server.
    """
    ecosystem, _, name = (policy.server or "").partition(":")
    command = (
        [*_LAUNCHERS[ecosystem], _pinned(ecosystem, name, policy.release)] if ecosystem in _LAUNCHERS else []
    )
    if not command:
        losses.stricter(
            "", "put the command that starts the server where COMMAND stands; until then it does not start"
        )
        command = ["COMMAND"]
    saved = f"${{workspaceFolder}}/.vscode/{server}.policy.json"
    entry = {
        "type": "stdio",
        "command": "tollhouse-proxy",
        "args": ["stdio", "--policy", saved, "--", *command],
    }
    return dumped({"servers": {server: entry}})


def _pinned(ecosystem: str, name: str, release: str | None) -> str:
    if release is None:
        return name
    return f"{name}=={release}" if ecosystem == "pypi" else f"{name}@{release}"
