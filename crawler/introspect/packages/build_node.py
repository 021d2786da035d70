"""Building an npm package from source: in a sandbox without a network, with the tools that it names installed beforehand."""

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from crawler.introspect.packages.archive import BadArchive, Bounds, Folder, read_archive
from crawler.introspect.packages.folder import pack, write_tree
from crawler.introspect.packages.install import INSTALLING, NotInstalled, finish
from crawler.introspect.packages.members import LOCKS, Member
from crawler.introspect.packages.npm import Npm
from crawler.introspect.packages.programs import bins, file_of, plain, started
from crawler.introspect.packages.release import Release
from crawler.introspect.packages.tarballs import local_tarball
from crawler.introspect.packages.workspaces import manifest, with_siblings
from crawler.introspect.sandboxes.sandbox import Confinement
from crawler.introspect.workshop import Workshop
from crawler.snapshots import SkipReason

#: Scripts that make what a package ships, the likeliest first.
_MAKING = ("build", "prepack", "prepare", "prepublishOnly")
#: A file of the same package that a statement at the beginning of a line imports, and how its name may go on.
_IMPORTED = re.compile(
    r"""^[ \t]*(?:import\b[^'";()]{0,500}|(?:const|var|let)\b[^'";()]{0,300}\brequire\(\s*|(?:await )?(?:import|require)\(\s*)['"](\.{1,2}/[^'"\n]{1,300})['"]""",
    re.MULTILINE,
)
_ENDS = ("", ".js", ".mjs", ".cjs", ".json", ".ts", "/index.js", "/index.mjs", "/index.cjs", "/package.json")
#: Characters of a program that are looked through; one that only leads to what was built is short.
_MOST_PROGRAM = 20_000
#: Makes a copy, each package of it by its script or else by the compiler alone, and packs those that are installed. A script that
#: fails when its program is made has made it better than the compiler would, which must not write over it. Newer compilers want to
#: be told where the source is. Nothing that is printed meanwhile goes the same way as what is packed. Other package managers are
#: npm by another name: they start the same scripts.
_TELLING = """
cp -R -- "$1" source && mkdir out bin && cd source || exit 1
for other in pnpm yarn bun; do
  printf '#!/bin/sh\\ncase "$1" in run|exec) exec npm "$@";; *) exec npm run "$@";; esac\\n' > ../bin/$other
  chmod +x ../bin/$other
done
root=$PWD PATH="$HOME/bin:$PWD/node_modules/.bin:$PATH" made=$2
shift 2
while [ "$1" != --- ]; do
  (
    cd "$1" || exit
    if [ -n "$2" ] && npm run "$2"; then exit; fi
    if [ -n "$3" ] && [ -f "$3" ]; then exit; fi
    if [ ! -f tsconfig.json ] || tsc; then exit; fi
    if [ -d src ] && [ ! -f "$3" ]; then tsc --rootDir src; fi
  ) >&2
  shift 3
done
shift
for package; do
  mkdir "$HOME/out/$#" && cd "$root/$package" && rm -rf node_modules && npm pack --loglevel=error --ignore-scripts --pack-destination "$HOME/out/$#" >&2 || exit 1
  shift
done
cd "$HOME/out" && set -- */* && [ $# = "$made" ] && tar -cz -- *
"""
#: Has npm install packages that were not made for each other.
_LENIENT = "--legacy-peer-deps"
#: A package, or a file of one, that the registry does not have.
_GONE = re.compile(r"E404[\s\S]*requested resource '(@?[^@'\s]{1,214})@")
#: A folder at the root of a package.
_NAME = re.compile(r"[\w-]+")
#: What takes the place of these comes from the machine.
_MANAGERS = ("pnpm", "yarn")
#: Where its package keeps a program that its install script would have put in place.
_NATIVE = {"bun": "@oven/bun-*/bin/bun"}


def source_tarball(tree: Mapping[str, bytes], folder: str, bench: Path) -> Release:
    """The source of a package of npm in a folder of a tree, to be installed as it is or to be built; raises BadArchive.

    It is read with what it needs of the packages beside it.
    """
    files = Folder(tree, f"{folder}/") if folder else tree
    release = local_tarball(pack(files), bench)
    if folder:
        release = replace(release, files=with_siblings(tree, folder))
    return replace(release, member=Member.of(tree, folder), buildable=unbuilt(files))


def unbuilt(files: Mapping[str, bytes]) -> bool:
    """Whether this source tree lacks programs that it names, what they import, or a folder that it ships, and says how it is built."""
    return _making(files) is not None and not (_has_programs(files) and _has_folders(files))


def build_package(release: Release, *, workshop: Workshop, bench: Path) -> Release:
    """The package that the source makes, and those of its workspace that it needs; raises NotInstalled or BadArchive."""
    try:
        return _build(release, workshop, bench)
    except (NotInstalled, BadArchive):
        if not _has_programs(release.files):
            raise
        # What it would ship besides may not be needed.
        return release


def _build(release: Release, workshop: Workshop, bench: Path) -> Release:
    """The same without a way out.

    The build is code of the project, so it sees the tree, its tools and nothing else. It works on a copy in its home,
    which ends with it: what we take of it is one archive of archives, each read strictly. Installing the tools runs nothing of them.
    """
    npm, member = Npm.find(), release.member
    assert member is not None  # noqa: S101 - what is yet to be built lies somewhere
    for folder in (bench, source := bench / "source", tools := bench / "tools", packed := bench / "packed"):
        folder.mkdir()
        folder.chmod(0o777)
    write_tree(member.files(), source)
    write_tree(member.resolved(), tools)
    for path in tools.rglob("*"):
        # npm writes down what it resolved, and links beside each package what only that one needs.
        path.chmod(0o777 if path.is_dir() else 0o666)
    _install_tools(npm, tools, member, release, workshop)
    link_tools(tools, source, member)
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
    shipped = [folder or "." for folder in (member.folder, *member.shipped())]
    making = [word for folder in member.folders for word in (folder or ".", *_made(member, folder))]
    telling = ["/bin/sh", "-c", _TELLING, "sh", str(source), str(len(shipped)), *making, "---", *shipped]
    status, said, errors = finish(workshop, telling, confinement, most_output=Bounds().archive)
    if status != 0:
        raise _failed(errors)
    made = _taken(said, packed, len(shipped))
    if not _has_programs(made.files):
        raise _failed(errors)
    return replace(made, hosts=release.hosts)


