"""How to start a server from the common clients with the gate in front of it."""

import json
import shlex
from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from crawler.servers import Package, Server, Variable

#: Where the snippets expect the policy to lie; a person moves it where they like.
POLICY = "policy.json"
#: Variables beyond which, and length of a word from which, nobody wrote a snippet's words in earnest.
MOST_NAMES, LONGEST = 30, 300


class Snippet(Struct, frozen=True, kw_only=True):
    """What to type or to put into one client's configuration."""

    client: str
    #: A command line, or the file that the text belongs into.
    where: str
    text: str


def snippets(
    server: Server, command: Sequence[str] = (), environment: Sequence[Variable] = ()
) -> tuple[Snippet, ...]:
    """Snippets for every client that we know; none where there is no command or it holds unprintable text.

    *command* is how the server was started here, without the installer that brings it.
    """
    start = _start(server, command)
    names = tuple(variable.name for variable in environment if variable.required)
    if not start or len(names) > MOST_NAMES or not all(_plain(part) for part in (*start, *names)):
        return ()
    name = _short(server)
    gate = ["tollhouse-proxy", "stdio", "--policy", POLICY, "--", *start]
    env = dict.fromkeys(names, "...")
    entry = {"command": gate[0], "args": gate[1:], **({"env": env} if env else {})}
    flags = " ".join(f"-e {shlex.quote(key)}=..." for key in env)
    return (
        Snippet(client="Claude Code", where="Terminal", text=f"claude mcp add {name} {flags + ' ' if flags else ''}-- {shlex.join(gate)}"),
        Snippet(client="Cursor", where=".cursor/mcp.json", text=_json({"mcpServers": {name: entry}})),
        Snippet(client="VS Code", where=".vscode/mcp.json", text=_json({"servers": {name: {"type": "stdio", **entry}}})),
        Snippet(client="Codex", where="~/.codex/config.toml", text=_toml(name, entry)),
        Snippet(client="Gemini CLI", where="~/.gemini/settings.json", text=_json({"mcpServers": {name: entry}})),
        Snippet(client="Claude Desktop", where="claude_desktop_config.json", text=_json({"mcpServers": {name: entry}})),
        Snippet(client="Zed", where="~/.config/zed/settings.json", text=_json({"context_servers": {name: {"source": "custom", **entry}}})),
    )  # fmt: skip


def _start(server: Server, command: Sequence[str]) -> list[str]:
    package = next((one for one in server.packages if one.registry_type in ("pypi", "npm")), None)
    if package is None:
        return list(command)
    if package.registry_type == "npm":
        return ["npx", "-y", _pinned(package, "@"), *command[1:]]
    return ["uvx", "--from", _pinned(package, "=="), *(command or [package.identifier])]


def _plain(word: str) -> bool:
    return len(word) <= LONGEST and word.isprintable() and word.isascii()


def _pinned(package: Package, sign: str) -> str:
    return f"{package.identifier}{sign}{package.version}" if package.version else package.identifier


def _short(server: Server) -> str:
    """A name for the client's list: letters, digits and dashes of the last part."""
    last = server.name.name.rpartition("/")[2].partition("#")[0]
    return (
        "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in last).strip("-")
        or "server"
    )


def _json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _toml(name: str, entry: Mapping[str, object]) -> str:
    # A JSON string in ASCII is a TOML string too, and so is an array of them.
    lines = [f"[mcp_servers.{name}]"]
    lines += [f"{key} = {json.dumps(value)}" for key, value in entry.items() if key != "env"]
    env = entry.get("env")
    if isinstance(env, dict):
        lines += [
            f"[mcp_servers.{name}.env]",
            *(f"{json.dumps(key)} = {json.dumps(value)}" for key, value in env.items()),
        ]
    return "\n".join(lines)
