"""What a repository's own files say about the server in one of its folders."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct
from packaging.utils import canonicalize_name

from crawler.servers import BadServerName, Package
from crawler.sources.metadata import PROTOCOL_PACKAGES, claimed_name, plain, required_name
from crawler.sources.packagejson import PackageJson, read_package_json
from crawler.sources.serverjson import read_server_json

#: Files that are read in a folder, where they are.
FILES = ("pyproject.toml", "package.json", "server.json", "go.mod", "Cargo.toml", "README.md")
#: Libraries of languages whose manifests are only searched, not parsed.
_GO = re.compile(r"github\.com/(?:mark3labs/mcp-go|modelcontextprotocol/go-sdk|metoro-io/mcp-golang)\b")
_RUST = re.compile(r"^(?:rmcp|rust-mcp-sdk|mcp-server)\b", re.MULTILINE)


class Manifest(Struct, frozen=True, kw_only=True):
    """The server in a folder, as its files tell it."""

    name: str | None = None
    description: str | None = None
    readme: str | None = None
    license: str | None = None
    mcp_name: str | None = None
    #: Packages that are published from here, by its own word.
    packages: tuple[Package, ...] = ()
    keywords: tuple[str, ...] = ()
    #: Whether any file says that this speaks the protocol.
    speaks_mcp: bool = False
    #: Whether other folders are said to be packages of their own.
    workspaces: bool = False


def read_manifest(files: Mapping[str, str]) -> Manifest:
    """Read the files of one folder, by their bare names; what is broken reads as absent."""
    python = _table(_toml(files.get("pyproject.toml", "")), "project")
    node = read_package_json(_json(files.get("package.json", "")))
    entry = _json(files.get("server.json", ""))
    mcp_name = _entry_name(entry) or node.mcp_name or claimed_name(files.get("README.md"))
    return Manifest(
        name=_text(python.get("name")) or node.name,
        description=_text(python.get("description")) or node.description,
        readme=plain(files.get("README.md")),
        license=node.license,
        mcp_name=mcp_name,
        packages=_packages(python, node, _json(files.get("package.json", ""))),
        keywords=node.keywords,
        speaks_mcp=mcp_name is not None or node.speaks_mcp or _python_speaks(python) or _others_speak(files),
        workspaces=node.workspaces or "[tool.uv.workspace]" in files.get("pyproject.toml", ""),
    )


def _packages(python: dict[str, Any], node: PackageJson, raw: dict[str, Any]) -> tuple[Package, ...]:
    found = []
    if name := _text(python.get("name")):
        found.append(Package(registry_type="pypi", identifier=canonicalize_name(name)))
    if node.name and raw.get("private") is not True:
        found.append(Package(registry_type="npm", identifier=node.name))
    return tuple(found)


def _python_speaks(project: dict[str, Any]) -> bool:
    requires = project.get("dependencies")
    lines = requires if isinstance(requires, list) else []
    return any(required_name(line) in PROTOCOL_PACKAGES for line in lines if isinstance(line, str))


def _others_speak(files: Mapping[str, str]) -> bool:
    return bool(_GO.search(files.get("go.mod", "")) or _RUST.search(files.get("Cargo.toml", "")))


def _entry_name(entry: dict[str, Any]) -> str | None:
    """The name in a server.json; many files are called so, and only the registry's has such a name."""
    try:
        return read_server_json(entry).mcp_name
    except BadServerName:
        return None


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _json(text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text or "{}", type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return {}


def _table(data: dict[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return plain(value[:2000]) if isinstance(value, str) else None
