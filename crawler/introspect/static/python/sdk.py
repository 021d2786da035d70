"""What the calls of the Python MCP SDKs mean: which server gets which tool, under which name."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from crawler.introspect.static.python.calls import Call, Calls, Place
from crawler.introspect.static.python.definitions import TOOL_CLASSES, Entry, entry_of
from crawler.introspect.static.python.docstrings import Style
from crawler.introspect.static.python.fastapi import document, is_application
from crawler.introspect.static.python.fastapi_mcp import MOUNTS, tools_of_routes
from crawler.introspect.static.python.openapi import tools_of
from crawler.introspect.static.python.values import (
    Action,
    Attribute,
    Class,
    External,
    Function,
    Instance,
    Made,
    Partial,
    Super,
    plain,
    sureness,
    text,
)
from crawler.introspect.static.unknown import UNKNOWN, Unknown, Value
from crawler.tools import Json

_SERVERS = frozenset(
    {"FastMCP", "MCPServer", "Server", "McpServer", "FastMCPServer", "LocalProvider", "FastMCPApp"}
)

#: Frameworks whose tools an agent calls in its own process; no server lists them.
_FOREIGN = frozenset(
    {
        "langchain",
        "langchain_core",
        "langgraph",
        "pydantic_ai",
        "crewai",
        "crewai_tools",
        "smolagents",
        "strands",
    }
    | {
        "agents",
        "openai",
        "llama_index",
        "google",
        "autogen",
        "autogen_core",
        "semantic_kernel",
        "agno",
        "phi",
    }
    | {"haystack", "dspy", "claude_agent_sdk", "typer", "click", "flask", "fastapi", "starlette", "llm"}
    | {"anthropic", "camel", "letta", "griptape", "instructor", "magentic", "marvin", "controlflow"}
)

#: Attributes under which a server is kept, when all that is known of it is its name.
_LIKE_A_SERVER = frozenset(
    {"server", "app", "_server", "_app", "tool_manager", "_tool_manager", "local_provider"}
)

_RUN_TIME = (".from_openapi", ".from_fastapi", ".as_proxy", "create_proxy")

#: Where FastMCP keeps on a function how it is to be added as a tool.
_NOTE = "__fastmcp__"
_NAMED = ("name", "title", "description")


@dataclass(kw_only=True)
class Registered:
    """A tool on a server."""

    definition: dict[str, Json]
    file: str
    line: int
    certainty: float


@dataclass(kw_only=True)
class Server:
    """A server that the source makes, or one that reaches it as a parameter."""

    #: How sure it is that this is an MCP server at all.
    certainty: float = 1.0
    #: How its framework reads docstrings.
    style: Style = Style.RAW
    tools: list[Registered] = field(default_factory=list)
    #: Servers mounted into this one, each under a prefix; `None` mounts names as they are.
    mounted: list[tuple[str | None, "Server"]] = field(default_factory=list)
    #: Whether another server shows these tools, so that they are not listed by themselves.
    inner: bool = False
    #: Functions that answer `tools/list`.
    handlers: list[Function] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)
    #: The call that made it of an application; it is listed once it is mounted.
    of_application: Call | None = None

    def listing(self, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Registered]]:
        """Every tool with the name under which a client sees it."""
        for tool in self.tools:
            if tool.definition["name"] not in self.removed:
                yield prefix + tool.definition["name"], tool
        for inner_prefix, server in self.mounted if depth < 5 else ():
            yield from server.listing(f"{prefix}{inner_prefix}_" if inner_prefix else prefix, depth + 1)


class Sdk:
    """The servers of a package, and the meaning of calls on them."""

    def __init__(self, reader: Calls) -> None:
        self._reader = reader
        #: The server of code that registers on a parameter.
        self.anonymous = Server(certainty=0.8, style=reader.package.style)
        self.servers: list[Server] = [self.anonymous]
        #: The syntax nodes of functions that are tools, whose bodies register nothing more.
        self.tools: set[int] = set()
        #: Every tool object that is made, listed or not.
        self.made: list[Made] = []

    def construct(self, callee: External, call: Call) -> Value:
        """The result of calling something outside the package."""
        made = Made(callee, call.args, call.kwargs, call.place)
        if callee.last == "FastApiMCP":
            made.names["__server__"] = self._application_server(call)
        elif callee.root == "fastmcp" and callee.last == "tool":
            return self._noted(made, call)
        elif self._makes_server(callee):
            made.names["__server__"] = self._server(callee, call.kwargs, call.place)
            if callee.path.endswith(_RUN_TIME) and not self._described(
                made.names["__server__"], callee, call
            ):
                self._doubt(call.place, f"builds its tools at run time ({callee.path})")
        elif callee.root in _FOREIGN:
            return made
        elif callee.last in TOOL_CLASSES:
            self.made.append(made)
        elif callee.last in {"tool", "mcp_tool"} and "mcp" in callee.path.lower():
            return self._tool(self.anonymous, call)
        return made

    def method(self, owner: Value, name: str, call: Call) -> Value:
        """A call of `owner.name(...)` if the SDKs give it a meaning, else what was called."""
        handler = _METHODS.get(name)
        server = self.server_of(owner) if handler else None
        if handler is None or server is None:
            return Made(Attribute(owner, name), call.args, call.kwargs, call.place)
        return handler(self, server, call)

    def server_of(self, value: Value) -> Server | None:
        """The server that a value is or stands for; `None` where it is surely something else."""
        match value:
            case Made():
                return value.names.get("__server__")
            case Instance():
                return self._instance_server(value)
            case Super():
                return self.server_of(value.receiver)
            case Attribute() if value.name in _LIKE_A_SERVER and not isinstance(value.owner, Unknown):
                return self.server_of(value.owner)
            case Attribute():
                return self._by_name(value.name)
            case External():
                return self._by_name(value.last) if value.root not in _FOREIGN else None
            case Unknown():
                return self.anonymous
        return None

    def add(self, server: Server, target: Value, named: dict[str, Value], place: Place) -> None:
        """Put a function or tool object on a server under the name that the call gives."""
        if plain(named.get("enabled")) is False:
            return
        if isinstance(target, Function):
            self.tools.add(id(target.node))
            if isinstance(note := target.attributes.get(_NOTE), Made):
                named = {**note.kwargs, **named}
        found = entry_of(self._reader, target, named, place, server.style) or _named(target, named, place)
        if found is None:
            self._doubt(place, "registers a tool whose name the source does not show")
            return
        definition, (module, line) = found
        certainty = server.certainty * self._reader.certainty
        tool = Registered(definition=definition, file=module.file, line=line, certainty=certainty)
        server.tools.append(tool)

    def _makes_server(self, callee: External) -> bool:
        path = callee.path.lower()
        if callee.root in _FOREIGN or "mcp" not in path:
            return False
        return callee.last in _SERVERS or "fastmcp." in path or "server" in callee.last.lower()

    def _server(self, callee: External, kwargs: dict[str, Value], place: Place) -> Server:
        """A new server with what its constructor is given."""
        package = self._reader.package
        server = Server(style=package.official_style if callee.root == "mcp" else package.fastmcp_style)
        self.servers.append(server)
        for item in self._reader.items(kwargs.get("tools", ())) or ():
            with self._reader.unsure(sureness(item)):
                self.add(server, item, {}, place)
        if isinstance(kwargs.get("on_list_tools"), Function):
            server.handlers.append(kwargs["on_list_tools"])
        return server

    def _application_server(self, call: Call) -> Server:
        server = Server(inner=True, of_application=call, certainty=self._reader.certainty)
        self.servers.append(server)
        self._fill(server, call)
        return server

    def _fill(self, server: Server, _: Call) -> Value:
        """Make the tools of an application that it has by now."""
        made = server.of_application
        if made is not None:
            module, line = made.place
            server.tools = [
                Registered(
                    definition=definition, file=module.file, line=line, certainty=server.certainty * sure
                )
                for definition, sure in tools_of_routes(made)
            ]
        return UNKNOWN

    def _described(self, server: Server, callee: External, call: Call) -> bool:
        """Add the tools of an OpenAPI document that the source shows; whether it does."""
        shown = plain(
            call.args[0] if call.args else call.kwargs.get("openapi_spec", call.kwargs.get("app", UNKNOWN))
        )
        if callee.path.endswith(".from_fastapi") and is_application(shown):
            shown = document(shown, call)
        elif not callee.path.endswith(".from_openapi"):
            return False
        if not isinstance(shown, dict) or not shown.get("paths"):
            return False
        module, line = call.place
        for definition, sure in tools_of(shown, call):
            certainty = self._reader.certainty * (1.0 if sure else 0.9)
            server.tools.append(
                Registered(definition=definition, file=module.file, line=line, certainty=certainty)
            )
        return True

    def _by_name(self, name: str) -> Server | None:
        return self.anonymous if "mcp" in name.lower() or name in _LIKE_A_SERVER else None

    def _instance_server(self, value: Instance) -> Server | None:
        outside = [one for one in value.cls.lineage() if isinstance(one, External)]
        parent = next(filter(self._makes_server, outside), None)
        if "__server__" not in value.names and parent is not None:
            value.names["__server__"] = self._server(parent, value.names, value.names["__place__"])
        server: Server | None = value.names.get("__server__")
        return server

    def _tool(self, server: Server, call: Call) -> Value:
        """`server.tool`, with or without parentheses, as decorator or call."""
        callables = Function | Partial | Instance
        if isinstance(call.first, callables):
            self.add(server, call.first, call.kwargs, call.place)
            return call.first

        def apply(given: list[Value], _: dict[str, Value]) -> Value:
            target = given[0] if given else UNKNOWN
            named = call.given(*_NAMED)
            if isinstance(target, callables) or text(named.get("name")) is not None:
                self.add(server, target, named, call.place)
            return target

        return Action(apply)

    def _noted(self, made: Made, call: Call) -> Value:
        """FastMCP's `tool` without a server: it notes on a function how that is to be added, and does not add it."""

        def apply(given: list[Value], _: dict[str, Value]) -> Value:
            target = given[0] if given else UNKNOWN
            if isinstance(target, Function):
                named = call.kwargs if target is call.first else call.given(*_NAMED)
                target.attributes[_NOTE] = Made(made.what, [], dict(named), made.place)
            return target

        return apply(call.args, {}) if isinstance(call.first, Function) else Action(apply)

    def _add_tool(self, server: Server, call: Call) -> Value:
        target = call.first if call.args else call.kwargs.get("fn", call.kwargs.get("tool", UNKNOWN))
        self.add(server, target, call.given(*_NAMED, start=1), call.place)
        return target

    def _mount(self, server: Server, call: Call) -> Value:
        """Both orders of arguments are in use: a server and a prefix, or a prefix and a server."""
        if server.of_application is not None:
            server.inner = False
            server.certainty = self._reader.certainty
            return self._fill(server, call)
        values = [*call.args, *call.kwargs.values()]
        servers = [self.server_of(value) for value in values if isinstance(value, Made | Instance)]
        inner = next((found for found in servers if found is not None), None)
        prefix = next((text(value) for value in values if text(value) is not None), None)
        if inner is not None and inner is not server:
            inner.inner = True
            server.mounted.append((prefix, inner))
        return UNKNOWN

    def _list_tools(self, server: Server, call: Call) -> Value:
        def apply(given: list[Value], _: dict[str, Value]) -> Value:
            if given and isinstance(given[0], Function):
                server.handlers.append(given[0])
            return given[0] if given else UNKNOWN

        return apply(call.args, {}) if call.args else Action(apply)

    def _request_handler(self, server: Server, call: Call) -> Value:
        values = [*call.args, *call.kwargs.values()]
        if any(text(value) == "tools/list" or is_list_request(value) for value in values):
            server.handlers.extend(value for value in values if isinstance(value, Function))
        return UNKNOWN

    def _remove(self, server: Server, call: Call) -> Value:
        name = text(call.first)
        if name is not None and self._reader.certainty > 0.6:
            server.removed.add(name)
        return None

    def _passing(self, _server: Server, _call: Call) -> Value:
        """`server.prompt` and the like leave a function as it is."""
        return Action(lambda given, _: given[0] if given else UNKNOWN)

    def _doubt(self, place: Place, what: str) -> None:
        self._reader.notes.doubt(f"{place[0].file}:{place[1]} {what}")