def _install_tools(npm: Npm, tools: Path, member: Member, release: Release, workshop: Workshop) -> None:
    words = ["install", "--include=dev"]
    while True:
        try:
            npm.run(words, workshop=workshop, folder=tools, hosts=release.hosts)
        except NotInstalled as refusal:
            if not _eased(refusal.detail, words, tools, member):
                raise
        else:
            return


def _eased(said: str, words: list[str], tools: Path, member: Member) -> bool:
    """Whether npm is told to do without what it fell over: each thing once."""
    if "ERESOLVE" in said and _LENIENT not in words:
        # Other package managers only warn of packages that were not made for each other.
        words.append(_LENIENT)
        return True
    gone = _GONE.search(said)
    if gone is None:
        return False
    locks = [tools / name for name in LOCKS if (tools / name).exists()]
    for lock in locks:
        # It may name files that are no longer there.
        lock.unlink()
    manifests = [tools / folder / "package.json" for folder in dict.fromkeys(["", *member.folders])]
    return bool(locks) or any(_without(gone[1], place) for place in manifests if place.is_file())


def _without(name: str, place: Path) -> bool:
    """Whether a manifest named a package as one of its tools, which it no longer does: its authors may have it to themselves."""
    told = json.loads(place.read_bytes())
    listed = told.get("devDependencies")
    if not isinstance(listed, dict) or name not in listed:
        return False
    del listed[name]
    place.write_text(json.dumps(told), encoding="utf-8")
    return True


def link_tools(tools: Path, source: Path, member: Member) -> None:
    """Give the source what was installed: by links, but those from package to package lead to the source itself."""
    for folder in dict.fromkeys(["", *member.folders]):
        theirs, ours = tools / folder / "node_modules", source / folder / "node_modules"
        for place in sorted([*theirs.glob("*"), *theirs.glob("@*/*"), *theirs.glob(".bin/*")]):
            if place.is_symlink() or not (place.name == ".bin" or place.name.startswith("@")):
                link = ours / place.relative_to(theirs)
                link.parent.mkdir(parents=True, exist_ok=True)
                # Within the tree npm links by relative paths.
                link.symlink_to(place.readlink() if place.is_symlink() else place)
    programs = source / "node_modules" / ".bin"
    for name, native in _NATIVE.items():
        places = [place for place in (tools / "node_modules").glob(native) if "musl" not in str(place)]
        if places:
            (programs / name).unlink(missing_ok=True)
            # The one for older processors, which runs on each, has the longer name.
            (programs / name).symlink_to(max(places))
    for name in _MANAGERS:
        (programs / name).unlink(missing_ok=True)


def _made(member: Member, folder: str) -> tuple[str, str]:
    """The script that makes a package, and a program that it is to make; either may be empty."""
    files = Folder(member.tree, f"{folder}/") if folder else member.tree
    return _making(files) or "", next((path for path in _programs(files) if path not in files), "")


def _taken(said: bytes, packed: Path, count: int) -> Release:
    """What a build says that it made: in folders from *count* downwards one archive each, the package's own being the first."""
    archives = {path.partition("/")[0]: data for path, data in read_archive(said).items()}
    releases = []
    for number in range(count, 0, -1):
        (place := packed / str(number)).mkdir()
        releases.append(local_tarball(archives.get(str(number), b""), place))
    made, *others = releases
    return replace(made, beside=tuple(other.archive for other in others if other.archive))


def _failed(errors: str) -> NotInstalled:
    return NotInstalled(
        SkipReason.NO_WHEEL, f"no package could be built of its source: {errors.strip()[-800:]}"
    )


def _making(files: Mapping[str, bytes]) -> str | None:
    """The script that makes what the package ships."""
    scripts = manifest(files, "").get("scripts")
    return next((name for name in _MAKING if isinstance(scripts, dict) and name in scripts), None)


def _programs(files: Mapping[str, bytes]) -> list[str]:
    """The files that are the package's programs."""
    told = manifest(files, "")
    own = file_of(started(told))
    return [path for path in (*bins(told).values(), own) if path]


def _has_programs(files: Mapping[str, bytes]) -> bool:
    return all(_is_whole(program, files) for program in _programs(files))


def _has_folders(files: Mapping[str, bytes]) -> bool:
    """Whether all is there that the manifest says by name the package ships."""
    shipped = manifest(files, "").get("files")
    named = [plain(name) for name in shipped if isinstance(name, str)] if isinstance(shipped, list) else []
    roots = {path.partition("/")[0] for path in files}
    return all(_NAME.fullmatch(name) is None or name in roots for name in named)


def _is_whole(program: str, files: Mapping[str, bytes]) -> bool:
    """Whether a program is there, and with it the files of the package that it imports itself."""
    if program not in files:
        return False
    text = files[program][:_MOST_PROGRAM].decode("utf-8", "replace")
    folder = posixpath.dirname(program)
    wanted = [posixpath.normpath(posixpath.join(folder, match[1])) for match in _IMPORTED.finditer(text)]
    return all(any(path + end in files for end in _ENDS) for path in wanted if not path.startswith(".."))
