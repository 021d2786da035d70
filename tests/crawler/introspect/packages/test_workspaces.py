"""What lies beside a package in its workspace."""

import json
from pathlib import Path

from crawler.introspect.packages.workspaces import linked, with_siblings, workspace_root
from tests.crawler.introspect.packages.workspace_tree import TREE, manifest


def test_what_a_package_needs_of_its_workspace_comes_along() -> None:
    """What that needs too, each once; nothing that no manifest names."""
    files = with_siblings(TREE, "packages/server")

    assert {path for path in files if "package.json" not in path} == {
        "src/index.ts",
        "node_modules/@x/kit/src/index.ts",
        "node_modules/base/index.js",
    }
    assert files["node_modules/@x/kit/src/index.ts"] == b"2"
    assert len(files) == len(list(files))


def test_what_a_package_imports_comes_along_whatever_its_manifest_says() -> None:
    """A package that is bundled may name nothing; what its tests or another package import does not count."""
    tree = {
        **TREE,
        "packages/bare/package.json": manifest("bare"),
        "packages/bare/main.ts": b"import { x } from 'other/x';",
    }

    assert set(with_siblings(tree, "packages/bare")) == {
        "package.json",
        "main.ts",
        "node_modules/other/package.json",
    }


def test_what_lies_in_one_tree_by_chance_is_had_from_the_registry() -> None:
    """Unless a manifest names it by where it lies; packages of a workspace are linked whatever version is named."""
    tree = {path: TREE[path] for path in TREE if path != "package.json"}
    assert (
        list(linked(TREE, "packages/server")) == list(linked(tree, "packages/server")) == ["base", "@x/kit"]
    )
    for wanted, expected in (("latest", []), ("file:../kit", ["@x/kit"])):
        told = {"name": "@x/server", "dependencies": {"@x/kit": wanted}}
        files = {"kit/package.json": b'{"name": "@x/kit"}', "server/package.json": json.dumps(told).encode()}
        assert list(linked(files, "server")) == expected


def test_a_workspace_says_that_it_is_one(tmp_path: Path) -> None:
    """By its manifest or by the file of another package manager, or it is a repository; a folder somewhere above says nothing."""
    inner = tmp_path / "packages" / "one"
    inner.mkdir(parents=True)
    assert workspace_root(inner) is None
    (tmp_path / "package.json").write_text('{"workspaces": []}')
    assert workspace_root(inner) == tmp_path
    (tmp_path / "package.json").write_text("{")
    assert workspace_root(inner) is None
    (tmp_path / "pnpm-workspace.yaml").write_text("packages: [packages/*]")
    assert workspace_root(inner) == tmp_path
    (tmp_path / "packages" / ".git").mkdir()
    assert workspace_root(inner) == tmp_path / "packages"
