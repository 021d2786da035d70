"""What calls of the JavaScript MCP SDKs mean: which tools a package registers."""

from collections.abc import Callable

from crawler.introspect.static.javascript.expressions import Expressions
from crawler.introspect.static.javascript.operators import UNDECIDED
from crawler.introspect.static.javascript.paths import is_made_up
from crawler.introspect.static.javascript.registrations import (
    Found,
    Registration,
    is_foreign,
    is_list_request,
    may_be_callback,
    parts_of,
    shown,
)
from crawler.introspect.static.javascript.values import (
    MISSING,
    OPEN,
    Attribute,
    External,
    Function,
    Instance,
    Made,
    Zod,
    plain,
    sureness,
    text,
)
from crawler.introspect.static.javascript.written import json_of
from crawler.introspect.static.javascript.zod import input_schema
from crawler.introspect.static.reading import CONDITIONAL
from crawler.introspect.static.unknown import UNKNOWN, Value
from crawler.tools import Json

_SCHEMAS = ("inputSchema", "input_schema", "parameters", "schema", "paramsSchema", "params")
#: Packages by which Genkit serves the tools that are defined.
_GENKIT = frozenset({"@genkit-ai/mcp", "genkitx-mcp"})
_HANDLERS = ("execute", "handler", "run", "call", "callback", "func", "fn", "cb")


