"""How Python servers register tools: decorators, list handlers, factories, tables, classes, mounts."""

from collections.abc import Callable, Mapping
from textwrap import dedent
from typing import Any

import pytest

from crawler.introspect.static.reading import StaticReading

Read = Callable[[Mapping[str, str]], dict[str, Any]]

NOTHING: dict[str, Any] = {"type": "object", "properties": {}}


def entry(name: str, description: str = "", schema: dict[str, Any] = NOTHING, **more: Any) -> dict[str, Any]:
    """A `tools/list` entry."""
    return {name: {"name": name, "description": description, "inputSchema": schema, **more}}


FASTMCP = "from fastmcp import FastMCP\nmcp = FastMCP('x')\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("@mcp.tool\ndef a():\n    '''Doc.'''", entry("a", "Doc.")),
        ("@mcp.tool()\nasync def a(): ...", entry("a")),
        ("@mcp.tool('b')\ndef a(): ...", entry("b")),
        ("@mcp.tool(name='b', description='D', title='T')\ndef a(): ...", entry("b", "D", title="T")),
        ("def a(): ...\nmcp.tool(a)", entry("a")),
        ("def a(): ...\nmcp.tool(name='b')(a)", entry("b")),
        ("def a(): ...\nmcp.add_tool(a, name='b', description='D')", entry("b", "D")),
        (
            "from fastmcp.tools import Tool\ndef a(): ...\nmcp.add_tool(Tool.from_function(a, name='b'))",
            entry("b"),
        ),
        ("def a(): ...\nserver = FastMCP('y', tools=[a])", entry("a")),
        ("@mcp.tool(enabled=False)\ndef a(): ...", {}),
        ("@mcp.tool\ndef a(): ...\nmcp.remove_tool('a')", {}),
        ("@mcp.resource('x://y')\ndef a(): ...\n@mcp.prompt\ndef b(): ...", {}),
        (
            "from mcp.types import ToolAnnotations\n@mcp.tool(annotations=ToolAnnotations(readOnlyHint=True))\ndef a(): ...",
            entry("a", annotations={"readOnlyHint": True}),
        ),
        (
            "from mcp.types import ToolAnnotations as Hints\n@mcp.tool(annotations=Hints(destructive_hint=False, title='T'))\ndef a(): ...",
            entry("a", annotations={"destructiveHint": False, "title": "T"}),
        ),
    ],
)
def test_decorators_and_calls_register_functions(
    source: str, expected: dict[str, Any], definitions: Read
) -> None:
    """Every spelling of FastMCP's and MCPServer's registration."""
    assert definitions({"server.py": FASTMCP + source}) == expected


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("NAME = 'a' + '_' + 'b'\n@mcp.tool(NAME)\ndef f(): ...", {"a_b"}),
        ("P = 'p'\n@mcp.tool(f'{P}_x')\ndef f(): ...", {"p_x"}),
        ("@mcp.tool('%s_x' % 'p')\ndef f(): ...", {"p_x"}),
        ("@mcp.tool('{}_{}'.format('p', 'x'))\ndef f(): ...", {"p_x"}),
        ("@mcp.tool('_'.join(['p', 'x']).upper())\ndef f(): ...", {"P_X"}),
        ("from enum import Enum\nclass T(str, Enum):\n    A = 'a'\n@mcp.tool(T.A)\ndef f(): ...", {"a"}),
        ("from enum import Enum\nclass T(Enum):\n    A = 'a'\n@mcp.tool(T.A.value)\ndef f(): ...", {"a"}),
        ("from enum import StrEnum, auto\nclass T(StrEnum):\n    A = auto()\n@mcp.tool(T.A)\ndef f(): ...", {"a"}),
        ("for n in ('a', 'b'):\n    mcp.tool(name=n)(lambda: 0)", {"a", "b"}),
        ("def f(): ...\nfor n, g in {'a': f, 'b': f}.items():\n    mcp.add_tool(g, name=n)", {"a", "b"}),
        ("def f(): ...\n[mcp.tool(f'x{i}')(f) for i in range(2)]", {"x0", "x1"}),
        ("def make(n):\n    @mcp.tool(n)\n    def f(): ...\nmake('a')\nmake('b')", {"a", "b"}),
        ("def register(server):\n    @server.tool()\n    def a(): ...\nregister(mcp)", {"a"}),
        ("def register(server, prefix='p'):\n    @server.tool(f'{prefix}_a')\n    def a(): ...", {"p_a"}),
        ("import os\nP = os.getenv('P', 'dev')\n@mcp.tool(f'{P}_a')\ndef f(): ...", {"dev_a"}),
        ("import functools\ndef f(x): ...\nmcp.add_tool(functools.partial(f, 1), name='a')", {"a"}),
        ("class S:\n    def __init__(self):\n        mcp.tool()(self.a)\n    def a(self): ...\nS()", {"a"}),
        ("class S:\n    @staticmethod\n    @mcp.tool\n    def a(): ...", {"a"}),
        ("class S(FastMCP):\n    def setup(self):\n        @self.tool()\n        def a(): ...", {"a"}),
        ("import inspect, sys\ndef tool_a(): ...\nfor n, f in inspect.getmembers(sys.modules[__name__], inspect.isfunction):\n    mcp.tool(f)", {"tool_a"}),
        ("def f(): ...\nALL = {'a', 'b', 'c'}\nfor n in ALL - {'a'} - set():\n    mcp.add_tool(f, name=n)", {"b", "c"}),
        ("def f(): ...\nALL = {'a': 1, 'b': 2}\nfor n in sorted(set(ALL) & {'b', 'x'}):\n    mcp.add_tool(f, name=n)", {"b"}),
        ("def f(): ...\nALL = {'a', 'b'}\nfor n in ALL.difference(['a']) | ALL.intersection(unknown()) - set(unknown()):\n    mcp.add_tool(f, name=n)", {"a", "b"}),
        ("@mcp.tool(unknown())\ndef f(): ...", set()),
        ("@mcp.tool(name=input())\ndef f(): ...", set()),
    ],
)  # fmt: skip
def test_names_are_folded_as_far_as_the_source_shows_them(
    source: str, names: set[str], definitions: Read
) -> None:
    """Constants, enumerations, loops over tables, factories; a name that only the run shows is left out."""
    assert set(definitions({"server.py": FASTMCP + source})) == names


