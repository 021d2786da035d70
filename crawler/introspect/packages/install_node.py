"""Installing one npm tarball with its dependencies into a folder of its own; no script of any package runs."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from crawler.introspect.packages.engines import node_version, wanted_engine
from crawler.introspect.packages.install import INSTALLING, Installation, NotInstalled, finish, read_installed
from crawler.introspect.packages.install_python import BEFORE
from crawler.introspect.packages.release import Release
from crawler.introspect.sandboxes.outlet import host_and_port
from crawler.introspect.sandboxes.sandbox import Confinement
from crawler.introspect.workshop import Workshop
from crawler.snapshots import SkipReason
from crawler.tools import Json

MOST_PACKAGES = 1_500
_MOST_MANIFEST = 4 << 20
_QUIET = (
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--loglevel=error",
    "--omit=dev",
    # A repository that a package names is cloned by a program that the repository itself may configure.
    "--git=/usr/bin/false",
)
_TELLING = ("@modelcontextprotocol/sdk", "@modelcontextprotocol/server", "fastmcp", "zod")


def install_node(
    release: Release, *, workshop: Workshop, bench: Path, constraints: Sequence[str] = ()
) -> Installation:
    """Install exactly this tarball; a constraint is `before DATE`, for nothing uploaded later. Raises NotInstalled."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None or release.archive is None:
        raise NotInstalled(SkipReason.NO_SANDBOX, "Node.js and npm are not installed here")
    folder = bench / "environment"
    folder.mkdir()
    folder.chmod(0o777)
    programs = (Path(node).resolve().parent, Path(npm).resolve().parents[1])
    command = [node, str(Path(npm).resolve()), "install", *_QUIET]
    command += [f"--before={constraint.removeprefix(BEFORE)}" for constraint in constraints]
    command += [
        "--prefix",
        str(folder),
        "--cache",
        str(workshop.cache / "npm"),
        "--registry",
        workshop.npm_registry,
    ]
    certificates = Path(workshop.index.certificates) if workshop.index.certificates else None
    confinement = Confinement(
        readable=(*programs, *([certificates] if certificates else [])),
        writable=(workshop.pool,),
        environment={"NODE_EXTRA_CA_CERTS": str(certificates)} if certificates else {},
        reach=tuple(dict.fromkeys([host_and_port(workshop.npm_registry), *release.hosts])),
        folder=folder,
        limits=INSTALLING,
    )
    status, _, errors = finish(workshop, [*command, str(release.archive)], confinement)
    if status != 0:
        raise NotInstalled(_reason(errors), errors.strip()[-1000:])
    return _describe(release, folder, Path(node), programs, tuple(constraints))


def _reason(errors: str) -> SkipReason:
    return SkipReason.HASH_MISMATCH if "EINTEGRITY" in errors else SkipReason.NOT_FOUND


def _describe(
    release: Release, folder: Path, node: Path, programs: tuple[Path, ...], repairs: tuple[str, ...]
) -> Installation:
    modules = folder / "node_modules"
    manifests = list(modules.glob("*/package.json")) + list(modules.glob("@*/*/package.json"))
    if len(manifests) > MOST_PACKAGES:
        raise NotInstalled(SkipReason.DEPS_TOO_MANY, f"it brings {len(manifests)} packages")
    return Installation(
        ecosystem="npm",
        name=release.name,
        version=release.version,
        folder=folder,
        programs=modules / ".bin",
        code=modules / release.name,
        scripts=_bins(release),
        readme=release.readme,
        readable=(folder, *programs),
        environment={"PATH": f"{modules}/.bin:{node.parent}:/usr/local/bin:/usr/bin:/bin"},
        resolved={name: version for name in _TELLING if (version := _version(modules, name))},
        repairs=repairs,
        files=tuple(release.files),
        lacks=wanted_engine(json.loads(release.files["package.json"]), node_version(node)),
        runtime=f"Node.js {node_version(node)}",
    )


def _bins(release: Release) -> tuple[str, ...]:
    bins = json.loads(release.files["package.json"]).get("bin")
    if isinstance(bins, str):
        return (release.name.rpartition("/")[2],)
    # What stands before the last slash of a program's name, such as a scope, is not linked.
    return tuple(sorted({name.rpartition("/")[2] for name in bins})) if isinstance(bins, dict) else ()


def _version(modules: Path, name: str) -> str | None:
    try:
        manifest: Json = json.loads(read_installed(modules, f"{name}/package.json", _MOST_MANIFEST))
    except (OSError, ValueError, RecursionError):
        return None
    version = manifest.get("version") if isinstance(manifest, dict) else None
    return version if isinstance(version, str) else None
