"""How fast tools are judged end to end: words, probes, model, traits and suspicions, each definition distinct, on one core.

python bench/classify.py [TOOLS] [FILE]: FILE holds tools as JSON Lines, whose definitions are varied until there are
TOOLS of them (250,000 unless said); without one they are made up.
"""

import gc
import gzip
import itertools
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from classifier.verdicts import classify_all
from crawler.tools import Tool

_VERBS = [
    "list",
    "get",
    "create",
    "delete",
    "update",
    "send",
    "search",
    "run",
    "cancel",
    "pay",
    "deploy",
    "export",
    "move",
    "attach",
    "validate",
]
_THINGS = [
    "invoice",
    "repository",
    "issue",
    "message",
    "file",
    "page",
    "user",
    "account",
    "order",
    "video",
    "job",
    "database",
    "record",
    "calendar",
]
_KINDS = ["string", "integer", "boolean", "array", "object"]
_SENTENCES = (
    "{Verb} one {thing} of the workspace by its identifier.",
    "Use this tool when the {thing} is known and its {other} should be looked at again.",
    "Returns the {thing} as JSON together with the {other} that belongs to it.",
    "The caller must have permission for the {other}; otherwise an error is returned.",
)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 250_000
    tools = varied(Path(sys.argv[2]), count) if len(sys.argv) > 2 else made_up(count)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    judged, began, spent = 0, time.perf_counter(), 0.0
    for batch in itertools.batched(tools, 500) if sys.version_info >= (3, 12) else _batches(tools, 500):
        start = time.process_time()
        for _ in classify_all(batch):
            judged += 1
        spent += time.process_time() - start
        if judged in (50_000, count // 2, count):
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            print(
                f"{judged:>8} tools  {judged / spent:>7.0f}/s  {spent:>6.1f} s of judging  peak {peak / 1024:.0f} MB",
                flush=True,
            )
    print(f"wall {time.perf_counter() - began:.1f} s with making them; {before / 1024:.0f} MB before")
    for what, module in (
        ("predicting path", "classifier.weighing"),
        ("type of a verdict", "classifier.verdicts"),
    ):
        print(f"import of the {what}: {_import_time(module) * 1000:.0f} ms")


def made_up(count: int) -> Iterator[Tool]:
    """Distinct definitions of common shape."""
    chance = random.Random(0)
    for number in range(count):
        verb, thing, other = chance.choice(_VERBS), chance.choice(_THINGS), chance.choice(_THINGS)
        words = {"Verb": verb.capitalize(), "thing": f"{thing} {number}", "other": other}
        properties = {
            f"{chance.choice(_THINGS)}_{suffix}": {
                "type": chance.choice(_KINDS),
                "description": f"The {chance.choice(_THINGS)} that the call is about.",
            }
            for suffix in ("id", "name", "path", "limit")
        }
        yield Tool.read(
            {
                "name": f"{verb}_{thing}_{number}",
                "description": " ".join(_SENTENCES).format(**words),
                "inputSchema": {"type": "object", "properties": properties},
            },
        )


def varied(file: Path, count: int) -> Iterator[Tool]:
    """Definitions of a file, over and over, each time with another word at the end of its name and description."""
    data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    entries: list[dict[str, Any]] = [json.loads(line) for line in data.splitlines()]
    gc.freeze()  # what is varied is the measurement's own, and no part of judging
    for number in range(count):
        entry = dict(entries[number % len(entries)])
        entry["name"] = f"{entry['name']}_{number}"
        entry["description"] = f"{entry.get('description') or ''} v{number}"
        yield Tool.read(entry)


def _batches(tools: Iterator[Tool], size: int) -> Iterator[list[Tool]]:
    while batch := list(itertools.islice(tools, size)):
        yield batch


def _import_time(module: str) -> float:
    """Processor time of the best of five starts from compiled files, less what an interpreter takes that imports nothing."""
    compiled = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}

    def spent() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    def start(code: str) -> float:
        before = spent()
        subprocess.run([sys.executable, "-c", code], check=True, env=compiled)
        return spent() - before

    return min(start(f"import {module}") for _ in range(5)) - min(start("pass") for _ in range(5))


if __name__ == "__main__":
    main()
