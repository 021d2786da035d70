"""Packages that import their own modules by name, and registries that they fill."""

from collections.abc import Callable, Mapping
from textwrap import dedent

import pytest

from crawler.introspect.static.reading import StaticReading

Reading = Callable[[Mapping[str, str]], StaticReading]

REGISTRY = """
class Registry:
    def __init__(self):
        self.known = {}
    def __iter__(self):
        return iter(self.known.values())
REGISTRY = Registry()
def tool(function):
    REGISTRY.known[function.__name__] = function
    return function
"""

SERVER = """
import importlib, pkgutil
from fastmcp import FastMCP
from box.registry import REGISTRY
mcp = FastMCP("x")
def discover(name="box.tools"):
    package = importlib.import_module(name)
    for info in pkgutil.walk_packages(package.__path__, prefix=f"{package.__name__}."):
        importlib.import_module(info.name)
discover()
for function in REGISTRY:
    mcp.tool(function)
"""


def test_a_registry_is_filled_by_walking_through_a_package(reading: Reading) -> None:
    """Folders inside of folders too; the registry is an object that can be iterated."""
    register = "from box.registry import tool\n@tool\ndef {}(): ...\n"
    files = {
        "box/registry.py": REGISTRY,
        "box/server.py": SERVER,
        "box/__init__.py": "",
        "box/tools/__init__.py": "",
        "box/tools/a.py": register.format("one"),
        "box/tools/deep/__init__.py": "",
        "box/tools/deep/b.py": register.format("two"),
    }

    assert [tool.name for tool in reading(files).tools] == ["one", "two"]


def test_a_registry_may_be_as_large_as_any(reading: Reading) -> None:
    """One function enters all of hundreds of tools."""
    names = [f"t{number}" for number in range(900)]
    register = "from box.registry import tool\n" + "".join(f"@tool\ndef {name}(): ...\n" for name in names)
    files = {
        "box/registry.py": REGISTRY,
        "box/server.py": SERVER,
        "box/__init__.py": "",
        "box/tools/__init__.py": "",
        "box/tools/all.py": register,
    }

    assert [tool.name for tool in reading(files).tools] == names


def test_modules_beside_the_file_are_imported_by_the_names_of_a_list(reading: Reading) -> None:
    """A module that the list does not name is left over, although some are imported by name."""
    register = "def register(mcp):\n    @mcp.tool\n    def {}(): ...\n"
    load = "import importlib\nfor name in NAMES:\n    importlib.import_module(f'box.{name}').register(mcp)\n"
    files = {
        "box/__init__.py": "NAMES = ['first']\n",
        "box/main.py": "from fastmcp import FastMCP\nfrom box import NAMES\nmcp = FastMCP('x')\n" + load,
        "box/first.py": register.format("one"),
        "box/second.py": register.format("two"),
    }
    found = reading(files)

    assert [tool.name for tool in found.tools] == ["one"]
    assert [tool.name for tool in found.optional] == ["two"]


def test_any_module_may_be_meant_where_a_name_is_unknown(reading: Reading) -> None:
    """The names come from a file that only a run reads."""
    register = "def register(mcp):\n    @mcp.tool\n    def {}(): ...\n"
    load = "import importlib\nfor name in open('names'):\n    importlib.import_module(f'box.{name}').register(mcp)\n"
    files = {
        "box/main.py": "from fastmcp import FastMCP\nmcp = FastMCP('x')\n" + load,
        "box/first.py": register.format("one"),
        "box/second.py": register.format("two"),
    }

    assert [tool.name for tool in reading(files).tools] == ["one", "two"]


def test_a_module_is_called_by_its_own_name(reading: Reading) -> None:
    """`__name__` inside a file says that it was started; as the start of a name it means the package."""
    files = {
        "box/__init__.py": "import importlib\ndef load(): return importlib.import_module(f'{__name__}.inner')\n",
        "box/inner.py": "def one(): ...\n",
        "main.py": "import box\nfrom fastmcp import FastMCP\nmcp = FastMCP('x')\nmcp.tool(box.load().one)\n",
    }

    assert [tool.name for tool in reading(files).tools] == ["one"]


