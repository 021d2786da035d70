"""Which of a package's dependencies look like the real server, so that the caller can fetch them as well."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping

#: The SDKs and frameworks themselves, normalised; every server needs one, and none is a server.
_SDKS = frozenset(
    {
        "mcp",
        "fastmcp",
        "mcp-types",
        "mcp-framework",
        "mcp-handler",
        "fastapi-mcp",
        "mcp-proxy",
        "mcp-nest",
        "xmcp",
    }
    | {"mcp-ui", "mcp-use", "mcpadapt", "mcp-cli-sdk", "langchain-mcp-adapters", "mcp-evals", "mcp-types"}
)
_SDK_SCOPES = ("@modelcontextprotocol/", "@mcp-ui/", "@rekog/", "@types/", "@fastmcp/")

#: Bytes of source of a package that can do no more than hand over to the real server.
LARGEST_WRAPPER = 20_000

_REQUIREMENT = re.compile(r"(?m)^Requires-Dist:\s*([A-Za-z0-9][A-Za-z0-9._-]*)([^\n]*)")
_PYTHON_IMPORT = re.compile(rb"(?m)^[ \t]*+(?:from|import)[ \t]++(\w*mcp\w*)")
_JAVASCRIPT_IMPORT = re.compile(
    rb"""(?:from|import|require\()\s*\(?["']((?:@[\w.-]+/)?[\w.-]+)([^"'\n]*)["']"""
)


def likely_servers(files: Mapping[str, bytes], paths: Iterable[str]) -> tuple[str, ...]:
    """Names of distributions, in the order in which the manifests give them.

    A dependency counts if its name or the imported path speaks of MCP, and the source at `paths` imports it;
    or if the package is so small that it can only hand over to what it imports.
    """
    chosen = list(paths)
    wheel = _python_names(files, [path for path in chosen if path.endswith(".py")])
    package = _javascript_names(files, [path for path in chosen if not path.endswith(".py")])
    return tuple(dict.fromkeys([*wheel, *package]))


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _words(name: str) -> frozenset[str]:
    """The words of a name in no order: what `mcp-server-notes` brings may be imported as `notes_mcp_server`."""
    return frozenset(_normalised(name).split("-"))


def _python_names(files: Mapping[str, bytes], paths: list[str]) -> Iterator[str]:
    metadata = min(
        (path for path in files if path.endswith((".dist-info/METADATA", "PKG-INFO"))), key=len, default=None
    )
    if metadata is None:
        return
    imported: set[frozenset[str]] = set()
    for path in paths:
        if b"mcp" in files[path]:
            imported.update(_words(match[1].decode()) for match in _PYTHON_IMPORT.finditer(files[path]))
    for match in _REQUIREMENT.finditer(files[metadata].decode("utf-8", "replace")):
        name = _normalised(match[1])
        if _words(name) in imported and name not in _SDKS and "extra ==" not in match[2]:
            yield name


def _javascript_names(files: Mapping[str, bytes], paths: list[str]) -> Iterator[str]:
    manifest = min((path for path in files if _is_manifest(path)), key=len, default=None)
    declared = _declared(files[manifest]) if manifest is not None else []
    if not declared:
        return
    imported: dict[str, bool] = {}
    small = sum(len(files[path]) for path in paths) < LARGEST_WRAPPER
    for path in paths:
        content = files[path]
        if small or (b"mcp" in content and len(content) < 1_000_000):
            for match in _JAVASCRIPT_IMPORT.finditer(content):
                name = match[1].decode()
                imported[name] = imported.get(name, False) or small or b"mcp" in match[0].lower()
    for name in sorted(declared, key=lambda name: "mcp" not in name):
        sdk = name.startswith(_SDK_SCOPES) or name.rpartition("/")[2] in _SDKS
        if imported.get(name) and not sdk:
            yield name


def _is_manifest(path: str) -> bool:
    return path.rpartition("/")[2] == "package.json" and "node_modules/" not in path


def _declared(manifest: bytes) -> list[str]:
    """The names of a `package.json`'s dependencies."""
    try:
        found = json.loads(manifest)
    except (ValueError, RecursionError):
        return []
    groups = (
        [found.get(key) for key in ("dependencies", "optionalDependencies")]
        if isinstance(found, dict)
        else []
    )
    return [name for group in groups if isinstance(group, dict) for name in group]
