"""The verdict on a tool of an entry, made on the spot where the record has none yet."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from catalogue.entries import Entry
from classifier.verdicts import Verdict, classify
from crawler.snapshots import Snapshot
from crawler.tools import Tool


class JudgedTool(Struct, frozen=True, kw_only=True):
    """A tool with its verdict and the snapshot that it stands in."""

    tool: Tool
    verdict: Verdict
    snapshot: Snapshot


def judged_tools(entry: Entry) -> Iterator[JudgedTool]:
    """Every tool once, by name: those of the default launch first, then those that only the widest one brings."""
    seen: set[str] = set()
    for snapshot in (entry.snapshot, entry.widest):
        for tool in snapshot.tools if snapshot else ():
            if snapshot is not None and tool.name not in seen:
                seen.add(tool.name)
                verdict = entry.verdicts.get(tool.digest) or classify(tool, siblings=snapshot.tools)
                yield JudgedTool(tool=tool, verdict=verdict, snapshot=snapshot)


def completed(entry: Entry) -> Entry:
    """The entry with a verdict on every tool, so that no tool passes for harmless that nobody has judged yet."""
    tools = [
        tool for snapshot in (entry.snapshot, entry.widest) for tool in (snapshot.tools if snapshot else ())
    ]
    if all(tool.digest in entry.verdicts for tool in tools):
        return entry
    made = {tool.digest: entry.verdicts.get(tool.digest) or classify(tool, siblings=tools) for tool in tools}
    return replace(entry, verdicts=made)
