"""Lists on their way to the agent: what it may not see is taken out in place, everything else stays as it was."""

from collections.abc import Callable
from typing import Any

from crawler.mcp.jsonrpc import Id, Json, fold, is_beyond_telling

#: Milliseconds for which a client may keep a list, so that a changed policy is soon seen.
LONGEST_TTL = 60_000

_LISTS = frozenset({"tools", "nextCursor", "resultType", "ttlMs", "cacheScope", "_meta"})
# fmt: off
_TOOL_KEYS = frozenset({
    "name", "title", "description", "inputSchema", "outputSchema", "annotations", "execution", "icons", "_meta",
})
# fmt: on


def filter_tools(result: dict[str, Any], visible: Callable[[str], bool]) -> list[str]:
    """Drop tools that are not visible from one page of a list, and entries that are no tools; gives what was dropped.

    So does every key that a reader without regard to case would take for the list itself.
    """
    dropped = twins(result, _LISTS)
    for key in dropped:
        del result[key]
    tools = result.get("tools")
    if not isinstance(tools, list):
        return dropped
    kept: list[Any] = []
    for entry in tools:
        name = _name(entry)
        if name is not None and visible(name):
            kept.append(entry)
        else:
            dropped.append(name or "(no tool)")
    if dropped:
        tools[:] = kept
    return dropped


def keep_private(result: dict[str, Any]) -> bool:
    """Keep a list from agents that may be allowed to see less or more; says whether the result changed."""
    if result.get("cacheScope", "private") == "private":
        return False
    result["cacheScope"] = "private"
    return True


def shorten_ttl(result: dict[str, Any]) -> bool:
    """Keep clients from holding on to a list for long; says whether the result changed."""
    ttl = result.get("ttlMs")
    if isinstance(ttl, int | float) and ttl > LONGEST_TTL:
        result["ttlMs"] = LONGEST_TTL
        return True
    return False


def promises_tools(result: dict[str, Json]) -> bool:
    """Whether the answer to a handshake says that the server tells when its tools change."""
    capabilities = result.get("capabilities")
    tools = capabilities.get("tools") if isinstance(capabilities, dict) else None
    return isinstance(tools, dict) and tools.get("listChanged") is True


def wants_tools(params: dict[str, Json]) -> bool:
    """Whether a subscription asks to be told when tools change."""
    wanted = params.get("notifications")
    return isinstance(wanted, dict) and wanted.get("toolsListChanged") is True


def list_changed(subscription: Id | None = None) -> dict[str, Any]:
    """The notification that the list of tools is another now."""
    message: dict[str, Any] = {"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}
    if subscription is not None:
        message["params"] = {"_meta": {"io.modelcontextprotocol/subscriptionId": subscription}}
    return message


def is_named(entry: Any) -> bool:
    """Whether an entry has the name of a tool."""
    return isinstance(entry, dict) and isinstance(entry.get("name"), str) and entry["name"] != ""


def _name(entry: Any) -> str | None:
    """The name of an entry; `None` for one that is no tool, or that some readers would take for another."""
    return entry["name"] if is_named(entry) and not twins(entry, _TOOL_KEYS) else None


def twins(value: dict[str, Any], known: frozenset[str]) -> list[str]:
    """Keys that differ by case alone from one that is known, or of which nobody can say."""
    if known.issuperset(value):
        return []
    folded = {fold(key) for key in known}
    return [key for key in value if key not in known and (is_beyond_telling(key) or fold(key) in folded)]