def test_a_server_that_changes_tools_before_it_adds_them(reading: Reading) -> None:
    """`model_copy` with other words; those that the source does not show stay as they were."""
    source = """
from fastmcp import FastMCP
from fastmcp.tools import FunctionTool
class Mine(FastMCP):
    def add_tool(self, tool):
        update = {"description": tool.description.strip(), "title": "T"}
        tool = tool.model_copy(update=update)
        super().add_tool(tool)
def a():
    '''Says.'''
mcp = Mine("x")
mcp.add_tool(FunctionTool.from_function(a))
"""
    (tool,) = reading({"server.py": source}).tools

    assert (tool.name, tool.title, tool.description) == ("a", "T", "Says.")


def test_a_wrapper_around_something_unknown_has_no_name(reading: Reading) -> None:
    """A method that wraps what it is given registers nothing until it is called."""
    source = """
import functools
from fastmcp import FastMCP
def apart(function):
    @functools.wraps(function)
    def wrapper(*args): ...
    return wrapper
class Mine(FastMCP):
    def tool(self, *args):
        def decorate(function):
            super(Mine, self).tool(*args)(apart(function))
            return function
        return decorate
mcp = Mine("x")
@mcp.tool()
def a(): ...
"""
    assert [tool.name for tool in reading({"server.py": source}).tools] == ["a"]


def test_a_signature_of_its_own_making_leaves_the_parameters_open(reading: Reading) -> None:
    """`__signature__` replaces what the function declares."""
    source = """
from fastmcp import FastMCP
from fastmcp.tools import Tool
mcp = FastMCP("x")
def build(name):
    def run(**words): ...
    run.__name__ = name
    run.__signature__ = made(name)
    return Tool.from_function(run)
mcp.add_tool(build("a"))
"""
    (tool,) = reading({"server.py": source}).tools

    assert tool.definition["inputSchema"] == {"type": "object"}


def test_a_helper_that_takes_long_does_not_keep_the_rest_from_being_read(reading: Reading) -> None:
    """What registers nothing is read at less length, and each file for itself."""
    words = "".join(f"    x = x.replace('{n}', f(x, {n}))\n" for n in range(60))
    helper = f"def f(x, n):\n    return x\ndef clean(x):\n{words}    return x\n"
    calls = "".join(f"    helper.clean(unknown({n}))\n" for n in range(200))
    source = f"import helper\nfrom fastmcp import FastMCP\nmcp = FastMCP('x')\ndef start():\n{calls}    mcp.tool(a)\ndef a(): ...\nstart()\n"
    found = reading({"helper.py": helper, "server.py": source})

    assert [tool.name for tool in found.tools] == ["a"]
    assert found.doubts == ()


def test_what_only_a_test_needs_is_left_over(reading: Reading) -> None:
    """A file that tests import, and the package names in a comment alone."""
    files = {
        "box/server.py": "from fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool\ndef one(): ...\n# from box import later\n",
        "box/later.py": "from box.server import mcp\n@mcp.tool\ndef two(): ...\n",
        "tests/test_later.py": "from box import later\n",
    }
    found = reading(files)

    assert [tool.name for tool in found.tools] == ["one"]
    assert [tool.name for tool in found.optional] == ["two"]


BY_HAND = {
    "a branch": """
        import json, sys
        TOOLS = [{"name": "one", "description": "First.", "inputSchema": {"type": "object"}}]
        def send(message):
            print(json.dumps(message))
        def answer(message):
            if message["method"] == "initialize":
                send({"result": {}})
            elif message["method"] == "tools/list":
                send({"id": message["id"], "result": {"tools": TOOLS}})
        for line in sys.stdin:
            answer(json.loads(line))
        """,
    "a case": """
        def answer(method):
            match method:
                case "tools/list":
                    return {"tools": [dict(name="one", description="First.", inputSchema={"type": "object"})]}
        """,
    "a table of methods": """
        class Server:
            def __init__(self):
                self.known = {}
                self.methods = {"ping": self.ping}
                self.methods["tools/list"] = self.answer
            def ping(self): ...
            def tool(self, function):
                self.known[function.__name__] = function
                return function
            def answer(self):
                return {"tools": [self.shown(name, function) for name, function in self.known.items()]}
            def shown(self, name, function):
                return {"name": name, "description": function.__doc__, "inputSchema": {"type": "object"}}
        server = Server()
        @server.tool
        def one():
            '''First.'''
        """,
}


