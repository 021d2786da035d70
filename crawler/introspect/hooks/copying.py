"""Runs inside the sandbox before a server that writes into its own installation: fills the folders that it may write to with
what they hold, then becomes the server.

Run as `python -I -S copying.py ORIGINALS COUNT FOLDER... COMMAND...`. It copies by itself, so that no program runs beside the server.
"""

import os
import shutil
import sys


def main(originals: str, count: int, words: list[str]) -> None:
    """Copy into each folder what lies below *originals* under its number, and start the command in this process."""
    for number, folder in enumerate(words[:count]):
        with os.scandir(f"{originals}/{number}") as entries:
            for entry in entries:
                copy(entry, os.path.join(folder, entry.name))  # noqa: PTH118 - starts fast
    os.execv(words[count], words[count:])  # noqa: S606 - the server itself


def copy(entry: "os.DirEntry[str]", target: str) -> None:
    """Copy a file, a link or a folder with the times that byte code is recognised by."""
    if entry.is_dir(follow_symlinks=False):
        shutil.copytree(entry.path, target, symlinks=True, copy_function=copy_file)
    else:
        copy_file(entry.path, target)


def copy_file(source: str, target: str) -> None:
    """Copy a file, which its owner may then write to, or a link as it is."""
    shutil.copy2(source, target, follow_symlinks=False)
    if not os.path.islink(target):  # noqa: PTH114 - starts fast
        os.chmod(target, os.stat(target).st_mode | 0o600)  # noqa: PTH101, PTH116 - the same


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
