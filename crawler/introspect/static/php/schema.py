"""JSON Schema from the parameters of PHP methods: types, comments, attributes and enumerations."""

import re

from ast_grep_py import SgNode

from crawler.introspect.static.nodes import children, last_name
from crawler.introspect.static.php.arrays import json_of, named
from crawler.introspect.static.php.attributes import attribute_of
from crawler.introspect.static.syntax import Sources, Tree
from crawler.tools import Json

_TYPES = {
    **dict.fromkeys(("string", "DateTimeInterface", "DateTimeImmutable", "DateTime"), "string"),
    "int": "integer",
    "integer": "integer",
    "float": "number",
    "bool": "boolean",
    "boolean": "boolean",
    "array": "array",
    "iterable": "array",
    "object": "object",
    "stdClass": "object",
}
_INJECTED = frozenset({"RequestContext", "Context", "ClientGateway"})
_DECLARED = (r"enum[ \t]+(\w+)",)

#: `@param string[] $names What they are called, and more lines`, up to the next word with a sign.
_PARAM = re.compile(r"@param\s+(?:([^\s$]+)\s+)?(?:\.\.\.)?\$(\w+)[ \t]*([^@]*)")
_LIST = re.compile(r"\??(?:(\w+)\[\]|(?:array|list|iterable)<(?:int,\s*)?(\w+)>)")


class Schemas:
    """What the methods of a package take."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def parameters(self, tree: Tree, method: SgNode) -> dict[str, Json]:
        """The schema of a method's parameters but those that the SDK fills."""
        properties: dict[str, Json] = {}
        required: list[str] = []
        told = _told(method)
        for parameter in children(method.field("parameters")):
            own, kind = parameter.field("name"), parameter.field("type")
            if own is None or (kind is not None and last_name(kind) in _INJECTED):
                continue
            name = own.text().lstrip("$")
            listed, text = told.get(name, ("", ""))
            schema = self._typed(tree, kind.text() if kind is not None else listed, listed)
            schema |= {"description": text} if text else {}
            value = parameter.field("default_value")
            if value is None:
                required.append(name)
            elif (
                known := json_of(tree, value)
            ) is not None and value.kind() != "class_constant_access_expression":
                schema["default"] = known
            properties[name] = schema | _marked(tree, parameter)
        found: dict[str, Json] = {"type": "object", "properties": properties}
        found |= {"required": required} if required else {}
        return found | _marked(tree, method)

    def _typed(self, tree: Tree, name: str, listed: str) -> dict[str, Json]:
        words = [word for word in name.strip().lstrip("?").split("|") if word.lower() != "null"]
        base = words[0].rpartition("\\")[2] if len(words) == 1 else ""
        if base not in _TYPES:
            return self._enumerated(tree, base)
        items = _LIST.fullmatch(listed) if _TYPES[base] == "array" else None
        inner = _TYPES.get((items[1] or items[2]) if items is not None else "")
        return {"type": _TYPES[base]} | ({"items": {"type": inner}} if inner else {})

    def _enumerated(self, tree: Tree, name: str) -> dict[str, Json]:
        """The values of an enumeration, or its names where the members have none."""
        for home in self._sources.declaring(_DECLARED, name, tree.file) if name else ():
            enum = home.declared("enum_declaration").get(name)
            values: list[Json] = []
            for member in children(enum.field("body")) if enum is not None else ():
                own, parts = member.field("name"), children(member)
                if member.kind() == "enum_case" and own is not None and parts:
                    known = json_of(home, parts[-1]) if len(parts) > 2 else own.text()
                    values += [known] if known is not None else []
            if values:
                return {"type": "integer" if isinstance(values[0], int) else "string", "enum": values}
        return {}


def _marked(tree: Tree, item: SgNode) -> dict[str, Json]:
    """What `#[Schema(...)]` says before a parameter or a method."""
    found = attribute_of(item, "Schema")
    given = {key: json_of(tree, value) for key, value in named(found).items()} if found is not None else {}
    known = {key: value for key, value in given.items() if value is not None}
    whole = known.pop("definition", None)
    return {**whole, **known} if isinstance(whole, dict) else known


def _lines(item: SgNode) -> list[str]:
    """The lines of the comment before a declaration."""
    before = item.prev()
    if before is None or before.kind() != "comment" or not before.text().startswith("/**"):
        return []
    return [line.strip(" */\t") for line in before.text().splitlines()]


def summary(item: SgNode) -> str:
    """The summary of the comment before a declaration."""
    text = "\n".join(_lines(item)).strip().partition("\n\n")[0]
    return text.partition("\n@")[0] if not text.startswith("@") else ""


def _told(method: SgNode) -> dict[str, tuple[str, str]]:
    """The types and descriptions that the comment before a method gives to its parameters."""
    text = "\n".join(_lines(method))
    return {match[2]: (match[1] or "", " ".join(match[3].split())) for match in _PARAM.finditer(text)}
