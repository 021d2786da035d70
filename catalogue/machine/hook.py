"""A hook for Claude Code: before a new MCP server is added, it puts what we know before the person."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

from catalogue.machine.clients.configured import command_of, load, url_of
from catalogue.machine.clients.jsonc import BadJsonc
from catalogue.machine.clients.launchers import positional, resolve
from catalogue.machine.clients.places import CLIENTS
from catalogue.machine.clients.secrets import masked_url
from catalogue.machine.precheck import Advice, Precheck
from catalogue.website.visible import plain as visible

COMMAND = "tollhouse precheck --hook"
#: Tools by which an agent can add a server: a shell command, or writing a configuration.
MATCHER = "Bash|Write|Edit|MultiEdit"

#: Flags of `claude mcp add` and its like that take a value.
_VALUED = {"-e", "--env", "-s", "--scope", "-t", "--transport", "-H", "--header"}
_ADDS = re.compile(
    r"\bmcp\s+(?:add|install|add-json)\b|\s--add-mcp\s|\bsmithery(?:/cli)?\S*\s+(?:mcp\s+)?(?:add|install)\s"
)
_CONFIGURATIONS = {
    Path(name).name
    for client in CLIENTS
    for names in (*client.home.values(), client.appdata, client.project, *client.managed.values())
    for name in names
} - {"settings.json"}


def installed(settings: dict[str, Any]) -> bool:
    """Whether our hook already stands in Claude Code's settings."""
    return any(_ours(hook) for group in _groups(settings) for hook in group.get("hooks", ()))


def install(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings with our hook in them, once; nothing else changes."""
    if installed(settings):
        return settings
    group = {"matcher": MATCHER, "hooks": [{"type": "command", "command": COMMAND, "timeout": 10}]}
    hooks = dict(settings.get("hooks") or {})
    hooks["PreToolUse"] = [*_groups(settings), group]
    return {**settings, "hooks": hooks}


def remove(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings without our hook; groups and tables that become empty go too."""
    groups = [
        {**group, "hooks": kept}
        for group in _groups(settings)
        if (kept := [hook for hook in group.get("hooks", ()) if not _ours(hook)])
    ]
    hooks = {key: value for key, value in (settings.get("hooks") or {}).items() if key != "PreToolUse"}
    if groups:
        hooks["PreToolUse"] = groups
    rest = {key: value for key, value in settings.items() if key != "hooks"}
    return {**rest, "hooks": hooks} if hooks else rest


def _groups(settings: dict[str, Any]) -> list[dict[str, Any]]:
    groups = (settings.get("hooks") or {}).get("PreToolUse") or []
    return [group for group in groups if isinstance(group, dict)]


def _ours(hook: Any) -> bool:
    return isinstance(hook, dict) and hook.get("command") == COMMAND


def wanted(event: Any) -> list[str]:
    """Names, addresses and images of the servers that the tool use in a PreToolUse *event* would add; none for anything else."""
    if not isinstance(event, dict) or not isinstance(given := event.get("tool_input"), dict):
        return []
    if event.get("tool_name") == "Bash":
        return _in_command(str(given.get("command", "")))
    if Path(str(given.get("file_path", ""))).name not in _CONFIGURATIONS:
        return []
    written = (
        given.get("content"),
        given.get("new_string"),
        *(edit.get("new_string") for edit in _edits(given)),
    )
    return [name for text in written if isinstance(text, str) for name in _in_configuration(text)]


def _edits(given: dict[str, Any]) -> list[dict[str, Any]]:
    edits = given.get("edits")
    return [edit for edit in edits if isinstance(edit, dict)] if isinstance(edits, list) else []


def _in_command(command: str) -> list[str]:
    if not _ADDS.search(command):
        # A configuration that is written by the shell; its quotes may be escaped there.
        written = any(name in command for name in _CONFIGURATIONS)
        return _in_configuration(command.replace('\\"', '"')) if written else []
    try:
        words = shlex.split(command)
    except ValueError:
        return []
    if "add-json" in words or "--add-mcp" in words:
        return [name for word in words for name in _in_configuration(word) if word.startswith("{")]
    if "--" in words:
        return _started(tuple(words[words.index("--") + 1 :]))
    verb = next((at for at, word in enumerate(words) if word in ("add", "install")), len(words))
    named = positional(tuple(words[verb + 1 :]), _VALUED)
    if any("smithery" in word for word in words[:verb]):
        return named[:1]
    return _started(tuple(named[1:]))


def _started(words: tuple[str, ...]) -> list[str]:
    """What a launch command, or an address in its place, stands for; nothing where that cannot be told."""
    if words and "://" in words[0]:
        return [masked_url(words[0])]
    launch = resolve(words)
    found = launch.server or launch.url or launch.image
    return [str(found)] if found else []


def _in_configuration(text: str) -> list[str]:
    """Servers of a whole configuration; of a fragment, whatever launch command or address can be seen in it."""
    try:
        commands = list(_commands(load(text, "jsonc")))
    except BadJsonc:
        commands = [
            (match[1], *re.findall(r'"((?:[^"\\]|\\.)*)"', match[2] or ""))
            for match in re.finditer(
                r'"command"\s*:\s*"([^"\\]+)"(?:\s*,\s*"args"\s*:\s*\[([^\]]*)\])?', text
            )
        ]
        commands += [
            (url,) for url in re.findall(r'"(?:url|httpUrl|serverUrl)"\s*:\s*"(https?://[^"]+)"', text)
        ]
    return [name for command in commands for name in _started(command)]


def _commands(value: Any) -> list[tuple[str, ...]]:
    if not isinstance(value, dict):
        return []
    if command := command_of(value):
        return [command]
    if url := url_of(value):
        return [(url,)]
    return [found for item in value.values() for found in _commands(item)]


def answer(checks: list[Precheck]) -> str:
    """What Claude Code reads: nothing to say, a note, or a question to the person. The hook itself never blocks."""
    if not checks:
        return ""
    words = visible(
        " ".join(
            f"{check.server or check.name}: {check.advice}. {' '.join(check.reasons)}" for check in checks
        )
    )
    if all(check.advice is Advice.PROCEED for check in checks):
        return json.dumps({"systemMessage": f"Tollhouse: {words}"})
    decision = {
        "hookEventName": "PreToolUse",
        "permissionDecision": "ask",
        "permissionDecisionReason": f"Tollhouse: {words}",
    }
    return json.dumps({"hookSpecificOutput": decision})
