"""Which files make up an audit log: one chain for each writer, each chain in as many files as it has filled."""

import re
from pathlib import Path


def beside(path: Path, writer: int) -> Path:
    """The file of the n-th writer: `audit.jsonl`, then `audit@2.jsonl`."""
    return path if writer == 1 else path.with_name(f"{path.stem}@{writer}{path.suffix}")


def rotated(path: Path) -> list[Path]:
    """The full files of a chain, oldest first: `audit.jsonl.1`, `audit.jsonl.2`."""
    pattern = re.compile(re.escape(path.name) + r"\.(\d+)")
    numbered = [
        (int(match[1]), file) for file in path.parent.iterdir() if (match := pattern.fullmatch(file.name))
    ]
    return [file for _, file in sorted(numbered)]


def chains(path: Path) -> list[list[Path]]:
    """All chains written under *path*, each as its files from the oldest to the newest."""
    pattern = re.compile(re.escape(path.stem) + r"(@\d+)?" + re.escape(path.suffix))
    if not path.parent.is_dir():
        return []
    ends = {file for file in path.parent.iterdir() if pattern.fullmatch(file.name)} | {path}
    whole = [[*rotated(end), *([end] if end.exists() else [])] for end in sorted(ends)]
    return [files for files in whole if files]
