"""In which language the program of a source tree is written, as the manifests at its root tell."""

import re
from collections.abc import Mapping

#: What lies at the root of an unpacked wheel or source archive, and of no repository.
_WHEEL = re.compile(r"^(?:[^/]+\.dist-info/METADATA|PKG-INFO)$")

_JVM = re.compile(r"pom\.xml|build\.gradle(?:\.kts)?")

#: Manifests with what stands in them where they are those of a program, and the suffix of its language.
_MANIFESTS = (
    (re.compile(r"package\.json"), re.compile(rb'"bin"'), ".js"),
    (re.compile(r"pyproject\.toml"), re.compile(rb"(?m)^\[(?:project|tool\.poetry)\]"), ".py"),
    (re.compile(r"setup\.py"), re.compile(rb"setup\("), ".py"),
    (re.compile(r"go\.mod"), re.compile(rb"(?m)^module "), ".go"),
    (re.compile(r"Cargo\.toml"), re.compile(rb"(?m)^\[package\]"), ".rs"),
    (re.compile(r"composer\.json"), re.compile(rb'"require"'), ".php"),
    (re.compile(r"[^/]+\.csproj"), re.compile(rb"<Project"), ".cs"),
    (re.compile(r"[^/]+\.gemspec"), re.compile(rb"Gem::Specification"), ".rb"),
    (_JVM, re.compile(rb"(?i)kotlin"), ".kt"),
    (_JVM, re.compile(rb"(?is)\A(?!.*kotlin)"), ".java"),
)

#: A manifest of Python, and one of npm, that asks for what servers are built on.
_SDK = re.compile(rb"""(?m)(?:^|["' ])(?:fast)?mcp(?:\[[\w, ]*\])?[ ]?(?:[<>=~!"';,]|$)""")
_NODE_SDK = re.compile(rb'"dependencies"\s*:\s*\{[^{}]*"@modelcontextprotocol/sdk"')


def home(files: Mapping[str, bytes]) -> str:
    """The suffix of the language in which the package starts; empty where its manifests name none, or several."""
    if any(_WHEEL.match(path) for path in files):
        return ".py"
    found = {
        suffix
        for path in files
        if "/" not in path
        for named, shown, suffix in _MANIFESTS
        if named.fullmatch(path) and shown.search(files[path])
    }
    if found == {".py"} and _is_served_by_node(files):
        return ".js"
    return found.pop() if len(found) == 1 else ""


def _is_served_by_node(files: Mapping[str, bytes]) -> bool:
    """Whether only what stands beside a program in Python asks for an SDK, as where that does the work of a server in JavaScript."""
    asking = [
        path
        for path in ("pyproject.toml", "setup.py", "requirements.txt")
        if _SDK.search(files.get(path, b""))
    ]
    return not asking and _NODE_SDK.search(files.get("package.json", b"")) is not None
