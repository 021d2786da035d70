"""Reads server.json, the listing of the official registry, from a hostile hand: wrong types read as absent."""

import re
from collections.abc import Iterator
from typing import Any

from crawler.servers import Package, Remote, Repository, Server, ServerName, Variable
from crawler.sources.metadata import plain, web_address

#: No listing needs more packages, remotes, arguments or variables than this.
MOST = 50
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}")
_TRANSPORTS = frozenset({"stdio", "streamable-http", "sse"})


def read_server_json(data: dict[str, Any], *, released_at: str | None = None) -> Server:
    """The listing; raises BadServerName if its name is not `namespace/name`."""
    identity = data.get("name")
    return Server(
        name=ServerName.parse(f"registry:{identity if isinstance(identity, str) else ''}"),
        title=_text(data, "title"),
        description=_text(data, "description"),
        version=_text(data, "version"),
        repository=_repository(data.get("repository")),
        homepage=web_address(_text(data, "websiteUrl", "website_url")),
        packages=tuple(filter(None, map(_package, _objects(data, "packages")))),
        remotes=tuple(filter(None, map(_remote, _objects(data, "remotes")))),
        mcp_name=_text(data, "name"),
        released_at=released_at,
    )


def package_names(server: Server) -> Iterator[ServerName]:
    """The packages of the listing that a source of ours has, by their own names."""
    for package in server.packages:
        if package.registry_type in {"pypi", "npm"}:
            name = ServerName.maybe(f"{package.registry_type}:{package.identifier}")
            if name is not None:
                yield name


def _package(data: dict[str, Any]) -> Package | None:
    # Files from before September 2025 spell their keys with underscores.
    kind, identifier = _text(data, "registryType", "registry_type"), _text(data, "identifier")
    if kind is None or identifier is None:
        return None
    transport = data.get("transport")
    way = _text(transport, "type") if isinstance(transport, dict) else None
    arguments = _arguments(data, "runtimeArguments", "runtime_arguments")
    arguments += _arguments(data, "packageArguments", "package_arguments")
    return Package(
        registry_type=kind,
        identifier=identifier,
        version=_text(data, "version"),
        transport=way if way in _TRANSPORTS else "stdio",
        runtime_hint=_text(data, "runtimeHint", "runtime_hint"),
        arguments=arguments,
        environment=_variables(data, "environmentVariables", "environment_variables"),
        sha256=_text(data, "fileSha256", "file_sha256"),
    )


def _remote(data: dict[str, Any]) -> Remote | None:
    kind, url = _text(data, "type", "transport_type"), web_address(_text(data, "url"))
    if kind is None or url is None:
        return None
    return Remote(type=kind, url=url, headers=_variables(data, "headers"))


def _repository(data: Any) -> Repository | None:
    url = web_address(_text(data, "url")) if isinstance(data, dict) else None
    if url is None:
        return None
    return Repository(url=url, source=_text(data, "source"), subfolder=_text(data, "subfolder"))


def _arguments(data: dict[str, Any], *keys: str) -> tuple[str, ...]:
    words: list[str] = []
    for argument in _objects(data, *keys):
        named = _text(argument, "name") if _text(argument, "type") == "named" else None
        value = _text(argument, "value") or _text(argument, "default")
        words += [word for word in (named, value) if word]
    return tuple(words[:MOST])


def _variables(data: dict[str, Any], *keys: str) -> tuple[Variable, ...]:
    return tuple(
        Variable(
            name=name,
            description=_text(entry, "description"),
            required=_flag(entry, "isRequired", "is_required"),
            secret=_flag(entry, "isSecret", "is_secret"),
            default=_text(entry, "default"),
        )
        for entry in _objects(data, *keys)
        if (name := _text(entry, "name")) and _VARIABLE.fullmatch(name)
    )


def _first(data: dict[str, Any], keys: tuple[str, ...]) -> Any:
    return next((data[key] for key in keys if key in data), None)


def _objects(data: dict[str, Any], *keys: str) -> list[dict[str, Any]]:
    value = _first(data, keys)
    return [item for item in value[:MOST] if isinstance(item, dict)] if isinstance(value, list) else []


def _text(data: dict[str, Any], *keys: str) -> str | None:
    value = _first(data, keys)
    return plain(value[:2000]) if isinstance(value, str) else None


def _flag(data: dict[str, Any], *keys: str) -> bool:
    return _first(data, keys) is True
