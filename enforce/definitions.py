"""The tools as the server last listed them: what pins are compared with and arguments are checked against."""

from typing import Any

from crawler.tools import BadTool, Json, Tool
from enforce.effort import Effort

#: Tools that are remembered of one server; what comes after them counts as never listed.
MOST_TOOLS = 10_000

#: Steps of a check up to which its fault is put into words.
MOST_TOLD = 1_000


class Seen:
    """Definitions from the `tools/list` results of one connection."""

    def __init__(self) -> None:
        self._tools: dict[str, Tool] = {}
        self._digests: dict[str, str] = {}
        self._validators: dict[str, _Validator | str] = {}
        #: The digests of what the list that is being read has said, page by page.
        self._listed: dict[str, str] = {}

    def begin(self) -> None:
        """A list begins from its start: its definitions take the place of those of the list before."""
        self._listed.clear()

    def note(self, entry: Json) -> str | None:
        """Remember one entry of a list, and give its name.

        `None` for what cannot be remembered: it is no tool, there are too many, or the same list has another definition
        of that name, of which nobody could say by which one a call is made.
        """
        try:
            tool = Tool.read(entry)
        except BadTool:
            return None
        name, digest = tool.name, tool.digest
        if len(self._tools) >= MOST_TOOLS and name not in self._tools:
            return None
        if self._listed.setdefault(name, digest) != digest:
            return None
        if self._digests.get(name) != digest:
            self._validators.pop(name, None)
        self._tools[name], self._digests[name] = tool, digest
        return name

    def names(self) -> list[str]:
        """The tools that were listed."""
        return list(self._tools)

    def input_schema(self, tool: str) -> Json:
        """The schema of a tool's arguments; `None` where it was not listed or has none."""
        return self._tools[tool].input_schema if tool in self._tools else None

    def digest(self, tool: str) -> str | None:
        """The digest of the tool's definition; `None` where it was never listed."""
        return self._digests.get(tool)

    def fault(self, tool: str, arguments: Json) -> str | None:
        """What the tool's input schema has against *arguments*; `None` for nothing."""
        if tool not in self._tools:
            return "the tool has not been listed yet"
        if tool not in self._validators:
            self._validators[tool] = _validator(self._tools[tool].input_schema)
        validator = self._validators[tool]
        return validator if isinstance(validator, str) else validator.fault(arguments)


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
