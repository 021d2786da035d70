"""Servers with a class per tool of their own, in the languages that have classes: what members tell, and whether anybody asks."""

import json
import re
from collections.abc import Mapping

from ast_grep_py import SgNode

from crawler.introspect.static.mentions import Mentions
from crawler.introspect.static.nodes import STRINGS
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.syntax import Sources, Tree
from crawler.introspect.static.words import holds_any
from crawler.tools import Json

#: What stands in the source of a server that answers a request for its tools by itself.
_ANSWERS = re.compile(rb"[\"']tools/list[\"']|\bListToolsResult\b")

#: What stands in each of these, which is found much faster.
_WORDS = (b"tools/list", b"ListToolsResult")

_ROLES = {"name": "name", "title": "title", "description": "description", "desc": "description"}
_SCHEMAS = frozenset(
    {"schema", "inputschema", "jsonschema", "schemajson", "inputschemajson", "parameters", "parameterschema"}
)

#: Characters of a schema that is written out as text.
_LONGEST = 100_000


def answers(sources: Sources) -> bool:
    """Whether the package answers a request for its tools by itself."""
    return any(holds_any(content, _WORDS) and _ANSWERS.search(content) for content in sources.contents())


def role(member: str) -> str:
    """What a member of a tool tells, such as `getToolName` the name; empty for any other."""
    word = member.lower().replace("_", "").removeprefix("get").removeprefix("tool")
    return "inputSchema" if word in _SCHEMAS else _ROLES.get(word, "")


class Objects:
    """The classes of a package that may be tools."""

    def __init__(self, sources: Sources, notes: Notes) -> None:
        self._mentions = Mentions(sources)
        self._notes = notes

    def note(
        self,
        tree: Tree,
        node: SgNode,
        name: str,
        members: Mapping[str, SgNode | None],
        schema: dict[str, Json],
        *,
        made: bool = False,
    ) -> bool:
        """Note a class with these members if they make it a tool and anything makes it, a framework too if `made`."""
        told = {role(member): value for member, value in members.items()}
        known = tree.text(told.get("name"))
        if not known or not {"description", "inputSchema"} <= told.keys():
            return False
        if not made and not self._mentions.mentioned(name):
            return False
        definition: dict[str, Json] = {"name": known}
        for key in ("title", "description"):
            text = tree.text(told.get(key))
            definition |= {key: text} if text else {}
        written = told["inputSchema"]
        shown = schema or (parsed_schema(tree, written) if written is not None else {})
        definition |= {"inputSchema": shown} if shown else {}
        self._notes.tool(definition, tree.file, tree.line(node), 0.8)
        return True


def parsed_schema(tree: Tree, node: SgNode) -> dict[str, Json]:
    """The schema that stands as JSON in the first text inside of a node."""
    place = node.range()
    if place.end.index - place.start.index > _LONGEST:
        return {}
    whole = tree.text(node)
    inside = [whole] if whole is not None else [tree.text(one) for one in _texts(node)]
    for text in inside:
        if text is None or not text.lstrip().startswith("{"):
            continue
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) and found.keys() & {"type", "properties"} else {}
    return {}


def _texts(node: SgNode) -> list[SgNode]:
    found: list[SgNode] = []
    waiting = [node]
    while waiting and len(found) < 3:
        here = waiting.pop()
        if here.kind() in STRINGS:
            found.append(here)
        else:
            waiting += reversed(here.children())
    return found
