"""The tools of a snapshot, each with its digest, its verdict and the slug of its page; worked out once an entry."""

from collections.abc import Mapping

from msgspec import Struct

from catalogue.entries import Entry
from catalogue.website.slugs import numbered
from classifier.verdicts import Verdict
from crawler.snapshots import Snapshot
from crawler.tools import Tool


class Judged(Struct, frozen=True, kw_only=True):
    """A tool and what we think of it."""

    tool: Tool
    digest: str
    slug: str
    verdict: Verdict


def judged(snapshot: Snapshot | None, verdicts: Mapping[str, Verdict]) -> tuple[Judged, ...]:
    """The judged tools of *snapshot* in the order in which the server lists them; a tool without a verdict is left out."""
    if snapshot is None:
        return ()
    slugs = numbered(tuple(tool.name for tool in snapshot.tools))
    digests = [tool.digest for tool in snapshot.tools]
    return tuple(
        Judged(tool=tool, digest=digest, slug=slug, verdict=verdicts[digest])
        for tool, digest, slug in zip(snapshot.tools, digests, slugs, strict=True)
        if digest in verdicts
    )


def only_widest(entry: Entry, tools: tuple[Judged, ...]) -> tuple[Judged, ...]:
    """The judged tools that only the widest launch profile brings; *tools* are those of the default one."""
    names = {one.slug for one in tools}
    return tuple(one for one in judged(entry.widest, entry.verdicts) if one.slug not in names)


def sole_profiles(entry: Entry) -> dict[str, str]:
    """Tool to the launch profile that alone lists it; only of a server that lists other tools with its widest settings."""
    if entry.snapshot is None or entry.widest is None:
        return {}
    default, widest = ({tool.name for tool in said.tools} for said in (entry.snapshot, entry.widest))
    return dict.fromkeys(default - widest, "default") | dict.fromkeys(widest - default, "widest")
