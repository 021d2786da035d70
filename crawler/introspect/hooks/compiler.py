"""Runs inside an installer's sandbox: writes byte code once for an environment, and keeps it beside the cached wheels.

The next environment that uv links from its cache then has it from the start. It is started with -S, so that no line
of a package's .pth files runs.
"""

import compileall
import importlib.util
import os
import sys
from contextlib import suppress


def main(library: str, cache: str) -> None:
    """Compile below *library*, then give what was new to uv's *cache*."""
    # Folders may be deeper than the interpreter goes; those of others are still done.
    with suppress(RecursionError):
        compileall.compile_dir(library, quiet=2)
    site = next((folder for folder, _, _ in os.walk(library) if folder.endswith("site-packages")), library)
    for version in os.listdir(cache):  # noqa: PTH208 - starts fast
        if version.startswith("archive-"):
            for archive in os.listdir(f"{cache}/{version}"):  # noqa: PTH208 - the same
                with suppress(RecursionError):
                    keep(f"{cache}/{version}/{archive}", site)


def keep(archive: str, site: str) -> None:
    """Link the byte code of an unpacked wheel's files beside them, where they are the environment's own files."""
    mark = f"{archive}/.compiled-{sys.implementation.cache_tag}"
    if os.path.exists(mark):  # noqa: PTH110 - starts fast
        return
    kept = 0
    for folder, _, files in os.walk(archive):
        for name in files:
            source = f"{folder}/{name}"
            installed = site + source[len(archive) :]
            if name.endswith(".py") and same(source, installed):
                kept += 1
                link(importlib.util.cache_from_source(installed), importlib.util.cache_from_source(source))
    if kept:
        with open(mark, "w", encoding="ascii"):  # noqa: PTH123 - the same
            pass


def same(one: str, other: str) -> bool:
    """Whether two paths are one file; then its byte code fits both."""
    try:
        return os.path.samefile(one, other)  # noqa: PTH121 - the same
    except OSError:
        return False


def link(code: str, beside: str) -> None:
    """Make one file of byte code appear at a second place."""
    os.makedirs(os.path.dirname(beside), exist_ok=True)  # noqa: PTH103, PTH120 - the same
    try:
        os.link(code, beside)
    except OSError:
        # It is there already, or the source does not compile.
        return


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
