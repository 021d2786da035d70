"""JSON Schema from Rust: structs and enumerations as `serde` and `schemars` read them."""

import re

from crawler.introspect.static.literals import snake_case
from crawler.introspect.static.members import Members
from crawler.introspect.static.rust.items import Item, items
from crawler.introspect.static.syntax import Sources, Tree
from crawler.tools import Json

_TYPES = {
    **dict.fromkeys(
        ("String", "str", "char", "PathBuf", "Path", "Uuid", "Url", "DateTime", "NaiveDate"), "string"
    ),
    **dict.fromkeys(("f32", "f64"), "number"),
    **dict.fromkeys(
        (f"{sign}{bits}" for sign in "iu" for bits in ("8", "16", "32", "64", "128", "size")), "integer"
    ),
    "bool": "boolean",
}
_THROUGH = frozenset({"Option", "Box", "Arc", "Rc", "Cow"})
_LISTS = frozenset({"Vec", "VecDeque", "HashSet", "BTreeSet", "IndexSet"})
_DECLARED = (r"struct\s+(\w+)", r"enum\s+(\w+)")

_BORROWED = re.compile(r"^&(?:'\w+\s+)?(?:mut\s+)?")
_GENERIC = re.compile(r"(?:\w+::)*(\w+)\s*<(.*)>", re.DOTALL)
_ARRAY = re.compile(r"\[([^;\]]+)(?:;[^\]]*)?\]")

_SKIPPED = re.compile(r"\bserde\s*\(\s*skip\s*[,)]")
_FLATTENED = re.compile(r"\bflatten\b")
_RENAMED = re.compile(r'\brename\s*=\s*"([^"]+)"')
_CASE = re.compile(r'\brename_all\s*=\s*"([^"]+)"')
_DESCRIBED = re.compile(r'\bdescription\s*=\s*"((?:[^"\\]|\\.)*)"')
_LENIENT = re.compile(r"\bserde\s*\([^\]]*\bdefault\b")


class Schemas:
    """What the types of a package stand for."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._kept = Members()

    def renew(self) -> None:
        """Another tool is looked at."""
        self._kept.renew()

    def of(self, name: str) -> dict[str, Json]:
        """The schema of a struct that a tool takes; open where it is not in the package."""
        self._kept.renew()
        found = self._declared(name, 0)
        return found if found.get("type") == "object" else {"type": "object"}

    def fields(self, struct: Item, depth: int = 0) -> dict[str, Json]:
        """The schema of a struct's fields."""
        body = struct.node.field("body")
        if body is not None and body.kind() != "field_declaration_list":
            return {"type": "object"}
        properties: dict[str, Json] = {}
        required: list[str] = []
        case = _CASE.search(struct.attributes)
        lenient = _LENIENT.search(struct.attributes) is not None
        for field in items(body) if body is not None else ():
            own, kind = field.node.field("name"), field.node.field("type")
            attributes = field.attributes
            if not self._kept.spend():
                break
            if own is None or kind is None or _SKIPPED.search(attributes):
                continue
            written = kind.text()
            schema = self.typed(written, depth)
            if _FLATTENED.search(attributes):
                properties |= schema.get("properties", {})
                required += schema.get("required", [])
                continue
            renamed, described = _RENAMED.search(attributes), _DESCRIBED.search(attributes)
            plain = own.text().removeprefix("r#")
            name = renamed[1] if renamed else _cased(plain, case[1] if case else "")
            text = described[1].replace('\\"', '"') if described else field.documentation
            properties[name] = schema | ({"description": text} if text else {})
            if not (written.startswith("Option<") or lenient or "default" in attributes):
                required.append(name)
        return {"type": "object", "properties": properties} | ({"required": required} if required else {})

    def typed(self, name: str, depth: int = 0) -> dict[str, Json]:
        """The schema of a type by its name."""
        if name in _TYPES:
            return {"type": _TYPES[name]}
        name = _BORROWED.sub("", name.strip()[:500])
        inner = _GENERIC.fullmatch(name)
        base = inner[1] if inner else name.rpartition("::")[2]
        if inner and base in _THROUGH:
            return self.typed(inner[2].rpartition("'_, ")[2].rpartition("'static, ")[2], depth)
        if inner and base in _LISTS:
            return {"type": "array", "items": self.typed(inner[2], depth)}
        if listed := _ARRAY.fullmatch(name):
            return {"type": "array", "items": self.typed(listed[1], depth)}
        if base in {"HashMap", "BTreeMap", "Map", "JsonObject", "IndexMap"}:
            return {"type": "object"}
        if base.startswith("NonZero") and base.removeprefix("NonZero").lower() in _TYPES:
            return {"type": "integer"}
        return {"type": _TYPES[base]} if base in _TYPES else self._declared(base, depth + 1)

    def _declared(self, name: str, depth: int) -> dict[str, Json]:
        if not re.fullmatch(r"\w+", name):
            return {}
        return self._kept.once(name, depth, lambda: self._written(name, depth))

    def _written(self, name: str, depth: int) -> dict[str, Json]:
        for tree in self._sources.declaring(_DECLARED, name):
            item = _types(tree).get(name)
            if item is not None:
                return self.fields(item, depth) if item.node.kind() == "struct_item" else _choices(item)
        return {}


def _types(tree: Tree) -> dict[str, Item]:
    """The structs and enumerations of a file by their names."""
    return tree.kept("types", _find_types)


def _find_types(tree: Tree) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for container in (tree.root, *tree.all("declaration_list")):
        for item in items(container):
            own = item.node.field("name") if item.node.kind() in {"struct_item", "enum_item"} else None
            if own is not None:
                found.setdefault(own.text(), item)
    return found


def _choices(enum: Item) -> dict[str, Json]:
    """An enumeration of which no member holds anything."""
    body = enum.node.field("body")
    members = [item for item in items(body) if item.node.kind() == "enum_variant"] if body is not None else []
    if not members or any(member.node.field("body") is not None for member in members):
        return {}
    case = _CASE.search(enum.attributes)
    names: list[Json] = []
    for member in members:
        own, renamed = member.node.field("name"), _RENAMED.search(member.attributes)
        plain = own.text() if own is not None else ""
        names.append(renamed[1] if renamed else _cased(plain, case[1] if case else "", member=True))
    return {"type": "string", "enum": names}


def _cased(name: str, case: str, *, member: bool = False) -> str:
    """A name as `rename_all` writes it; fields are in snake case at first, members in capitals."""
    words = [word for word in (snake_case(name) if member else name).split("_") if word]
    match case:
        case "camelCase":
            return "".join([*words[:1], *(word.capitalize() for word in words[1:])])
        case "PascalCase":
            return "".join(word.capitalize() for word in words)
        case "kebab-case":
            return "-".join(words)
        case "snake_case":
            return "_".join(words)
        case "SCREAMING_SNAKE_CASE":
            return "_".join(words).upper()
        case "SCREAMING-KEBAB-CASE":
            return "-".join(words).upper()
        case "lowercase":
            return name.lower()
        case "UPPERCASE":
            return name.upper()
    return name