@pytest.mark.parametrize("source", BY_HAND)
def test_a_server_that_speaks_the_protocol_by_itself(source: str, reading: Reading) -> None:
    """What it answers to `tools/list` is its list, in the end of all that it registers."""
    (tool,) = reading({"server.py": dedent(BY_HAND[source])}).tools

    assert tool.definition == {"name": "one", "description": "First.", "inputSchema": {"type": "object"}}


def test_a_function_that_calls_itself_for_what_is_unknown_comes_to_an_end(reading: Reading) -> None:
    """Types inside of types, of which nothing is known."""
    source = """
        from fastmcp import FastMCP
        mcp = FastMCP("x")
        def schema(kind):
            if kind.first: return {"a": schema(kind.first), "b": schema(kind.second)}
            if kind.third: return {"c": schema(kind.third), "d": schema(kind.fourth), "e": schema(kind.fifth)}
            return mcp.tool(kind)
        schema(given())
        @mcp.tool
        def one(): ...
        """
    found = reading({"server.py": dedent(source)})

    assert [tool.name for tool in found.tools] == ["one"]
    assert not any("intricate" in doubt for doubt in found.doubts)


TYPED = """
from typing import Any, List, Optional, TypedDict, Union, get_args, get_origin, get_type_hints
from fastmcp import FastMCP
mcp = FastMCP("x")
class Wish(TypedDict):
    what: str
    count: Optional[int]
    tags: List[str]
def kind_of(hint):
    origin, args = get_origin(hint), get_args(hint)
    if origin is Union and type(None) in args:
        return kind_of(next(arg for arg in args if arg != type(None)))
    if origin is list:
        return {"type": "array", "items": kind_of(args[0])}
    return {str: {"type": "string"}, int: {"type": "integer"}}.get(hint, {})
def schema_of(cls):
    properties, required = {}, []
    for name, hint in get_type_hints(cls).items():
        properties[name] = kind_of(hint)
        if not (get_origin(hint) is Union and type(None) in get_args(hint)):
            required.append(name)
    return {"type": "object", "properties": properties, "required": required}
mcp.add_tool({"name": "a", "description": "", "inputSchema": schema_of(GIVEN)})
"""


