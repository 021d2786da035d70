"""Describes pages to search engines, as JSON-LD."""

from collections.abc import Sequence
from typing import Any

from catalogue.website.addresses import Addresses, safe_link
from catalogue.website.pages import ServerPage, ToolPage
from catalogue.website.visible import plain

_CONTEXT = "https://schema.org"


def tool(addresses: Addresses, page: ToolPage) -> dict[str, Any]:
    """Where a tool's page stands."""
    trail = [("Servers", "servers/"), (page.server, page.server_path), (page.name, page.path)]
    return _graph(_trail(addresses, trail))


def server(addresses: Addresses, page: ServerPage) -> dict[str, Any]:
    """Where a server's page stands, and what software it speaks of."""
    listing = page.listing
    software = {
        "@type": "SoftwareApplication",
        "name": plain(listing.name),
        "applicationCategory": "DeveloperApplication",
        "url": addresses.whole(page.path),
        "description": plain((listing.description or "")[:300]) or None,
        "softwareVersion": plain(listing.version[:80]) if listing.version else None,
        "license": plain(listing.license[:80]) if listing.license else None,
        "sameAs": safe_link(listing.repository),
    }
    told = {key: value for key, value in software.items() if value}
    return _graph(_trail(addresses, [("Servers", "servers/"), (listing.name, page.path)]), told)


def _graph(*nodes: dict[str, Any]) -> dict[str, Any]:
    return {"@context": _CONTEXT, "@graph": list(nodes)}


def _trail(addresses: Addresses, steps: Sequence[tuple[str, str]]) -> dict[str, Any]:
    items = [
        {"@type": "ListItem", "position": number, "name": plain(name[:200]), "item": addresses.whole(path)}
        for number, (name, path) in enumerate(steps, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}
