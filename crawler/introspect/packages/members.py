"""A package of npm in the source tree in which it is built, with those beside it that it needs."""

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crawler.introspect.packages.workspaces import BESIDE, GROUPS, is_workspace, linked, manifest

#: What npm reads before it resolves: the manifest, and the exact versions that its authors have tried.
LOCKS = ("package-lock.json", "npm-shrinkwrap.json")
#: How a manifest names a version that the workspace keeps.
_KEPT = "catalog:"
_VERSION = re.compile(
    r"""^\s+['"]?(@?[\w./-]{1,100})['"]?:\s*['"]?([~^]?\d[\w.+-]{0,50})['"]?\s*$""", re.MULTILINE
)
#: What is needed to run, not only to build.
_RUNTIME = ("dependencies", "optionalDependencies", "peerDependencies")
#: What npm itself would do is none of a project's business.
_PASSED_BY = (".npmrc",)


@dataclass(frozen=True, kw_only=True)
class Member:
    """A package at *folder* of a tree, the root being the empty text."""

    tree: Mapping[str, bytes]
    folder: str = ""
    #: Folders of the packages that it needs, by their names, each after those that it needs itself.
    siblings: Mapping[str, str]

    @classmethod
    def of(cls, tree: Mapping[str, bytes], folder: str) -> "Member":
        """The package with what it needs of the tree; its own root, where nothing above has to do with it."""
        siblings = linked(tree, folder) if folder else {}
        if folder and not siblings and not is_workspace(tree):
            tree = {path[len(folder) + 1 :]: tree[path] for path in tree if path.startswith(f"{folder}/")}
            folder = ""
        return cls(tree=tree, folder=folder, siblings=siblings)

    @property
    def folders(self) -> tuple[str, ...]:
        """Those of all its packages, in the order in which they are built; its own is last."""
        return (*self.siblings.values(), self.folder)

    def shipped(self) -> tuple[str, ...]:
        """The folders of the packages without which it does not run."""
        found: dict[str, None] = {}
        waiting = [self.folder]
        while waiting:
            told = manifest(self.tree, waiting.pop())
            names = [name for group in _RUNTIME for name in _group(told, group)]
            new = [place for name in names if (place := self.siblings.get(name)) and place not in found]
            found |= dict.fromkeys(new)
            waiting += new
        return tuple(found)

    def files(self) -> dict[str, bytes]:
        """What its build sees: its packages and what lies in the folders above them, with manifests as npm reads them."""
        above = {parent for folder in self.folders for parent in _parents(folder)}
        wanted = (
            path
            for path in self.tree
            if "node_modules" not in path.split("/") and posixpath.basename(path) not in _PASSED_BY
            if not self.folder
            or posixpath.dirname(path) in above
            or any(path.startswith(f"{place}/") for place in self.folders)
        )
        return {path: self.tree[path] for path in wanted} | self._manifests()

    def resolved(self) -> dict[str, bytes]:
        """What npm reads to resolve what the build needs: the manifests as of one workspace, and a lock."""
        found = {path: self.tree[path] for path in LOCKS if path in self.tree}
        if not self.folder:
            return found | self._manifests()
        root = {"private": True, **self._read(""), "workspaces": list(self.folders)}
        return found | self._manifests() | {"package.json": json.dumps(root).encode()}

    def _manifests(self) -> dict[str, bytes]:
        """Of each package, and of the root without what would make it a workspace once more."""
        root = {key: value for key, value in self._read("").items() if key != "workspaces"}
        own = {"package.json": json.dumps(root).encode()} if root else {}
        return own | {
            posixpath.join(folder, "package.json"): json.dumps(self._read(folder)).encode()
            for folder in self.folders
            if folder
        }

    def _read(self, folder: str) -> dict[str, object]:
        """A manifest in npm's words: a package beside it by its exact version."""
        told = manifest(self.tree, folder)
        for group in GROUPS:
            if group in told:
                told[group] = dict(self._specified(_group(told, group)))
        return {**told, "version": _version(told)} if "name" in told else told

    def _specified(self, group: Mapping[str, object]) -> Iterator[tuple[str, object]]:
        kept = self.tree.get("pnpm-workspace.yaml", b"").decode("utf-8", "replace")
        for name, wanted in group.items():
            if place := self.siblings.get(name):
                yield name, _version(manifest(self.tree, place))
            elif str(wanted).startswith(_KEPT):
                yield name, dict(_VERSION.findall(kept)).get(name, "*")
            elif not str(wanted).startswith(BESIDE):
                yield name, wanted


def _version(told: Mapping[str, object]) -> str:
    version = told.get("version")
    return version if isinstance(version, str) and version else "0.0.0"


def _group(told: Mapping[str, object], key: str) -> dict[str, object]:
    group = told.get(key)
    return group if isinstance(group, dict) else {}


def _parents(folder: str) -> Iterator[str]:
    while folder:
        folder = posixpath.dirname(folder)
        yield folder
