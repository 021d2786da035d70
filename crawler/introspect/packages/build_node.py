"""Building an npm package from source: in a sandbox without a network, with the tools that it names installed beforehand."""

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from crawler.introspect.packages.archive import Bounds
from crawler.introspect.packages.build import write_tree
from crawler.introspect.packages.install import INSTALLING, NotInstalled, finish
from crawler.introspect.packages.npm import Npm
from crawler.introspect.packages.programs import bins, file_of, started
from crawler.introspect.packages.release import Release
from crawler.introspect.packages.tarballs import local_tarball
from crawler.introspect.sandboxes.sandbox import Confinement
from crawler.introspect.workshop import Workshop
from crawler.snapshots import SkipReason
from crawler.tools import Json

#: Scripts that make what a package ships, the likeliest first.
_MAKING = ("build", "prepack", "prepare", "prepublishOnly")
#: What npm reads before it resolves: the manifest, and the exact versions that its authors have tried.
_RESOLVED = ("package.json", "package-lock.json", "npm-shrinkwrap.json")
#: A file of the same package that a statement at the beginning of a line imports, and how its name may go on.
_IMPORTED = re.compile(
    r"""^[ \t]*(?:import\b[^'";()]{0,500}|(?:const|var|let)\b[^'";()]{0,300}\brequire\(\s*|(?:await )?(?:import|require)\(\s*)['"](\.{1,2}/[^'"\n]{1,300})['"]""",
    re.MULTILINE,
)
_ENDS = ("", ".js", ".mjs", ".cjs", ".json", ".ts", "/index.js", "/index.mjs", "/index.cjs", "/package.json")
#: Characters of a program that are looked through; one that only leads to what was built is short.
_MOST_PROGRAM = 20_000
#: Makes a copy, by the script or else by the compiler alone, and packs it. Nothing that is printed meanwhile goes the
#: same way as what is packed. Other package managers are npm by another name: they start the same scripts.
_TELLING = """
cp -R -- "$1" source && ln -s "$2/node_modules" source/node_modules && mkdir out bin && cd source || exit 1
for other in pnpm yarn; do
  printf '#!/bin/sh\\ncase "$1" in run|exec) exec npm "$@";; *) exec npm run "$@";; esac\\n' > ../bin/$other
  chmod +x ../bin/$other
done
PATH="$HOME/bin:$PATH"
{ npm run "$3" || { [ -f tsconfig.json ] && node_modules/.bin/tsc; } || true; } >&2
rm -f node_modules
npm pack --ignore-scripts --pack-destination ../out >&2 && cd ../out && set -- *.tgz && [ $# = 1 ] && [ ! -L "$1" ] && cat -- "$1"
"""


def unbuilt(files: Mapping[str, bytes]) -> bool:
    """Whether this source tree names programs that only its build would make, or what they import, and says how."""
    return _making(files) is not None and not all(_is_whole(program, files) for program in _programs(files))


def build_package(release: Release, *, workshop: Workshop, bench: Path) -> Release:
    """The package that the source makes; raises NotInstalled or BadArchive.

    The build is code of the project, so it sees the tree, its tools and nothing else. It works on a copy in its home,
    which ends with it: what we take of it is one archive that is read strictly. Installing the tools runs nothing of them.
    """
    npm = Npm.find()
    # What lies beside it is there to be read; and what a project tells npm is none of our business.
    files = {
        path: release.files[path]
        for path in release.files
        if not path.startswith("node_modules/") and path != ".npmrc"
    }
    for folder in (bench, source := bench / "source", tools := bench / "tools", packed := bench / "packed"):
        folder.mkdir()
        folder.chmod(0o777)
    write_tree(files, source)
    write_tree({path: files[path] for path in _RESOLVED if path in files}, tools)
    for path in _RESOLVED:
        # npm writes down what it resolved.
        if (tools / path).exists():
            (tools / path).chmod(0o666)
    npm.run(["install", "--include=dev"], workshop=workshop, folder=tools, hosts=release.hosts)
    confinement = Confinement(
        readable=(*npm.folders, source, tools),
        environment={
            "PATH": f"{npm.node.parent}:/usr/bin:/bin",
            "CI": "true",
            "npm_config_offline": "true",
            "npm_config_update_notifier": "false",
        },
        limits=INSTALLING,
    )
    telling = ["/bin/sh", "-c", _TELLING, "sh", str(source), str(tools), _making(files) or ""]
    status, said, errors = finish(workshop, telling, confinement, most_output=Bounds().archive)
    if status != 0:
        raise _failed(errors)
    made = local_tarball(said, packed)
    if not all(_is_whole(program, made.files) for program in _programs(made.files)):
        raise _failed(errors)
    return replace(made, hosts=release.hosts)


def _failed(errors: str) -> NotInstalled:
    return NotInstalled(
        SkipReason.NO_WHEEL, f"no package could be built of its source: {errors.strip()[-800:]}"
    )


def _making(files: Mapping[str, bytes]) -> str | None:
    """The script that makes what the package ships."""
    scripts = _manifest(files).get("scripts")
    return next((name for name in _MAKING if isinstance(scripts, dict) and name in scripts), None)


def _programs(files: Mapping[str, bytes]) -> list[str]:
    """The files that are the package's programs."""
    manifest = _manifest(files)
    own = file_of(started(manifest))
    return [path for path in (*bins(manifest).values(), own) if path]


def _is_whole(program: str, files: Mapping[str, bytes]) -> bool:
    """Whether a program is there, and with it the files of the package that it imports itself."""
    if program not in files:
        return False
    text = files[program][:_MOST_PROGRAM].decode("utf-8", "replace")
    folder = posixpath.dirname(program)
    wanted = [posixpath.normpath(posixpath.join(folder, match[1])) for match in _IMPORTED.finditer(text)]
    return all(any(path + end in files for end in _ENDS) for path in wanted if not path.startswith(".."))


def _manifest(files: Mapping[str, bytes]) -> dict[str, Json]:
    try:
        manifest: Json = json.loads(files.get("package.json", b""))
    except (ValueError, RecursionError):
        return {}
    return manifest if isinstance(manifest, dict) else {}