def test_custom_decorators_are_followed(definitions: Read) -> None:
    """A decorator of the package that wraps the SDK's, through a closure and a class."""
    source = """
        import functools
        from mcp.server.fastmcp import FastMCP

        mcp = FastMCP("x")

        def guarded(fn):
            @functools.wraps(fn)
            def inner(*args, **kwargs):
                return fn(*args, **kwargs)
            return inner

        class Registry:
            def __init__(self, server):
                self.server = server

            def reader(self, title):
                return self._register(title, {"readOnlyHint": True})

            def _register(self, title, annotations):
                def decorate(fn):
                    self.server.tool(title=title, annotations=annotations)(guarded(fn))
                    return fn
                return decorate

        registry = Registry(mcp)

        @registry.reader("Read it")
        def read(path: str):
            '''Reads.'''
        """
    schema = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}

    assert definitions({"server.py": source}) == entry(
        "read", "Reads.", schema, title="Read it", annotations={"readOnlyHint": True}
    )


LOW_LEVEL = "from mcp.server import Server\nfrom mcp.types import Tool\nimport mcp.types as types\nserver = Server('x')\n"


@pytest.mark.parametrize(
    "source",
    [
        "@server.list_tools()\nasync def f():\n    return [Tool(name='a', description='D', inputSchema={'type': 'object', 'properties': {}})]",
        "TOOLS = [types.Tool(name='a', description='D', inputSchema={'type': 'object', 'properties': {}})]\n@server.list_tools()\nasync def f() -> list[Tool]:\n    return TOOLS",
        "SPEC = [{'name': 'a', 'description': 'D', 'inputSchema': {'type': 'object', 'properties': {}}}]\n@server.list_tools()\nasync def f():\n    return [Tool(**s) for s in SPEC]",
        "@server.list_tools()\nasync def f():\n    tools = []\n    tools.append(Tool(name='a', description='D', inputSchema={'type': 'object', 'properties': {}}))\n    return tools",
        "async def f(ctx, params):\n    return types.ListToolsResult(tools=[Tool(name='a', description='D', input_schema={'type': 'object', 'properties': {}})])\nserver2 = Server('y', on_list_tools=f)",
        "from pydantic import BaseModel\nclass P(BaseModel): ...\n@server.list_tools()\nasync def f():\n    return [Tool(name='a', description='D', inputSchema=P.model_json_schema())]",
        "class H:\n    def __init__(self, name):\n        self.name = name\n    def tool(self):\n        return Tool(name=self.name, description='D', inputSchema={'type': 'object', 'properties': {}})\nclass A(H):\n    def __init__(self):\n        super().__init__('a')\nhandlers = {}\ndef add(h):\n    handlers[h.name] = h\nadd(A())\n@server.list_tools()\nasync def f():\n    return [h.tool() for h in handlers.values()]",
        "class Base:\n    name = ''\n    schema = {'type': 'object', 'properties': {}}\nclass A(Base):\n    name = 'a'\n@server.list_tools()\nasync def f():\n    return [Tool(name=c.name, description='D', inputSchema=c.schema) for c in Base.__subclasses__()]",
        "async def main():\n    server3 = Server('z')\n    @server3.list_tools()\n    async def f():\n        return [Tool(name='a', description='D', inputSchema={'type': 'object', 'properties': {}})]\nimport asyncio\nasyncio.run(main())",
    ],
)
def test_list_handlers_are_asked_what_they_return(source: str, definitions: Read) -> None:
    """Constants, tables, comprehensions, registries and classes behind a low-level handler."""
    assert definitions({"server.py": LOW_LEVEL + source}) == entry("a", "D")


