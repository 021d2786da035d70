"""The tools as the server last listed them: what pins are compared with and arguments are checked against."""

from typing import Any
from weakref import WeakValueDictionary

from msgspec import Struct

from crawler.tools import BadTool, Json, Tool, canonical_json
from enforce.effort import Effort

#: Tools that are remembered of one server; what comes after them counts as never listed.
MOST_TOOLS = 10_000

#: Bytes of their definitions, of one connection, and characters of a name.
MOST_SIZE, LONGEST_NAME = 20_000_000, 1_000

#: Steps of a check up to which its fault is put into words.
MOST_TOLD = 1_000


class _Listed(Struct, weakref=True):
    """A tool as it was listed, on however many connections."""

    name: str
    digest: str
    schema: Json
    #: Bytes of the whole definition.
    size: int
    _checked: "_Validator | str | None" = None

    def fault(self, arguments: Json) -> str | None:
        """What its input schema has against *arguments*; `None` for nothing."""
        if self._checked is None:
            self._checked = _validator(self.schema)
        return self._checked if isinstance(self._checked, str) else self._checked.fault(arguments)


#: What some connection remembers, by its digest: thousands of sessions see the same tools.
_KNOWN: "WeakValueDictionary[str, _Listed]" = WeakValueDictionary()


class Seen:
    """Definitions from the `tools/list` results of one connection."""

    def __init__(self) -> None:
        self._tools: dict[str, _Listed] = {}
        self._size = 0
        #: The digests of what the list that is being read has said, page by page.
        self._listed: dict[str, str] = {}

    def begin(self) -> None:
        """A list begins from its start: its definitions take the place of those of the list before."""
        self._listed.clear()

    def note(self, entry: Json) -> str | None:
        """Remember one entry of a list, and give its name.

        `None` for what cannot be remembered: it is no tool, there are too many, they or a name are too large, or the same list has
        another definition of that name, of which nobody could say by which one a call is made.
        """
        try:
            tool = Tool.read(entry)
        except BadTool:
            return None
        if len(tool.name) > LONGEST_NAME:
            return None
        listed, before = _listed(tool), self._tools.get(tool.name)
        if before is None and len(self._tools) >= MOST_TOOLS:
            return None
        if self._listed.get(tool.name, listed.digest) != listed.digest:
            return None
        size = self._size + listed.size - (before.size if before is not None else 0)
        if size > MOST_SIZE:
            return None
        self._tools[listed.name], self._size = listed, size
        self._listed[listed.name] = listed.digest
        return listed.name

    def names(self) -> list[str]:
        """The tools that were listed."""
        return list(self._tools)

    def input_schema(self, tool: str) -> Json:
        """The schema of a tool's arguments; `None` where it was not listed or has none."""
        return self._tools[tool].schema if tool in self._tools else None

    def digest(self, tool: str) -> str | None:
        """The digest of the tool's definition; `None` where it was never listed."""
        return self._tools[tool].digest if tool in self._tools else None

    def fault(self, tool: str, arguments: Json) -> str | None:
        """What the tool's input schema has against *arguments*; `None` for nothing."""
        if tool not in self._tools:
            return "the tool has not been listed yet"
        return self._tools[tool].fault(arguments)


def _listed(tool: Tool) -> _Listed:
    """What is remembered of a tool; the same for all who remember the same."""
    found = _KNOWN.get(tool.digest)
    if found is None:
        size = len(canonical_json(tool.definition))
        found = _Listed(name=tool.name, digest=tool.digest, schema=tool.input_schema, size=size)
        _KNOWN[tool.digest] = found
    return found


class _Validator:
    """Checks arguments, where that takes a bounded time."""

    def __init__(self, validator: Any, effort: Effort) -> None:
        self._validator = validator
        self._effort = effort

    def fault(self, arguments: Json) -> str | None:
        """What the schema has against the arguments; `None` for nothing."""
        steps = self._effort.steps(arguments)
        if steps is None:
            return "checking them would take too long"
        if self._validator.is_valid(arguments):
            return None
        if steps > MOST_TOLD:  # finding words for a fault takes far longer than finding it
            return "they are not what it describes"
        error = next(self._validator.iter_errors(arguments))
        place = "/".join(str(step) for step in error.instance_path)
        return f"{place or 'the arguments'}: {error.message[:200]}"


def _validator(schema: Json) -> _Validator | str:
    """A validator, or the reason why there is none: the schema may be as hostile as its server."""
    import jsonschema_rs  # only a policy that validates pays for loading it

    if schema is None:
        return "the tool has no input schema"
    effort = Effort(schema)
    if effort.fault is not None:
        return f"the tool's input schema cannot be used: {effort.fault}"
    try:
        # Patterns run in linear time, and no reference is ever fetched.
        validator = jsonschema_rs.validator_for(
            schema, pattern_options=jsonschema_rs.RegexOptions(), offline=True, mask="..."
        )
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        return f"the tool's input schema cannot be used: {str(error)[:200]}"
    return _Validator(validator, effort)
