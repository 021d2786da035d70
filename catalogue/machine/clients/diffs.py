"""What would be written, for a person to read before it is: the lines that change, and no secret among them."""

import difflib
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from catalogue.machine.clients.jsonc import BadJsonc, parse
from catalogue.machine.clients.secrets import SHOWN, masked, secrets_of
from catalogue.machine.clients.wrap import Edit

#: Keys whose texts say what is started, and are shown as they are but for the secrets found in them.
_SHOWN_KEYS = frozenset({"command", "path", "type", "source", "name", "cwd", "transport", "matcher", "url"})
_PAIR = re.compile(
    r"""(?P<key>"(?:[^"\\]|\\.)*"|[A-Za-z0-9_-]+)(?P<sign>\s*[:=]\s*)(?P<text>"(?:[^"\\]|\\.)*"|'[^']*')"""
)


def diff(edit: Edit, *, discreet: bool = True) -> str:
    """Unified diff; whatever is secret in the file, or may be, is blotted out, unless the text is our own."""
    before = edit.before or ""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        edit.after.splitlines(keepends=True),
        fromfile="/dev/null" if edit.before is None else str(edit.file),
        tofile=str(edit.file),
    )
    if not discreet:
        return "".join(lines)
    secrets = {found for text in (before, edit.after) for found in _secrets(_document(text))}
    return "".join(_line(masked(line, secrets)) for line in lines)


def _line(line: str) -> str:
    ended = line if line.endswith("\n") else f"{line}\n"
    return ended if line.startswith(("---", "+++", "@@")) else _PAIR.sub(_pair, ended)


def _pair(match: re.Match[str]) -> str:
    key = match["key"].strip('"').lstrip("-")  # a dash may be the sign of a line that goes
    text = match["text"] if key in _SHOWN_KEYS else f'"{SHOWN}"'
    return f"{match['key']}{match['sign']}{text}"


def _document(text: str) -> Any:
    try:
        return parse(text).value
    except BadJsonc:
        pass
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None


def _secrets(value: Any) -> Iterator[str]:
    """Those of every entry of a server, wherever it stands."""
    if isinstance(value, dict):
        yield from secrets_of(value)
        for item in value.values():
            yield from _secrets(item)
