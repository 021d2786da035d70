"""The servers that a client's configuration names, without starting any and without showing a secret."""

import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct, structs

from catalogue.machine.clients.jsonc import BadJsonc, parse
from catalogue.machine.clients.places import Place
from catalogue.machine.clients.secrets import masked_url, masked_words

#: A client's configuration with every project of a long life in it stays far below this.
MAX_BYTES = 16 * 1024 * 1024


#: Kinds of servers that some client's configuration may name.
_KINDS = frozenset(
    {"stdio", "local", "http", "sse", "remote", "streamable-http", "streamableHttp", "streamable_http"}
)


class Configured(Struct, frozen=True, kw_only=True):
    """One server in one configuration. Values of variables and headers are never kept, only their names."""

    client: str
    file: Path
    scope: Literal["user", "project", "managed"]
    #: Keys that lead to the server in the file.
    keys: tuple[str, ...]
    name: str
    #: Program and arguments as they are written, secrets and all; empty for a remote server. Show `discreet` ones only.
    command: tuple[str, ...] = ()
    #: Without the secrets that it may hold.
    url: str | None = None
    variables: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    disabled: bool = False
    #: Folder of the project for which alone the server is there; `None` counts everywhere.
    project: str | None = None
    #: Whether the file is a link, which is read and never written.
    linked: bool = False
    #: Why nothing can be made of the entry, where nothing can.
    strange: str | None = None

    @property
    def discreet(self) -> "Configured":
        """The same without the secrets in its command."""
        return structs.replace(self, command=masked_words(self.command))


class Unreadable(Struct, frozen=True, kw_only=True):
    """A configuration that was left alone, and why."""

    client: str
    file: Path
    reason: str


def read_place(place: Place) -> Iterator[Configured | Unreadable]:
    """The servers in one file; nothing if there is no such file."""
    try:
        status = place.path.stat()
        if not stat.S_ISREG(status.st_mode):
            yield _unreadable(place, "it is not a plain file")
            return
        if status.st_size > MAX_BYTES:
            yield _unreadable(place, f"it has {status.st_size} bytes, more than {MAX_BYTES}")
            return
        document = load(place.path.read_text(encoding="utf-8-sig"), place.client.format)
    except (FileNotFoundError, NotADirectoryError):
        if place.path.is_symlink():
            yield _unreadable(place, "it is a link that leads nowhere")
        return
    except (OSError, ValueError, BadJsonc) as error:
        yield _unreadable(place, str(error))
        return
    except RecursionError:
        yield _unreadable(place, "it is nested too deeply")
        return
    if not isinstance(document, dict):
        yield _unreadable(place, "it does not hold an object")
        return
    for pattern in place.client.keys:
        for keys, servers in _below(document, pattern):
            yield from _servers(place, keys, servers)


def load(text: str, form: Literal["jsonc", "toml"]) -> Any:
    """The document; raises BadJsonc, ValueError or RecursionError. An empty file is an empty document."""
    if form == "toml":
        return tomllib.loads(text)
    return parse(text).value if text.strip() else {}


def _below(
    document: Any, pattern: tuple[str, ...], keys: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not pattern:
        yield keys, document
        return
    if not isinstance(document, dict):
        return
    for key in list(document) if pattern[0] == "*" else [pattern[0]]:
        if key in document:
            yield from _below(document[key], pattern[1:], (*keys, key))


def _servers(place: Place, keys: tuple[str, ...], servers: Any) -> Iterator[Configured | Unreadable]:
    if not isinstance(servers, dict):
        yield _unreadable(place, f"{'.'.join(keys)} is not an object")
        return
    for name, entry in servers.items():
        if isinstance(entry, dict):
            yield _configured(place, keys, name, entry)
        else:
            yield _unreadable(place, f"{'.'.join((*keys, name))} is not an object")


def _configured(place: Place, keys: tuple[str, ...], name: str, entry: dict[str, Any]) -> Configured:
    return Configured(
        client=place.client.name,
        file=place.path,
        scope=place.scope,
        keys=(*keys, name),
        name=name,
        command=command_of(entry),
        url=masked_url(url) if (url := url_of(entry)) else None,
        variables=_names(entry.get("env")),
        headers=_names(entry.get("headers")) + _names(entry.get("http_headers")),
        disabled=entry.get("disabled") is True or entry.get("enabled") is False,
        project=_project(place, keys),
        linked=place.path.is_symlink(),
        strange=_strange(entry),
    )


def url_of(entry: dict[str, Any]) -> str | None:
    """The address that an entry names, secrets and all; `None` where it names none."""
    found = (entry[key] for key in ("url", "httpUrl", "serverUrl") if isinstance(entry.get(key), str))
    return next(found, None)


def _project(place: Place, keys: tuple[str, ...]) -> str | None:
    """Claude Code keeps what counts for one folder only below the folder's name."""
    if keys[0] == "projects":
        return keys[1]
    return str(place.project) if place.project else None


def _strange(entry: dict[str, Any]) -> str | None:
    kind = entry.get("type")
    if kind is not None and (not isinstance(kind, str) or kind not in _KINDS):
        return f"its type {str(kind)[:40]!r} is none that this release knows"
    if not command_of(entry) and not url_of(entry):
        return "it names neither a command nor an address, which this release does not know what to make of"
    return None


def command_of(entry: dict[str, Any]) -> tuple[str, ...]:
    """Program and arguments that an entry names; empty where it names none."""
    if isinstance(nested := entry.get("command"), dict):
        # Zed once nested both: {"command": {"path": ..., "args": [...]}}
        return command_of({"command": nested.get("path"), "args": nested.get("args")})
    command, arguments = entry.get("command"), entry.get("args")
    if not isinstance(command, str):
        return ()
    rest = arguments if isinstance(arguments, list) else []
    return (command, *(item for item in rest if isinstance(item, str)))


def _names(table: Any) -> tuple[str, ...]:
    return tuple(table) if isinstance(table, dict) else ()


def _unreadable(place: Place, reason: str) -> Unreadable:
    return Unreadable(client=place.client.name, file=place.path, reason=reason)