@pytest.mark.parametrize(
    "more",
    [
        "tools.append(B[0])",
        "tools.extend(B)",
        "tools += B",
        "tools = tools + B",
        "tools.append(Tool(name='b'))",
        "tools.extend([{'name': 'b'}])",
    ],
)
def test_what_a_setting_adds_to_a_list_is_no_part_of_it(more: str, reading: Any) -> None:
    """The table that it comes from may be whole; only an ordinary start counts."""
    source = f"A, B = [Tool(name='a')], [Tool(name='b')]\n@server.list_tools()\nasync def f():\n    tools = list(A)\n    if os.environ.get('X'):\n        {more}\n    return [one for one in tools]"

    found = reading({"server.py": "import os\n" + LOW_LEVEL + source})

    assert [tool.name for tool in found.tools] == ["a"]
    assert [tool.name for tool in found.optional] == ["b"]


def test_a_field_of_a_configuration_that_is_read_at_run_time_has_its_default(reading: Any) -> None:
    """Where the source does not show what the environment's reader gives."""
    source = """
        import os
        from dataclasses import dataclass
        from mcp.server.fastmcp import FastMCP

        @dataclass
        class NotesConfig:
            url: str
            dangerous: bool = False
            friendly: bool = True

        def flag(name):
            raw = os.getenv(name)
            return translated(raw)

        config = NotesConfig(url=flag('URL'), dangerous=flag('DANGEROUS'), friendly=flag('FRIENDLY'))
        mcp = FastMCP('x')
        if config.friendly:
            @mcp.tool()
            def a(): ...
        if config.dangerous:
            @mcp.tool()
            def b(): ...
    """
    found = reading({"server.py": source})

    assert [tool.name for tool in found.tools] == ["a"]
    assert [tool.name for tool in found.optional] == ["b"]