class Sdk:
    """The tools and `tools/list` handlers of a package, and the meaning of calls."""

    def __init__(self, reader: Expressions) -> None:
        self._reader = reader
        self.found: list[Found] = []
        #: Whether a handler showed a list, and nothing in it was hidden.
        self.answered = False
        #: What was defined for a framework, and whether that serves it.
        self._defined: list[Found] = []
        self._serves_defined = False
        #: Functions that answer `tools/list`, with their place and how sure they are to be asked.
        self.handlers: list[tuple[Function, str, int, float]] = []

    def meaning(self, name: str, call: Registration) -> Value:
        """What a call means; `MISSING` if nothing to the SDKs."""
        handler = METHODS.get(name)
        if handler is None or is_foreign(call.owner) or (call.inside is not None and call.inside.is_server()):
            return MISSING
        return handler(self, call)

    def _tool(self, call: Registration) -> Value:
        """`server.tool(name, description?, schema?, annotations?, callback)`, or one object before the callback."""
        last = plain(call.args[-1]) if call.args else None
        if isinstance(last, dict) and any(isinstance(last.get(key), Function) for key in _HANDLERS):
            return self._named(call, call.args[0] if len(call.args) > 1 else last.get("name"), last)
        if len(call.args) < 2 or not may_be_callback(last):
            return MISSING
        if isinstance(first := plain(call.args[0]), dict) and text(first.get("name")) is not None:
            return self._named(call, first["name"], first)
        words: dict[str, Value] = {}
        for arg in call.args[1:-1]:
            known = plain(arg)
            if isinstance(known, str):
                words.setdefault("description", known)
            elif (
                isinstance(known, dict)
                and known
                and all(str(key).endswith("Hint") or key == "title" for key in known)
            ):
                words["annotations"] = known
            elif isinstance(known, dict | Zod):
                words.setdefault("inputSchema", known)
        return self._named(call, call.args[0], words)

    def _register_tool(self, call: Registration) -> Value:
        """`server.registerTool(name, {description, inputSchema, ...}, callback)`, or one object with all."""
        if len(call.args) >= 2 and isinstance(plain(call.args[1]), dict | Instance):
            return self._named(call, call.args[0], plain(call.args[1]))
        if len(call.args) >= 2 and text(call.args[0]) is not None:
            return self._tool(call)
        return self._add_tool(call)

    def _add_tool(self, call: Registration) -> Value:
        """`server.addTool({name, description, parameters, execute})`."""
        target = plain(call.args[0]) if call.args else UNKNOWN
        if not isinstance(target, dict | Instance):
            return MISSING
        if not any(shown(self._reader, target, key) for key in (*_SCHEMAS, *_HANDLERS, "description")):
            return MISSING
        return self._named(call, self._reader.get(target, "name"), target)

    def _add_tools(self, call: Registration) -> Value:
        items = self._reader.items(call.args[0]) if call.args else None
        if items is None or not all(isinstance(item, dict | Instance) for item in items):
            return MISSING
        for item in items:
            self._named(call, self._reader.get(item, "name"), item)
        return UNKNOWN

    def _app_tool(self, call: Registration) -> Value:
        """`registerAppTool(server, name, config, callback)` of the apps extension."""
        if len(call.args) < 3:
            return MISSING
        return self._named(call, call.args[1], plain(call.args[2]))

    def _decorator(self, call: Registration) -> Value:
        """`@Tool({name, description, parameters})` on a method."""
        known = isinstance(call.owner, External) and "mcp" in call.owner.package
        target = plain(call.args[0]) if call.args else UNKNOWN
        if not known or not isinstance(target, dict):
            return MISSING
        return self._named(call, target.get("name"), target)

    def server(self, cls: Value, args: list[Value], file: str, line: int) -> None:
        """`new MCPServer({tools: ...})` of a framework: a list, or a table by name, of tools with all that belongs to them."""
        if isinstance(cls, External) and "mcp" in cls.package and not is_foreign(cls):
            self._with_tools(args, file, line)

    def _create_server(self, call: Registration) -> Value:
        """`createMcpServer({tools: ...})` of another package, which may itself be called otherwise."""
        if not isinstance(call.owner, External) or not call.owner.package:
            return MISSING
        if call.owner.package in _GENKIT:
            self._serves_defined = True
        else:
            self._with_tools(call.args, call.file, call.line)
        return MISSING

    def _define_tool(self, call: Registration) -> Value:
        """`ai.defineTool({name, ...}, run)` of Genkit, whose server lists all tools that are defined."""
        target = plain(call.args[0]) if call.args else UNKNOWN
        if isinstance(target, dict) and text(target.get("name")) and len(call.args) > 1:
            definition = {"name": text(target["name"]), **self._entry(target)}
            certainty = self._reader.certainty
            self._defined.append(
                Found(definition=definition, file=call.file, line=call.line, certainty=certainty)
            )
        return MISSING

    def _with_tools(self, args: list[Value], file: str, line: int) -> None:
        given = plain(args[0]) if args else None
        tools = plain(given.get("tools")) if isinstance(given, dict) else None
        if isinstance(tools, dict):
            named = [(key, parts_of(item)) for key, item in tools.items() if key != OPEN]
        else:
            named = [
                (text(parts.get("name")), parts) for parts in map(parts_of, self._reader.items(tools) or ())
            ]
        for name, parts in named:
            if name and any(shown(self._reader, parts, key) for key in (*_SCHEMAS, *_HANDLERS)):
                self.note({**self._entry(parts), "name": name}, file, line)

    def _handler(self, call: Registration) -> Value:
        """`server.setRequestHandler(ListToolsRequestSchema, handler)`."""
        if len(call.args) != 2 or not isinstance(call.args[1], Function):
            return MISSING
        if "ListTools" in call.first or is_list_request(call.args[0]):
            self.set_handler(call.args[1], call.file, call.line)
            return UNKNOWN
        return MISSING

    def set_handler(self, function: Function, file: str, line: int) -> None:
        """Remember a function that answers `tools/list`; the place is where it is set."""
        function.body.triggered = True
        self.handlers.append((function, file, line, self._reader.certainty))

    def _named(self, call: Registration, name: Value, words: Value) -> Value:
        """Note a tool; a method of the package that only passes it on is left to be read."""
        known = text(name)
        if known is None or not known or not isinstance(words, dict | Instance):
            if not isinstance(call.owner, Instance) and isinstance(words, dict) and words.get("description"):
                self._reader.notes.doubt(
                    f"{call.file}:{call.line} registers a tool whose name the source does not show"
                )
            return MISSING
        made = Made(Attribute(call.owner, "tool"), [])
        made.names["__found__"] = self.note(
            {**self._entry(words), "name": known}, call.file, call.line, sureness(words)
        )
        return made

    def _disable(self, call: Registration) -> Value:
        """`registered.disable()` or `remove()`, after which a server does not list the tool; under a condition it says too little."""
        found = call.owner.names.get("__found__") if isinstance(call.owner, Made) else None
        if not isinstance(found, Found) or call.conditional:
            return MISSING
        found.certainty = min(found.certainty, CONDITIONAL)
        return None

    def _disabled(self, call: Registration) -> Value:
        """`disabledTool(tool, ...)` of a framework, which tells of a tool that it does not list."""
        tool = call.args[0] if call.args else UNKNOWN
        found = tool.names.get("__found__") if isinstance(tool, Made) else None
        if (
            not isinstance(call.owner, External)
            or "mcp" not in call.owner.package
            or not isinstance(found, Found)
        ):
            return MISSING
        if self._reader.certainty > UNDECIDED:
            found.certainty = min(found.certainty, CONDITIONAL)
        return tool

    def note(self, definition: dict[str, Json], file: str, line: int, factor: float = 1.0) -> Found:
        """Keep a tool with the certainty of the place where the reader is."""
        ordered = {"name": definition["name"]} | definition
        certainty = self._reader.certainty * factor
        found = Found(definition=ordered, file=file, line=line, certainty=certainty)
        self.found.append(found)
        return found

    def _entry(self, words: Value) -> dict[str, Json]:
        """The parts of a `tools/list` entry that an object gives."""
        found: dict[str, Json] = {}
        for key in ("title", "description"):
            value = text(self._reader.get(words, key))
            if value is not None and not is_made_up(value):
                found[key] = value
        for key in _SCHEMAS:
            schema = input_schema(self._reader.get(words, key))
            if schema is not None:
                found["inputSchema"] = schema
                break
        inputs = None if "inputSchema" in found else self._reader.items(self._reader.get(words, "inputs"))
        found |= {} if inputs is None else {"inputSchema": self._schema_of(inputs)}
        output = input_schema(self._reader.get(words, "outputSchema"))
        annotations = json_of(self._reader.get(words, "annotations"))
        found |= {} if output is None else {"outputSchema": output}
        return found | ({"annotations": annotations} if isinstance(annotations, dict) and annotations else {})

    def _schema_of(self, inputs: list[Value]) -> dict[str, Json]:
        """The schema of parameters that a list describes one by one: name, type, description and whether it is required."""
        properties: dict[str, Json] = {}
        required: list[Json] = []
        for parts in map(parts_of, inputs):
            name = text(parts.get("name"))
            if name is not None:
                words = ((key, text(parts.get(key))) for key in ("type", "description"))
                properties[name] = {key: word for key, word in words if word is not None}
                required += [name] if plain(parts.get("required")) is True else []
        return {"type": "object", "properties": properties} | ({"required": required} if required else {})

    def answer(self, returned: Value, file: str, line: int) -> bool:
        """Note what a `tools/list` handler returns; whether all of it was shown."""
        listed = self._reader.get(returned, "tools") if isinstance(returned, dict | Instance) else UNKNOWN
        items = self._reader.items(listed) if isinstance(plain(listed), list) else None
        if items is None:
            return False
        complete = True
        for item in items:
            item = plain(item)
            name = text(self._reader.get(item, "name")) if isinstance(item, dict | Instance) else None
            complete = complete and name is not None
            if name:
                self.note({**self._entry(item), "name": name}, file, line, sureness(item))
        self.answered |= complete and bool(items)
        return complete

    def settle(self) -> None:
        """Of what was only remembered, a handler that shows its whole list has the last word."""
        self.found += self._defined if self._serves_defined else []
        shown = {one.definition["name"] for one in self.found if not one.remembered}
        if self.answered:
            for one in self.found:
                if one.remembered and one.definition["name"] not in shown:
                    one.certainty = min(one.certainty, CONDITIONAL)

    def framework_tool(self, words: Value, file: str, line: int) -> None:
        """A class or file of the kind that a framework finds by its folder."""
        name = text(self._reader.get(words, "name"))
        if name:
            self.note({**self._entry(words), "name": name}, file, line, 0.8)


#: What calls of these names may mean.
METHODS: dict[str, Callable[[Sdk, Registration], Value]] = {
    "tool": Sdk._tool,
    "registerTool": Sdk._register_tool,
    "registerToolTask": Sdk._register_tool,
    "addTool": Sdk._add_tool,
    "addTools": Sdk._add_tools,
    "registerTools": Sdk._add_tools,
    "registerAppTool": Sdk._app_tool,
    "setRequestHandler": Sdk._handler,
    "Tool": Sdk._decorator,
    "disable": Sdk._disable,
    "remove": Sdk._disable,
    "disabledTool": Sdk._disabled,
    **dict.fromkeys(("createMcpServer", "createMCPServer", "mcpServer"), Sdk._create_server),
    "defineTool": Sdk._define_tool,
}
