"""Reading a whole package in a process of its own, and going on without the file that broke it."""

import math
import subprocess
import sys
from collections.abc import Mapping

import msgspec

from crawler.introspect.static.languages import is_data, is_source
from crawler.introspect.static.reading import StaticReading

#: Bytes of source of one package; what comes beyond is left out.
LARGEST_TREE = 150_000_000

#: Bytes of a table that source may read.
LARGEST_TABLE = 2_000_000

#: How often reading starts again without the file that broke it.
MOST_STARTS = 4

#: Seconds of processor time for a package, and more for each megabyte.
PATIENCE, SECONDS_A_MEGABYTE = 20.0, 1.0

#: How many times as long the clock on the wall may run, because other programs want the processor too.
BUSY = 6


def read_tree(files: Mapping[str, bytes], *, patience: float = PATIENCE) -> StaticReading:
    """Read the tools that a package registers, without executing or importing anything.

    `files` maps paths inside the package, with forward slashes, to their content; only source and manifests are looked
    up, so a lazy mapping is fine. Never raises for what the files say: what cannot be read ends as a doubt.
    Other distributions that hold the real server may lie beside the package's own files: Python's anywhere, as in
    `site-packages`, npm's under `node_modules/NAME/`. After `patience` seconds of processor time, and one more for each
    megabyte, a parser counts as broken.
    """
    chosen, doubts = _chosen(files)
    for _ in range(MOST_STARTS if chosen else 0):
        reading, culprit = _attempt(chosen, patience)
        if reading is not None:
            return msgspec.structs.replace(reading, doubts=(*doubts, *reading.doubts))
        doubts.append(f"{culprit or 'the package'} breaks its parser and was not read")
        if chosen.pop(culprit, None) is None:
            break
    return StaticReading(doubts=tuple(doubts))


def _chosen(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[str]]:
    """The files that may say something about tools, in order and as far as they fit."""
    chosen: dict[str, bytes] = {}
    room = LARGEST_TREE
    for path in sorted(files):
        if is_source(path) or is_data(path):
            content = files[path]
            if len(content) > LARGEST_TABLE and not is_source(path):
                continue
            room -= len(content)
            if room < 0:
                return chosen, [f"more than {LARGEST_TREE} bytes of source; the rest was not read"]
            chosen[path] = content
    return chosen, []


def _attempt(files: dict[str, bytes], patience: float) -> tuple[StaticReading | None, str]:
    """Read in a fresh process; where that dies or hangs, the file that it was parsing."""
    seconds = patience + SECONDS_A_MEGABYTE * sum(map(len, files.values())) / 1e6
    command = [sys.executable, "-I", "-m", "crawler.introspect.static.child", str(math.ceil(seconds))]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            written, announced = process.communicate(msgspec.msgpack.encode(files), timeout=BUSY * seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            written, announced = process.communicate()
            return None, _last(announced, files)
    if process.returncode == 0:
        return msgspec.msgpack.decode(written, type=StaticReading), ""
    return None, _last(announced, files)


def _last(announced: bytes, files: dict[str, bytes]) -> str:
    """The last path that the process named; a crash may have written other lines behind it."""
    lines = announced.decode("utf-8", "replace").splitlines()
    return next((line for line in reversed(lines) if line in files), "")
