"""What a README tells people to write into their client's configuration."""

import itertools
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crawler.introspect.dummies import dummy, dummy_argument
from crawler.servers import Server
from crawler.tools import Json

_MENTION = re.compile(r'"(mcpServers|servers|mcp_servers|context_servers)"\s*:\s*\{|"command"\s*:\s*["{]')
_COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
#: Flags of the launchers that take the next word with them.
_WITH_VALUE = frozenset(
    {"--with", "--from", "--python", "--refresh-package", "--index", "--index-url", "-p", "--package"}
)
_CONTAINERS = ("docker", "podman", "nerdctl")
_HANDING_ON = ("-e", "--env")
_MOST_BLOCKS = 12
_LONGEST_BLOCK = 20_000


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """Arguments and variables for a server's own program, with harmless values."""

    arguments: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()


def configurations(readme: str, package: str, scripts: tuple[str, ...]) -> tuple[Configuration, ...]:
    """The distinct configurations of this package that the README shows, in its order."""
    names = {_plain(name) for name in (package, *scripts)}
    found = (_read(entry, names) for entry in _entries(readme))
    return tuple(dict.fromkeys(configuration for configuration in found if configuration is not None))


def commands(readme: str) -> tuple[tuple[str, ...], ...]:
    """The distinct commands with their arguments, of whatever program, that the README tells a client to start."""
    found = (_command(entry) for entry in _entries(readme))
    return tuple(dict.fromkeys(words for words in found if words))


def declared(server: Server) -> Configuration:
    """The variables that the listing itself declares as required."""
    wanted = [
        variable for package in server.packages for variable in package.environment if variable.required
    ]
    return Configuration(
        environment=tuple(
            (variable.name, dummy(variable.name, variable.default or "")) for variable in wanted
        )
    )


def _entries(readme: str) -> Iterator[dict[str, Json]]:
    """Every object with a `command` in the README's JSON, however deep."""
    end = 0
    for count, mention in enumerate(_MENTION.finditer(readme)):
        if count >= _MOST_BLOCKS:
            return
        if mention.start() < end:
            continue
        for start in _openings(readme, mention.start(), end):
            block, after = _block(readme, start)
            value = _lenient(block) if after > mention.start() else None
            if value is not None:
                end = after
                yield from _commands(value)
                break


def _openings(readme: str, at: int, end: int) -> Iterator[int]:
    """Positions of the braces before it, the farthest of a few first, and lastly its own; none of a block that has an end."""
    offset = max(end, at - 400)
    braces = [match.start() for match in re.finditer(r"\{", readme[offset:at])]
    yield from (offset + brace for brace in braces[-4:])
    inner = readme.find("{", at)
    if inner >= 0:
        yield inner


def _block(text: str, start: int) -> tuple[str, int]:
    """The balanced braces from *start*, strings skipped; and where they end."""
    depth, quoted, position = 0, False, start
    limit = min(len(text), start + _LONGEST_BLOCK)
    while position < limit:
        character = text[position]
        if quoted:
            position += character == "\\"
            quoted = character != '"'
        elif character == '"':
            quoted = True
        elif character in "{}":
            depth += 1 if character == "{" else -1
            if depth == 0:
                return text[start : position + 1], position + 1
        position += 1
    return "", start


def _lenient(block: str) -> Json:
    if '"command"' not in block:
        return None
    bare = _COMMENT.sub(lambda match: match.group(1) or "", block)
    bare = _TRAILING_COMMA.sub(r"\1", bare)
    try:
        return json.loads(bare)
    except (ValueError, RecursionError):
        return None


def _commands(value: Json) -> Iterator[dict[str, Json]]:
    if isinstance(value, list):
        for item in value:
            yield from _commands(item)
    elif isinstance(value, dict):
        if "command" in value and "mcpServers" not in value:
            yield value
        for item in value.values():
            yield from _commands(item)


def _command(entry: dict[str, Json]) -> tuple[str, ...]:
    """The words of a command; none where it is in no form that is known."""
    command, arguments = entry["command"], entry.get("args", [])
    if isinstance(command, dict):  # Zed's older form
        command, arguments = command.get("path", ""), command.get("args", [])
    if not isinstance(command, str) or not isinstance(arguments, list):
        return ()
    return tuple(word for word in [*command.split(), *arguments] if isinstance(word, str))


def _read(entry: dict[str, Json], names: set[str]) -> Configuration | None:
    words = _command(entry)
    own = _own_arguments(words, names)
    environment = entry.get("env", {})
    variables = {**_handed_on(words), **(environment if isinstance(environment, dict) else {})}
    if own is None and not variables:
        return None
    return Configuration(
        arguments=tuple(dummy_argument(word) for word in own or ()),
        environment=tuple(
            (name, dummy(name, value if isinstance(value, str) else json.dumps(value)))
            for name, value in variables.items()
            if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name)
        ),
    )


def _handed_on(words: Sequence[str]) -> dict[str, Json]:
    """The variables that a launcher of containers is told to hand on, with the values that the README gives them."""
    if not words or words[0].rpartition("/")[2] not in _CONTAINERS:
        return {}
    told = [
        word.removeprefix(f"{flag}=") for flag in _HANDING_ON for word in words if word.startswith(f"{flag}=")
    ]
    told += [word for before, word in itertools.pairwise(words) if before in _HANDING_ON]
    return {name: value for name, _, value in (word.partition("=") for word in told)}


def _own_arguments(words: Sequence[str], names: set[str]) -> Sequence[str] | None:
    """What follows the package's or the script's name; `None` where the server is started in a way of its own."""
    position, found = 0, None
    while position < len(words):
        word = words[position]
        following = _plain(words[position + 1]) if position + 1 < len(words) else ""
        if _plain(word) in names:
            found = position
        elif found is not None and word == "--" and following in names:
            pass  # `npx --package NAME -- PROGRAM`
        elif found is not None or (word in _WITH_VALUE and following and following not in names):
            if found is not None:
                break
            position += 1
        position += 1
    return None if found is None else words[found + 1 :]


def _plain(word: str) -> str:
    """A word without folder, version, extras or spelling differences, but with its npm scope."""
    scope, slash, name = word.rpartition("/") if word.startswith("@") else ("", "", word.rpartition("/")[2])
    name = re.split(r"[\[=<>~!]|(?<=.)@", name)[0]
    return (scope + slash + re.sub(r"[-_.]+", "-", name)).lower()
