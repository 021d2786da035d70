"""How to start a server from the common clients with the gate in front of it."""

import json
import shlex
from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from catalogue.uvx import options
from crawler.servers import Server, Variable
from crawler.snapshots import Profile

#: Where the snippets expect the policy to lie, for clients that start a server in a folder of their own choosing.
FOLDER = "/path/to/"
#: Variables beyond which, and length of a word from which, nobody wrote a snippet's words in earnest.
MOST_NAMES, LONGEST = 30, 300


class Snippet(Struct, frozen=True, kw_only=True):
    """What to type or to put into one client's configuration."""

    client: str
    #: A command line, or the file that the text belongs into.
    where: str
    text: str


def policy_name(server: Server) -> str:
    """What the server's policy is called once it is saved: those of several servers lie in one folder."""
    return f"{_short(server)}.policy.json"


def snippets(
    server: Server,
    profile: Profile | None = None,
    release: str | None = None,
    environment: Sequence[Variable] = (),
) -> tuple[Snippet, ...]:
    """Snippets for every client that we know; none where there is no command or it holds unprintable text.

    *profile* is how the server was started here, without the installer that brings it; *release* is the one whose tools the
    policy names, which is not always the newest.
    """
    start = _start(server, profile or Profile(), release)
    names = tuple(variable.name for variable in environment if variable.required)
    if not start or len(names) > MOST_NAMES or not all(_plain(part) for part in (*start, *names)):
        return ()
    name = _short(server)
    gate = ["stdio", "--policy", FOLDER + policy_name(server), "--", *start]
    env = dict.fromkeys(names, "...")
    entry = {"command": "tollhouse-proxy", "args": gate, **({"env": env} if env else {})}
    home = {**entry, "args": ["stdio", "--policy", f"${{userHome}}/{policy_name(server)}", "--", *start]}
    flags = "".join(f"-e {shlex.quote(key)}=... " for key in env)
    typed = f"claude mcp add {name} {flags}-- tollhouse-proxy stdio --policy ~/{policy_name(server)} -- {shlex.join(start)}"
    return (
        Snippet(client="Claude Code", where="Terminal", text=typed),
        Snippet(client="Cursor", where=".cursor/mcp.json", text=_json({"mcpServers": {name: home}})),
        Snippet(client="VS Code", where=".vscode/mcp.json", text=_json({"servers": {name: {"type": "stdio", **home}}})),
        Snippet(client="Codex", where="~/.codex/config.toml", text=_toml(name, entry)),
        Snippet(client="Gemini CLI", where="~/.gemini/settings.json", text=_json({"mcpServers": {name: entry}})),
        Snippet(client="Claude Desktop", where="claude_desktop_config.json", text=_json({"mcpServers": {name: entry}})),
        Snippet(client="Zed", where="~/.config/zed/settings.json", text=_json({"context_servers": {name: {"source": "custom", **entry}}})),
    )  # fmt: skip


def _start(server: Server, profile: Profile, release: str | None) -> list[str]:
    package = next((one for one in server.packages if one.registry_type in ("pypi", "npm")), None)
    if package is None:
        return list(profile.command)
    wanted = release or package.version
    if package.registry_type == "npm":
        return [
            "npx",
            "-y",
            f"{package.identifier}@{wanted}" if wanted else package.identifier,
            *profile.command[1:],
        ]
    pinned = f"{package.identifier}=={wanted}" if wanted else package.identifier
    # What it took to start it here, such as `mcp<2`, it takes on every machine.
    return ["uvx", "--from", pinned, *options(profile), *(profile.command or [package.identifier])]


def _plain(word: str) -> bool:
    return len(word) <= LONGEST and word.isprintable() and word.isascii()


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