def test_a_list_that_is_not_shown_falls_back_to_the_tools_that_are_made(definitions: Read) -> None:
    """What a handler loads at run time stays unknown; tool objects of the package are the next best."""
    source = "A = Tool(name='a', description='D', inputSchema={'type': 'object', 'properties': {}})\n@server.list_tools()\nasync def f():\n    return load(A)"

    assert definitions({"server.py": LOW_LEVEL + source}) == entry("a", "D")


def test_imports_inside_the_package_are_followed(definitions: Read) -> None:
    """Relative and absolute imports, stars, re-exports, a module that only others mention, and `src` folders."""
    files = {
        "src/pkg/__init__.py": "from .app import mcp\n",
        "src/pkg/app.py": "from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x')\n",
        "src/pkg/names.py": "PREFIX = 'notes'\n",
        "src/pkg/tools/__init__.py": "from .read import *\nfrom . import write\n",
        "src/pkg/tools/read.py": "from ..app import mcp\nfrom pkg.names import PREFIX\n@mcp.tool(f'{PREFIX}_read')\ndef read(): ...\n",
        "src/pkg/tools/write.py": "import pkg.names as n\nfrom pkg import mcp\n@mcp.tool(n.PREFIX + '_write')\ndef write(): ...\n",
    }

    assert definitions(files) == entry("notes_read") | entry("notes_write")


STRAY = {
    "pkg/app.py": "from mcp.server.fastmcp import FastMCP\nimport pkg.tools\nmcp = FastMCP('x')\n",
    "pkg/tools/__init__.py": "from pkg.tools.read import read\n# from pkg.tools.write import write\n",
    "pkg/tools/read.py": "from pkg.app import mcp\n@mcp.tool()\ndef read(): ...\n",
    "pkg/tools/write.py": "from pkg.app import mcp\n@mcp.tool()\ndef write(): ...\n",
}


@pytest.mark.parametrize(
    ("added", "named"),
    [
        ({}, False),
        ({"pkg/cli.py": "def main():\n    import pkg.tools.write\n"}, True),
        ({"pkg/cli.py": "import importlib\nimportlib.import_module(f'pkg.{x}')\n"}, True),
        ({"pkg/cli.py": "import importlib\nimportlib.import_module('json')\n"}, False),
        ({"pkg/names.py": "MODULES = ['read', 'write']\n"}, True),
        ({"pkg-1.dist-info/entry_points.txt": "[console_scripts]\nx = pkg.tools.write:main\n"}, True),
        ({"pkg/tools/write.py": STRAY["pkg/tools/write.py"] + "if __name__ == '__main__': mcp.run()\n"}, True),
    ],
)  # fmt: skip
def test_a_file_that_nothing_leads_to_registers_nothing(
    added: dict[str, str], named: bool, definitions: Read
) -> None:
    """An import that is commented out is none; one inside a function, a name in a table or a script is one."""
    expected = entry("read") | (entry("write") if named else {})

    assert definitions({**STRAY, **added}) == expected


def test_mounted_servers_lend_their_tools_under_a_prefix(definitions: Read) -> None:
    """Both orders of arguments, nested mounts, and no tool twice."""
    files = {
        "main.py": """
            from fastmcp import FastMCP
            from jira import jira
            main = FastMCP("main")
            main.mount(jira, namespace="jira")
            inner = FastMCP("inner")
            deep = FastMCP("deep")
            @deep.tool
            def c(): ...
            inner.mount("deep", deep)
            main.import_server("in", inner)
            plain = FastMCP("plain")
            @plain.tool
            def d(): ...
            main.mount(plain)
            """,
        "jira.py": "from fastmcp import FastMCP\njira = FastMCP('jira')\n@jira.tool\ndef a(): ...\n",
    }

    assert definitions(files) == entry("jira_a") | entry("in_deep_c") | entry("d")


