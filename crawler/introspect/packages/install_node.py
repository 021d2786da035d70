"""Installing one npm tarball with its dependencies into a folder of its own; no script of any package runs."""

import json
from collections.abc import Sequence
from pathlib import Path

from crawler.introspect.packages.engines import wanted_engine
from crawler.introspect.packages.install import Installation, NotInstalled, read_installed
from crawler.introspect.packages.nodes import LATEST, Node, machine_node, newer_node
from crawler.introspect.packages.npm import Npm
from crawler.introspect.packages.programs import bins, file_of, started, starting, write_starter
from crawler.introspect.packages.release import Release
from crawler.introspect.workshop import Workshop
from crawler.snapshots import BEFORE, SkipReason
from crawler.tools import Json

MOST_PACKAGES = 1_500
#: A constraint that is none of a dependency: the newest Node.js that there is.
NEWEST = "the newest Node.js"
#: How the names of files end that Node.js runs.
_SCRIPTS = (".js", ".mjs", ".cjs")
_MOST_MANIFEST = 4 << 20
_TELLING = ("@modelcontextprotocol/sdk", "@modelcontextprotocol/server", "fastmcp", "zod")


def install_node(
    release: Release, *, workshop: Workshop, bench: Path, constraints: Sequence[str] = ()
) -> Installation:
    """Install exactly this tarball, and the Node.js that it wants where the machine's own is older; raises NotInstalled.

    A constraint is `before DATE`, for nothing uploaded later, or NEWEST.
    """
    assert release.archive is not None  # noqa: S101 - the ladder looked
    npm = Npm.find()
    if not bins(_manifest(release)) and file_of(started(_manifest(release))) not in release.files:
        said = "its package.json names no program, nor does its script `start` start a file of it"
        raise NotInstalled(SkipReason.NO_WHEEL, said)
    folder = bench / "environment"
    folder.mkdir()
    folder.chmod(0o777)
    days = [word.removeprefix(BEFORE) for word in constraints if word.startswith(BEFORE)]
    words = ["install", *(f"--before={day}" for day in days), str(release.archive)]
    words += [str(archive) for archive in release.beside]
    npm.run(words, workshop=workshop, folder=folder, hosts=release.hosts)
    node, lacks = machine_node(npm.node), ""
    wanted = LATEST if NEWEST in constraints else wanted_engine(_manifest(release), node.release)
    if wanted:
        try:
            node = newer_node(wanted, node, npm=npm, workshop=workshop, bench=bench, hosts=release.hosts)
        except NotInstalled:
            if wanted == LATEST:
                raise
            lacks = f"it wants Node.js {wanted[:60]}, and here is {node.release}"
    return _describe(release, folder, node, npm, tuple(constraints), lacks)


def _describe(
    release: Release, folder: Path, node: Node, npm: Npm, repairs: tuple[str, ...], lacks: str
) -> Installation:
    modules = folder / "node_modules"
    manifests = list(modules.glob("*/package.json")) + list(modules.glob("@*/*/package.json"))
    if len(manifests) > MOST_PACKAGES:
        raise NotInstalled(SkipReason.DEPS_TOO_MANY, f"it brings {len(manifests)} packages")
    code, programs, scripts = (
        modules / release.name,
        modules / ".bin",
        tuple(sorted(bins(_manifest(release)))),
    )
    if not scripts:
        # Below `node_modules` Node.js strips no types, which is how authors start what they have not built.
        code, programs = (modules / release.name).rename(folder / "own"), folder / "programs"
        words = started(_manifest(release))
        scripts = (write_starter(file_of(words), starting(words, code), programs),)
    for name, path in bins(_manifest(release)).items():
        if path.endswith(_SCRIPTS) and not release.files.get(path, b"#!").startswith(b"#!"):
            # It says not what runs it, so that a shell would. Its authors' build may have written that last.
            (programs / name).unlink(missing_ok=True)
            write_starter(name, ("node", str(code / path)), programs)
    return Installation(
        ecosystem="npm",
        name=release.name,
        version=release.version,
        folder=folder,
        programs=programs,
        code=code,
        scripts=scripts,
        readme=release.readme,
        readable=tuple(dict.fromkeys([folder, node.folder, *npm.folders])),
        environment={"PATH": f"{modules}/.bin:{node.folder}:{npm.node.parent}:/usr/local/bin:/usr/bin:/bin"},
        resolved={name: version for name in _TELLING if (version := _version(modules, name))},
        repairs=repairs,
        files=tuple(release.files),
        lacks=lacks,
        runtime=f"Node.js {node.release}",
    )


def _manifest(release: Release) -> Json:
    manifest: Json = json.loads(release.files["package.json"])
    return manifest


def _version(modules: Path, name: str) -> str | None:
    try:
        manifest: Json = json.loads(read_installed(modules, f"{name}/package.json", _MOST_MANIFEST))
    except (OSError, ValueError, RecursionError):
        return None
    version = manifest.get("version") if isinstance(manifest, dict) else None
    return version if isinstance(version, str) else None
