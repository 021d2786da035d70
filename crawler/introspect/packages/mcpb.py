"""The tools that an MCPB bundle lists in its manifest, read without running anything."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from crawler.introspect.packages.archive import BadArchive
from crawler.snapshots import SkipReason
from crawler.tools import BadTool, Json, Tool

_MOST_MANIFEST = 4 << 20


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """What a bundle's manifest says."""

    name: str
    version: str | None
    tools: tuple[Tool, ...]
    #: The bundle says itself that its server has more tools than it lists.
    incomplete: bool


def read_bundle(files: Mapping[str, bytes]) -> Bundle:
    """Read the manifest; an embedded answer to `tools/list` wins over the short list. Raises BadArchive."""
    try:
        manifest = json.loads(_head(files))
        entries = _embedded(manifest) or manifest.get("tools", [])
        tools = tuple(Tool.read(entry, position=place) for place, entry in enumerate(entries))
    except (ValueError, RecursionError, AttributeError, TypeError, BadTool) as error:
        raise BadArchive(
            SkipReason.ARCHIVE_REFUSED, f"the bundle's manifest cannot be read: {error}"
        ) from error
    version = manifest.get("version")
    return Bundle(
        name=str(manifest.get("name", "")),
        version=version if isinstance(version, str) else None,
        tools=tools,
        incomplete=bool(manifest.get("tools_generated")),
    )


def _head(files: Mapping[str, bytes]) -> bytes:
    if "manifest.json" not in files:
        raise BadArchive(SkipReason.ARCHIVE_REFUSED, "a bundle has a manifest.json")
    return files["manifest.json"][:_MOST_MANIFEST]


def _embedded(manifest: dict[str, Json]) -> list[Json]:
    """The answer to `tools/list` that some bundles carry below a vendor's key of `_meta`."""
    meta = manifest.get("_meta")
    for vendor in meta.values() if isinstance(meta, dict) else ():
        responses = vendor.get("static_responses") if isinstance(vendor, dict) else None
        answer = responses.get("tools/list") if isinstance(responses, dict) else None
        tools = answer.get("tools") if isinstance(answer, dict) else None
        if isinstance(tools, list):
            return tools
    return []