def test_conditions_that_hold_by_default_decide(
    reading: Callable[[Mapping[str, str]], StaticReading],
) -> None:
    """What runs only if somebody sets a variable is kept, with half the confidence; constants decide for good."""
    source = """
        import os
        from fastmcp import FastMCP
        from typing import TYPE_CHECKING
        mcp = FastMCP("x")
        DEBUG = False

        @mcp.tool
        def always(): ...

        if DEBUG:
            @mcp.tool
            def never(): ...

        if os.environ.get("WRITE", "").lower() == "true":
            @mcp.tool
            def write(): ...
        else:
            @mcp.tool
            def read(): ...

        if not os.getenv("KEY"):
            raise SystemExit

        @mcp.tool
        def after(): ...
        """

    found = reading({"server.py": dedent(source)})

    assert {tool.name for tool in found.tools} == {"always", "read", "after"}
    assert {tool.name for tool in found.optional} == {"write"}


SCHEMAS = {
    "a: int": {"a": {"type": "integer"}},
    "a: float": {"a": {"type": "number"}},
    "a: bool": {"a": {"type": "boolean"}},
    "a": {"a": {}},
    "a: 'str'": {"a": {"type": "string"}},
    "a: list[str]": {"a": {"type": "array", "items": {"type": "string"}}},
    "a: set[int]": {"a": {"type": "array", "items": {"type": "integer"}, "uniqueItems": True}},
    "a: dict[str, int]": {"a": {"type": "object", "additionalProperties": {"type": "integer"}}},
    "a: dict": {"a": {"type": "object", "additionalProperties": True}},
    "a: str | None": {"a": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
    "a: Optional[int]": {"a": {"anyOf": [{"type": "integer"}, {"type": "null"}]}},
    "a: Annotated[list[str] | None, Field(min_length=2, description='Words.')]": {
        "a": {
            "anyOf": [{"type": "array", "items": {"type": "string"}, "minItems": 2}, {"type": "null"}],
            "description": "Words.",
        }
    },
    "a: Union[int, str, None]": {"a": {"anyOf": [{"type": "integer"}, {"type": "string"}, {"type": "null"}]}},
    "a: Literal['x', 'y']": {"a": {"enum": ["x", "y"], "type": "string"}},
    "a: Literal['x']": {"a": {"const": "x", "type": "string"}},
    "a: Annotated[int, Field(description='D', ge=1, lt=9)]": {
        "a": {"type": "integer", "description": "D", "minimum": 1, "exclusiveMaximum": 9}
    },
    "a: Annotated[str, 'D']": {"a": {"type": "string", "description": "D"}},
    "a: Annotated[list[str], Field(min_length=1)]": {
        "a": {"type": "array", "items": {"type": "string"}, "minItems": 1}
    },
    "a: Color": {"a": {"enum": ["red", "blue"], "type": "string"}},
    "a: Model": {
        "a": {
            "type": "object",
            "properties": {
                "id": {"type": "integer"},
                "tag": {"type": "string", "description": "T", "default": "x"},
                "parent": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
            },
            "required": ["id"],
            "description": "A model.",
        }
    },
    "a: Alias": {"a": {"type": "string", "description": "An alias."}},
    "a: str = Field(description='D')": {"a": {"type": "string", "description": "D"}},
    "self, a: int": {"a": {"type": "integer"}},
    "a: int, ctx: Context": {"a": {"type": "integer"}},
    "a: int, ctx: Context | None = None": {"a": {"type": "integer"}},
    "a: int, db=Depends(get)": {"a": {"type": "integer"}},
}


@pytest.mark.parametrize("signature", SCHEMAS)
def test_schemas_follow_signatures(signature: str, definitions: Read) -> None:
    """Hints, Annotated and Field, literals, enumerations, models, aliases; what the SDK injects stays out."""
    source = f"""
        from enum import Enum
        from typing import Annotated, Literal, Optional, Union
        from pydantic import BaseModel, Field
        from fastmcp import Context, FastMCP
        from fastmcp.dependencies import Depends
        mcp = FastMCP("x")
        Alias = Annotated[str, Field(description="An alias.")]
        class Color(Enum):
            RED = "red"
            BLUE = "blue"
        class Model(BaseModel):
            '''A model.'''
            id: int
            tag: str = Field("x", description="T")
            parent: str | None = None
        @mcp.tool
        def f({signature}): ...
        """

    assert definitions({"server.py": source})["f"]["inputSchema"] == {
        "type": "object",
        "properties": SCHEMAS[signature],
        "required": ["a"],
    }


def test_defaults_make_parameters_optional(definitions: Read) -> None:
    """Defaults are part of the schema, also those that Field gives."""
    source = FASTMCP + (
        "from pydantic import Field\n@mcp.tool\n"
        "def f(a: int = 3, b: str = Field('x'), c: list = Field(default_factory=list), *, d: bool = False, e: int): ..."
    )

    assert definitions({"server.py": source})["f"]["inputSchema"] == {
        "type": "object",
        "properties": {
            "a": {"type": "integer", "default": 3},
            "b": {"type": "string", "default": "x"},
            "c": {"type": "array", "items": {}},
            "d": {"type": "boolean", "default": False},
            "e": {"type": "integer"},
        },
        "required": ["e"],
    }


@pytest.mark.parametrize(
    "source",
    [
        "from langchain_core.tools import tool\n@tool\ndef search(q: str): ...",
        "from crewai.tools import tool\n@tool('search')\ndef search(q: str): ...",
        "from pydantic_ai import Agent\nagent = Agent('m')\n@agent.tool\ndef search(q: str): ...",
        "from langchain.agents import Tool\nTOOLS = [Tool(name='search', func=print, description='d')]",
        "from google.genai import types\nt = types.Tool(name='search')",
        "TOOLS = [{'name': 'search', 'description': 'd', 'inputSchema': {}}]  # tools/list",
        "from mcp.types import Prompt, Resource\np = Prompt(name='search', description='d')",
        "from mcp.types import Tool\nSCHEMA = Tool(name='search', description='d', inputSchema={})",
        "import typer\napp = typer.Typer()\n@app.command('tool')\ndef search(): ...",
        "class Toolbox:\n    def tool(self, f):\n        return f\nbox = Toolbox()\n@box.tool\ndef search(): ...",
    ],
)
def test_false_friends_are_no_tools(source: str, definitions: Read) -> None:
    """Other frameworks' tools, prompts, resources, and objects that look like a tool but are never listed."""
    assert definitions({"server.py": source}) == {}


@pytest.mark.parametrize(
    "path", ["tests/server.py", "examples/server.py", "test_server.py", "docs/conf.py", "conftest.py"]
)
def test_files_beside_the_server_register_nothing(path: str, definitions: Read) -> None:
    """Tests, examples and documentation are no part of a server."""
    assert definitions({path: FASTMCP + "@mcp.tool\ndef a(): ..."}) == {}


def test_a_module_that_is_called_like_tests_may_hold_tools(definitions: Read) -> None:
    """It has to do with tests of something else where a module beside it imports it and no test stands in it."""
    tool = FASTMCP + "@mcp.tool\ndef list_test_runs(): ..."
    files = {"tools/__init__.py": "import tools.test_runs", "tools/test_runs.py": tool}

    assert list(definitions(files)) == ["list_test_runs"]
    assert definitions({**files, "tools/test_runs.py": tool + "\ndef test_it(): ..."}) == {}


def test_settings_have_their_defaults(reading: Callable[[Mapping[str, str]], StaticReading]) -> None:
    """What a function is given is not shown, but its class says what it is unless somebody sets it."""
    source = """
        from dataclasses import dataclass
        from mcp.server.fastmcp import FastMCP

        @dataclass
        class Settings:
            write: bool = False
            read: bool = True

        def create(settings: Settings):
            mcp = FastMCP("x")
            if settings.read:
                @mcp.tool()
                def look(): ...
            if settings.write:
                @mcp.tool()
                def change(): ...
            return mcp
        """
    read = reading({"server.py": source})

    assert [tool.name for tool in read.tools] == ["look"]
    assert [tool.name for tool in read.optional] == ["change"]


def test_functions_that_only_call_tools_are_not_looked_into(definitions: Read) -> None:
    """A client inside the package says `call_tool` all the time; that costs steps and registers nothing."""
    source = """
        def ask(session):
            for number in range(1_000_000):
                session.call_tool("x")
                get_tool("y")
        """
    assert definitions({"client.py": source, "server.py": FASTMCP + "@mcp.tool\ndef a(): ..."}) == entry("a")


@pytest.mark.parametrize(
    ("number", "schema"),
    [
        (f"0x{'f' * 64}", {"type": "integer", "default": str(2**256 - 1)}),
        (f"0x{'f' * 4_000}", {"type": "integer"}),
    ],
)
def test_large_numbers_are_kept_as_digits_or_left_out(
    number: str, schema: dict[str, Any], definitions: Read
) -> None:
    """A number that Python refuses to write out must not cost the other tools of its file."""
    source = (
        FASTMCP + f"MOST = {number}\n@mcp.tool(description=f'at most {{MOST}}')\ndef a(n: int = MOST): ...\n"
    )
    source += "for _ in range(20_000): MOST = MOST + MOST\n@mcp.tool(title=f'{MOST}')\ndef b(): ...\n"
    found = definitions({"server.py": source})

    assert found["a"]["inputSchema"]["properties"]["n"].items() >= schema.items()
    assert ("default" in found["a"]["inputSchema"]["properties"]["n"]) is ("default" in schema)
    assert found["b"]["name"] == "b"


def test_methods_whose_time_is_the_square_of_their_text_are_not_called(definitions: Read) -> None:
    """A file of some kilobytes would keep its reader busy for minutes."""
    text = "".join(map(chr, range(0x4E00, 0x9E00)))
    source = FASTMCP + f"ODD = '{text}'.encode('punycode')\n@mcp.tool\ndef a(): ...\n"

    assert definitions({"server.py": source}).keys() == {"a"}


def test_descriptions_are_as_the_framework_gives_them(definitions: Read) -> None:
    """The official SDK keeps the docstring's indentation, FastMCP ends it at the first section."""
    tool = "@mcp.tool()\ndef a(q: str):\n    '''One.\n\n    Args:\n        q: Words.\n    '''\n"
    official = "from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x')\n"
    newest = {"x-1.dist-info/METADATA": "Name: x\nRequires-Python: >=3.13\n"}

    def described(files: Mapping[str, str]) -> tuple[str, Any]:
        definition = definitions(files)["a"]
        return definition["description"], definition["inputSchema"]["properties"]["q"].get("description")

    assert described({"s.py": FASTMCP + tool}) == ("One.", "Words.")
    assert described({"s.py": official + tool}) == ("One.\n\n    Args:\n        q: Words.\n    ", None)
    assert described({"s.py": official + tool, **newest}) == ("One.\n\nArgs:\n    q: Words.\n", None)


def test_defaults_may_stand_beside_the_type(definitions: Read) -> None:
    """A default or what makes one, inside `Annotated`."""
    source = """
        from typing import Annotated
        from pydantic import Field

        @mcp.tool
        def a(b: Annotated[int, Field(default=1)], c: Annotated[list, Field(default_factory=list)], d: Annotated[int, "D."]): ...
        """
    files = {"server.py": "from fastmcp import FastMCP\nmcp = FastMCP('x')\n" + dedent(source)}

    assert definitions(files)["a"]["inputSchema"]["required"] == ["d"]