def test_a_schema_that_the_package_makes_of_types_by_itself(reading: Reading) -> None:
    """Fields, unions and lists as the library for types tells of them."""
    (tool,) = reading({"server.py": TYPED.replace("GIVEN", "Wish")}).tools

    assert tool.definition["inputSchema"] == {
        "type": "object",
        "properties": {
            "what": {"type": "string"},
            "count": {"type": "integer"},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["what", "tags"],
    }


def test_a_schema_with_unknown_keys_is_left_open(reading: Reading) -> None:
    """Nothing is better than a schema that says there are no parameters."""
    (tool,) = reading({"server.py": TYPED.replace("GIVEN", "elsewhere()")}).tools

    assert "properties" not in tool.definition["inputSchema"]


def test_a_function_that_is_made_while_the_server_starts_may_have_a_name(reading: Reading) -> None:
    """The table shows under which names they are registered, and nothing shows what they take."""
    source = """
        import types
        from fastmcp import FastMCP
        mcp = FastMCP("x")
        for service, calls in {"shop": ["Sell", "Ask"]}.items():
            for call in calls:
                made = types.FunctionType(code_of(service, call), globals())
                mcp.tool(name=f"{service}_{call}", description="Calls.")(made)
        mcp.tool(name=unknown())(made)
        mcp.tool("x")
        """
    found = reading({"server.py": dedent(source)})

    assert [tool.definition for tool in found.tools] == [
        {"name": name, "description": "Calls."} for name in ("shop_Ask", "shop_Sell")
    ]


@pytest.mark.parametrize(
    "line", [" \n" * 300_000, "from " + "." * 300_000 + "\n", "from a import (\n" * 20_000, "import " + " ," * 200_000]
)  # fmt: skip
def test_what_looks_like_the_beginning_of_much_is_passed_over(reading: Reading, line: str) -> None:
    """Empty lines, dots and open brackets in any number."""
    server = "from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool()\ndef find(): ...\n"
    found = reading({"server.py": server, "beside/more.py": server + line})
    assert [tool.name for tool in found.tools] == ["find"]


def test_a_handler_that_is_put_under_the_type_of_its_requests(reading: Reading) -> None:
    """`server.request_handlers[ListToolsRequest] = ...`, which the SDK's own decorators do."""
    source = """
        from mcp.server import Server
        from mcp.types import CallToolRequest, ListToolsRequest, ListToolsResult, ServerResult, Tool

        def build():
            async def listed(_):
                return ServerResult(ListToolsResult(tools=[Tool(name="a", description="A.", inputSchema={})]))
            async def called(request):
                return ServerResult(CallToolResult(content=[]))
            server = Server("x")
            server.request_handlers[ListToolsRequest] = listed
            server.request_handlers[CallToolRequest] = called
            return server
        """
    assert [tool.name for tool in reading({"server.py": dedent(source)}).tools] == ["a"]


@pytest.mark.parametrize("method", ['getattr(server, "tool", None)', 'getattr(server, "tool")'])
def test_what_every_server_has_is_there_when_it_is_asked_for(reading: Reading, method: str) -> None:
    """Some look whether the installed SDK has a method before they call it."""
    source = f"""
        try:
            from mcp.server.fastmcp import FastMCP as Server
        except ImportError:
            class Server:
                def register_tool(self, name, handler): ...
        server = Server("x")
        if hasattr(server, "tool"):
            for name, function in {{"a": one, "b": two}}.items():
                decorate = {method}
                if callable(decorate):
                    decorate(name=name, description="Does.")(function)
        else:
            for name, function in handlers.items():
                server.register_tool(name, function)
        """
    found = reading({"server.py": dedent(source)})
    assert [tool.name for tool in found.tools] == ["a", "b"]


def test_modules_whose_names_are_filled_into_a_field_for_text(reading: Reading) -> None:
    """`"tools.{:s}".format(name)` in a loop over the modules of a package; none of them is a stray one."""
    main = """
        import importlib, pkgutil
        from mcp.server.fastmcp import FastMCP
        import tools
        mcp = FastMCP("x")
        for _, name, _ in pkgutil.iter_modules(tools.__path__):
            module = importlib.import_module("tools.{:s}".format(name))
            if hasattr(module, "register"):
                module.register(mcp)
        """
    tool = "def register(mcp):\n    @mcp.tool()\n    def find(): ...\n"
    found = reading({"server.py": dedent(main), "tools/__init__.py": "", "tools/alpha.py": tool})
    assert [(tool.name, tool.origin and tool.origin.confidence) for tool in found.tools] == [("find", 1.0)]


def test_a_text_that_keeps_the_parser_busy_is_not_parsed(reading: Reading) -> None:
    """A formatted string of very many holes; the other files are read."""
    server = "from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool()\ndef find(): ...\n"
    found = reading(
        {"server.py": server, "more.py": server.replace("find", "count") + 'x = f"' + "{a}" * 200_000 + '"\n'}
    )
    assert [tool.name for tool in found.tools] == ["find"]
    assert found.doubts == ("more.py takes the parser too long and was not read",)


BASE = "class Base:\n    name = ''\n    def run(self): ...\n"
ENTERING = "ALL = {}\ndef enter(cls):\n    ALL[cls.__name__] = cls\n    return cls\nclass Base: ...\n"
HEARING = (
    "class Base:\n    known = []\n    def __init_subclass__(cls, **words):\n        Base.known.append(cls)\n"
)
DERIVED = "from box.base import Base\nclass {0}(Base):\n    name = '{0}'\n    def run(self, x: int): ...\n"
ADDED = "mcp.add_tool(one().run, name=one.name)\n"


@pytest.mark.parametrize(
    ("base", "lines"),
    [
        (BASE, "from .tools import a, b\nfor one in Base.__subclasses__():\n    "),
        (BASE, "import box.tools.a, box.tools.b\nfor one in Base.__subclasses__():\n    "),
        (HEARING, "import box.tools.a\nimport box.tools.b\nfor one in Base.known:\n    "),
        (ENTERING, "from box.base import ALL\nfrom box.tools import a, b\nfor one in ALL.values():\n    "),
        (
            BASE,
            "import importlib, pkgutil\nfrom box import tools\nfor info in pkgutil.iter_modules(tools.__path__):\n"
            "    module = importlib.import_module(f'box.tools.{info.name}')\n    for one in module.__dict__.values():\n"
            "        if isinstance(one, type) and issubclass(one, Base) and one is not Base:\n            ",
        ),
        (
            BASE,
            "import importlib.util\nfrom pathlib import Path\nfor path in Path(__file__).parent.joinpath('tools').glob('*.py'):\n"
            "    spec = importlib.util.spec_from_file_location(path.stem, path)\n"
            "    module = importlib.util.module_from_spec(spec)\n    spec.loader.exec_module(module)\n"
            "    for one in vars(module).values():\n"
            "        if isinstance(one, type) and issubclass(one, Base) and one is not Base:\n            ",
        ),
        (
            BASE,
            "import inspect, sys\nfrom box.tools.a import a\nfrom box.tools.b import b\n"
            "for _, one in inspect.getmembers(sys.modules[__name__], inspect.isclass):\n"
            "    if issubclass(one, Base) and one is not Base:\n        ",
        ),
    ],
)
def test_classes_are_found_by_what_they_derive_from(base: str, lines: str, reading: Reading) -> None:
    """Importing a module has an effect where its classes are entered somewhere, though nobody says a name of it."""
    entered = DERIVED.replace("Base\nclass", "Base, enter\n@enter\nclass") if base == ENTERING else DERIVED
    files = {
        "box/__init__.py": "",
        "box/base.py": base,
        "box/main.py": "from fastmcp import FastMCP\nfrom box.base import Base\nmcp = FastMCP('x')\n"
        + lines
        + ADDED,
        "box/tools/__init__.py": "",
        "box/tools/a.py": entered.format("a"),
        "box/tools/b.py": entered.format("b"),
        "box/tools/left.txt": "",
    }

    assert sorted(tool.name for tool in reading(files).tools) == ["a", "b"]


@pytest.mark.parametrize(
    ("where", "condition"),
    [
        ("box/main.py", "one.__module__ == tools.__name__"),
        ("box/main.py", "one.__module__ == 'box.tools'"),
        ("box/tools.py", "one.__module__ == __name__"),
        ("box/tools.py", "not one.__module__ != __name__"),
    ],
)
def test_what_a_module_only_imports_is_none_of_its_own(where: str, condition: str, reading: Reading) -> None:
    """A server that offers what a module defines asks of each function whether it does."""
    take = (
        "import inspect, sys\nfrom fastmcp import FastMCP\nmcp = FastMCP('x')\n"
        f"for _, one in inspect.getmembers({{}}, lambda one: inspect.isfunction(one) and {condition}):\n    mcp.tool(one)\n"
    )
    inside = where == "box/tools.py"
    files = {
        "pyproject.toml": "",
        "src/box/__init__.py": "",
        "src/box/help.py": "def helper(): ...\n",
        "src/box/tools.py": "from box.help import helper\ndef own(): ...\n"
        + (take.format("sys.modules[__name__]") if inside else ""),
        "src/box/main.py": "import box.tools\n"
        if inside
        else "from box import tools\n" + take.format("tools"),
    }

    assert [tool.name for tool in reading(files).tools] == ["own"]


def test_functions_that_are_noted_as_tools_are_those_of_whoever_adds_them(reading: Reading) -> None:
    """By the names that they are noted with, unless they are added under others; what nobody adds is no tool."""
    files = {
        "box.py": dedent("""
            from fastmcp import FastMCP
            from fastmcp.tools import tool
            class Box:
                @tool(name="box_open", description="Opens.")
                def open(self, key: str): ...
                @tool
                def close(self): "Closes."
                @tool("box_weigh")
                def weigh(self): ...
                def burn(self): ...
            @tool(name="unused")
            def nobody(): ...
            @tool(name="noted")
            def renamed(): ...
            def add_all(mcp, instance):
                for name in dir(instance):
                    method = getattr(instance, name)
                    if callable(method) and hasattr(method, "__fastmcp__"):
                        mcp.add_tool(method)
            mcp = FastMCP("x")
            add_all(mcp, Box())
            mcp.tool(renamed, name="other")
        """)
    }

    assert [(tool.name, tool.description) for tool in reading(files).tools] == [
        ("box_open", "Opens."),
        ("close", "Closes."),
        ("box_weigh", ""),
        ("other", ""),
    ]
