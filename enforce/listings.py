"""Lists on their way to the agent: what it may not see is taken out in place, everything else stays as it was."""

from collections.abc import Callable
from typing import Any

from crawler.mcp.jsonrpc import Id, Json

#: Milliseconds for which a client may keep a list, so that a changed policy is soon seen.
LONGEST_TTL = 60_000


def filter_tools(result: dict[str, Any], visible: Callable[[str], bool]) -> list[str]:
    """Drop tools that are not visible from one page of a list, and entries that are no tools; gives what was dropped."""
    tools = result.get("tools")
    if not isinstance(tools, list):
        return []
    kept: list[Any] = []
    dropped: list[str] = []
    for entry in tools:
        name = _name(entry)
        if name is not None and visible(name):
            kept.append(entry)
        else:
            dropped.append(name or "(no tool)")
    if dropped:
        tools[:] = kept
        if "cacheScope" in result:
            result["cacheScope"] = "private"  # another agent may be allowed to see more
    return dropped


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


def _name(entry: Any) -> str | None:
    name = entry.get("name") if isinstance(entry, dict) else None
    return name if isinstance(name, str) else None