def listed(value: Value, depth: int = 0) -> list[Value]:
    """The items of what a `tools/list` handler returns; one unknown item where that is not shown."""
    value = plain(value)
    if isinstance(value, list | tuple):
        return list(value)
    if depth > 3:
        return [UNKNOWN]
    if isinstance(value, dict) and "tools" in value:
        return listed(value["tools"], depth + 1)
    if isinstance(value, Made):
        return listed(value.kwargs.get("tools", value.args[0] if value.args else UNKNOWN), depth + 1)
    return [UNKNOWN]


def _named(target: Value, named: dict[str, Value], place: Place) -> Entry | None:
    """The entry of something unknown that is registered under a name; what it takes is not shown."""
    name = text(named.get("name"))
    if name is None or not isinstance(target, Unknown | Made | Attribute):
        return None
    words = {key: known for key in ("title", "description") if (known := text(named.get(key))) is not None}
    return {"name": name, **words}, place


def is_list_request(value: Value) -> bool:
    """Whether the value is the SDK's type of a `tools/list` request."""
    if isinstance(value, External):
        return value.last == "ListToolsRequest"
    return isinstance(value, Class) and value.name == "ListToolsRequest"


_METHODS = {
    "tool": Sdk._tool,
    "add_tool": Sdk._add_tool,
    "register_tool": Sdk._add_tool,
    **dict.fromkeys(MOUNTS, Sdk._mount),
    "setup_server": Sdk._fill,
    "import_server": Sdk._mount,
    "add_provider": Sdk._mount,
    "list_tools": Sdk._list_tools,
    "add_request_handler": Sdk._request_handler,
    "remove_tool": Sdk._remove,
    "prompt": Sdk._passing,
    "resource": Sdk._passing,
    "call_tool": Sdk._passing,
    "custom_route": Sdk._passing,
    "completion": Sdk._passing,
}
