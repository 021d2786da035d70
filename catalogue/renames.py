"""Which of the tools that came is one that went under another name?"""

import re
from collections.abc import Sequence

from crawler.tools import Tool, canonical, canonical_json

#: Pairs above which only equal definitions are recognised.
_PAIRS = 2_500
#: Share of the words that two definitions must have in common to be one tool.
_ALIKE = 0.8
#: Words below which a likeness says nothing: `url: string` is in half of all tools.
_TELLING = 8


def renames(removed: Sequence[Tool], added: Sequence[Tool]) -> dict[str, str]:
    """New name to old name, for tools that are the same but for the name; no tool is used twice."""
    found = _equal(removed, added)
    taken = set(found.values())
    left = [tool for tool in removed if tool.name not in taken]
    open_ = [tool for tool in added if tool.name not in found]
    return found | _alike(left, open_) if len(left) * len(open_) <= _PAIRS else found


def _equal(removed: Sequence[Tool], added: Sequence[Tool]) -> dict[str, str]:
    bodies = {_body(tool): tool.name for tool in reversed(removed) if _words(tool)}
    return {tool.name: bodies.pop(body) for tool in added if (body := _body(tool)) in bodies}


def _alike(removed: Sequence[Tool], added: Sequence[Tool]) -> dict[str, str]:
    words = {tool.name: _words(tool) for tool in removed}
    found: dict[str, str] = {}
    for tool in added:
        own = _words(tool)
        likeness, name = max(
            ((_likeness(own, other), name) for name, other in words.items()), default=(0.0, "")
        )
        if likeness >= _ALIKE:
            found[tool.name] = name
            del words[name]
    return found


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    union = one | other
    return len(one & other) / len(union) if len(union) >= _TELLING else 0.0


def _words(tool: Tool) -> frozenset[str]:
    """Words of the description and the schema; none for a tool that has neither parameters nor a description."""
    if not tool.description and not (tool.input_schema or {}).get("properties"):
        return frozenset()
    return frozenset(re.findall(r"\w+", _body(tool).decode()))


def _body(tool: Tool) -> bytes:
    """The definition without what a rename changes."""
    return canonical_json({"description": tool.description, "inputSchema": canonical(tool.input_schema)})
