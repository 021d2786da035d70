"""What a person may ask to introspect: a name, a file, a folder, an address or a command."""

import json
import os
import re
import shutil
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from crawler.errors import CrawlerError
from crawler.introspect.attempts import Attempts
from crawler.introspect.command import command_installation
from crawler.introspect.ladder import Fetch, Way, climb, climb_release
from crawler.introspect.launching import Launching
from crawler.introspect.live import Launch
from crawler.introspect.packages.archive import BadArchive, Folder, below_root, read_archive
from crawler.introspect.packages.build_node import source_tarball
from crawler.introspect.packages.folder import FolderFiles
from crawler.introspect.packages.mcpb import read_bundle
from crawler.introspect.packages.projects import is_node, servers
from crawler.introspect.packages.release import Release, Unavailable
from crawler.introspect.packages.wheels import local_wheel
from crawler.introspect.packages.workspaces import workspace_root
from crawler.introspect.remote import ask
from crawler.introspect.static import StaticReading, read_tree
from crawler.introspect.workshop import Workshop
from crawler.servers import BadServerName, Package, Remote, Server, ServerName
from crawler.snapshots import Method, Outcome, SkipReason

_MOST_BYTES = 256 << 20
#: What is no program, even where every file may be executed, as on the disks of other systems.
_ARCHIVES = {".whl", ".zip", ".tgz", ".gz", ".tar", ".mcpb", ".dxt"}


class BadTarget(CrawlerError):
    """Words that name nothing that can be introspected."""

    def __init__(self, target: str, fault: str) -> None:
        super().__init__(target, fault)
        self.target = target
        self.fault = fault

    def __str__(self) -> str:
        return f"{self.target}: {self.fault}"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How a person wants a target introspected."""

    workshop: Workshop
    method: Way = "auto"
    widest: bool = True
    #: Where a command is started.
    folder: Path


def introspect(words: Sequence[str], wish: Wish) -> tuple[Outcome, ...]:
    """Introspect what the words name; raises BadTarget. See `climb` for what comes back."""
    if len(words) != 1:
        return _command(words, wish)
    target = words[0]
    if target.startswith(("http://", "https://")):
        return _address(target, wish)
    if re.match(r"(pypi|npm|github|registry):", target):
        return _named(target, wish)
    path = Path(target)
    if path.is_dir():
        return _folder(path.resolve(), wish)
    if path.is_file() and (path.suffix in _ARCHIVES or not os.access(path, os.X_OK)):
        return _file(path, wish)
    if shutil.which(target):
        return _command(words, wish)
    package = f"; a package is pypi:{target} or npm:{target}" if ServerName.maybe(f"pypi:{target}") else ""
    raise BadTarget(target, f"neither a file, a folder, an address nor a program{package}")


def _named(target: str, wish: Wish) -> tuple[Outcome, ...]:
    match = re.fullmatch(
        r"(?P<name>pypi:[^=@]+?|npm:@?[^@]+?|github:[^@#]+)(?:(?:==|@)(?P<version>[^#]+))?(?P<folder>#.+)?",
        target,
    )
    if match is None:
        raise BadTarget(target, "write pypi:NAME, npm:NAME or github:OWNER/NAME[@REF][#FOLDER]")
    name = ServerName.parse(match["name"] + (match["folder"] or ""))
    package = Package(registry_type=name.ecosystem, identifier=name.name, version=match["version"])
    server = Server(name=name, version=match["version"], packages=(package,))
    return climb(server, workshop=wish.workshop, method=wish.method, widest=wish.widest)


def _address(target: str, wish: Wish) -> tuple[Outcome, ...]:
    parts = urlsplit(target)
    name = local_name(f"{parts.hostname or 'host'}{parts.path}")
    remote = Remote(type="streamable-http", url=target)
    return (ask(target, Attempts(Server(name=name, remotes=(remote,)), wish.workshop)),)


def _file(path: Path, wish: Wish) -> tuple[Outcome, ...]:
    data = _content(path)
    if path.suffix in {".mcpb", ".dxt"}:
        return (_bundle(data, path, wish),)
    if path.suffix == ".whl":
        name = ServerName.parse(f"pypi:{path.name.partition('-')[0]}")
        return _release(name, lambda bench: local_wheel(data, path.name, bench), wish)
    called = re.sub(r"\.(zip|tgz|tar\.gz|tar)$", "", path.name)
    try:
        tree = below_root(read_archive(data, links="skip"))
    except BadArchive as refusal:
        attempts = Attempts(Server(name=local_name(called)), wish.workshop)
        return (attempts.skipped(refusal.reason, str(refusal)),)
    if (found := servers(tree)) and len(found) > 1:
        said = f"a workspace of several packages; unpack it and name one of its folders: {', '.join(found)}"
        raise BadTarget(str(path), said)
    return _source(tree, found[0] if found else "", called, wish)


def _folder(path: Path, wish: Wish) -> tuple[Outcome, ...]:
    files = FolderFiles(path)
    if (found := servers(files)) and len(found) > 1:
        raise BadTarget(str(path), f"a workspace of several packages; name one of {', '.join(found)}")
    if found:
        return _source(files, found[0], path.name, wish)
    root = workspace_root(path) if "package.json" in files else None
    if root:
        return _source(FolderFiles(root), path.relative_to(root).as_posix(), path.name, wish)
    return _source(files, "", path.name, wish)


def _source(tree: Mapping[str, bytes], folder: str, called: str, wish: Wish) -> tuple[Outcome, ...]:
    """A project in a folder of a tree: an npm package as it is or as its build makes it, a Python project by way of a wheel that is built of it."""
    files = Folder(tree, f"{folder}/") if folder else tree
    name = project_name(files, called)
    if is_node(files):
        return _release(name, partial(source_tarball, tree, folder), wish)
    release = Release(name=name.name, version="", files=files, buildable=True)
    return _release(name, lambda _: release, wish)


def _release(name: ServerName, fetch: Fetch, wish: Wish) -> tuple[Outcome, ...]:
    return climb_release(
        Server(name=name), fetch, workshop=wish.workshop, method=wish.method, widest=wish.widest
    )


def _bundle(data: bytes, path: Path, wish: Wish) -> Outcome:
    """What a bundle lists; it is never run, for it brings its own programs."""
    attempts = Attempts(Server(name=local_name(path.stem)), wish.workshop)
    try:
        files = read_archive(data)
        bundle = read_bundle(files)
        unlisted = bundle.incomplete or not bundle.tools
        reading = read_tree(files) if unlisted else StaticReading()
    except BadArchive as refusal:
        return attempts.skipped(refusal.reason, str(refusal))
    attempts = Attempts(
        Server(name=local_name(bundle.name or path.stem), version=bundle.version), wish.workshop
    )
    if len(reading.tools) > len(bundle.tools):
        attempts.fail("manifest", SkipReason.NO_TOOLS, "the bundle's manifest does not list all tools")
        return attempts.read("static", Method.STATIC, bundle.version, reading.tools)
    if not bundle.tools:
        return attempts.skipped(SkipReason.NO_TOOLS, "the bundle's manifest lists no tools, nor its source")
    return attempts.read("manifest", Method.MANIFEST, bundle.version, bundle.tools)


def _command(words: Sequence[str], wish: Wish) -> tuple[Outcome, ...]:
    attempts = Attempts(Server(name=local_name(Path(words[0]).name)), wish.workshop)
    sandbox = wish.workshop.sandbox
    if sandbox is None:
        return (
            attempts.skipped(
                SkipReason.NO_SANDBOX, "this machine offers no sandbox; --unconfined does without"
            ),
        )
    try:
        installation = command_installation(words, wish.folder)
    except Unavailable as refusal:
        return (attempts.skipped(refusal.reason, str(refusal)),)
    launching = Launching(attempts, sandbox, installation)
    return (launching.once(Launch(command=tuple(words))) or attempts.skipped(),)


def local_name(called: str) -> ServerName:
    """A name for what no index names: `registry:local/...`."""
    return ServerName.parse(
        "registry:local/" + (re.sub(r"[^A-Za-z0-9._-]+", "-", called)[:100].strip("-") or "server")
    )


def project_name(files: Mapping[str, bytes], called: str) -> ServerName:
    """The name that a project gives itself in its manifest, else one after what its folder is *called*."""
    try:
        if "pyproject.toml" in files:
            return ServerName.parse(
                f"pypi:{tomllib.loads(files['pyproject.toml'].decode())['project']['name']}"
            )
        if is_node(files):
            return ServerName.parse(f"npm:{json.loads(files['package.json'])['name']}")
    except (ValueError, KeyError, TypeError, RecursionError, BadServerName):
        pass
    return local_name(called)


def _content(path: Path) -> bytes:
    if path.stat().st_size > _MOST_BYTES:
        raise BadTarget(str(path), f"larger than {_MOST_BYTES} bytes")
    return path.read_bytes()
