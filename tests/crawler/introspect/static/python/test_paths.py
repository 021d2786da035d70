"""What Python source reads out of files that lie beside it: tables of tools, and OpenAPI documents."""

import json
from collections.abc import Callable, Mapping
from textwrap import dedent

import pytest

from crawler.introspect.static.reading import StaticReading

Reading = Callable[[Mapping[str, str]], StaticReading]

TABLE = '[{"name": "one", "about": "First."}, {"name": "two", "about": "Second."}]'
START = "import json, os\nfrom pathlib import Path\nfrom fastmcp import FastMCP\nmcp = FastMCP('x')\n"
REGISTER = "\nfor row in rows:\n    mcp.tool(name=row['name'], description=row['about'])(lambda: 0)\n"


@pytest.mark.parametrize(
    "load",
    [
        "rows = json.load(open('./box/data/table.json'))",
        "with open(os.path.join(os.path.dirname(__file__), 'data', 'table.json')) as file:\n    rows = json.load(file)",
        "with open(Path(__file__).resolve().parent / 'data' / 'table.json') as file:\n    rows = json.loads(file.read())",
        "rows = json.loads((Path(__file__).parent / 'data/table.json').read_text(encoding='utf-8'))",
        "rows = json.loads(Path(__file__).parents[1].joinpath('box', 'data', 'table.json').read_text())",
        "import importlib.resources\nrows = json.loads((importlib.resources.files('box') / 'data' / 'table.json').read_text())",
        "rows = [row for path in sorted((Path(__file__).parent / 'data').glob('*.json')) for row in json.loads(path.read_text())]",
        "rows = json.load(open('data/table.json'))",
    ],
)
def test_a_table_is_read_from_where_the_source_says(load: str, reading: Reading) -> None:
    """From the root of the package, from the folder of the file, or by a pattern."""
    found = reading(
        {"box/server.py": START + load + REGISTER, "box/__init__.py": "", "box/data/table.json": TABLE}
    )

    assert [(tool.name, tool.description) for tool in found.tools] == [("one", "First."), ("two", "Second.")]


def test_a_table_in_yaml(reading: Reading) -> None:
    """With the library that everybody uses."""
    load = "import yaml\nrows = yaml.safe_load(Path('table.yaml').read_text())"
    found = reading({"server.py": START + load + REGISTER, "table.yaml": "- {name: one, about: First.}\n"})

    assert [tool.name for tool in found.tools] == ["one"]


@pytest.mark.parametrize("path", ["/etc/passwd", "../../outside.json", "none.json", "x" * 5000])
def test_what_is_not_in_the_package_is_unknown(path: str, reading: Reading) -> None:
    """Nothing of this machine is read."""
    found = reading(
        {"server.py": f"{START}rows = json.load(open('{path}')){REGISTER}@mcp.tool\ndef here(): ...\n"}
    )

    assert [tool.name for tool in found.tools] == ["here"]


def test_modules_are_imported_by_the_names_of_their_files(reading: Reading) -> None:
    """A loop over the files of a folder leads to those alone."""
    load = "import importlib\nfor file in (Path(__file__).parent / 'parts').glob('part_*.py'):\n    importlib.import_module(f'box.parts.{file.stem}').register(mcp)\n"
    part = "def register(mcp):\n    @mcp.tool\n    def {}(): ...\n"
    files = {
        "box/server.py": START + load,
        "box/parts/part_a.py": part.format("one"),
        "box/parts/other.py": part.format("two"),
    }
    found = reading(files)

    assert [tool.name for tool in found.tools] == ["one"]


DOCUMENT = {
    "openapi": "3.1.0",
    "paths": {
        "/things/{thing}": {
            "parameters": [{"$ref": "#/components/parameters/Thing"}],
            "get": {"operationId": "get-thing__v1", "summary": "One thing.", "tags": ["things"]},
            "put": {
                "operationId": "changeThing",
                "description": "Change a thing.",
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
                },
            },
            "delete": {"operationId": "removeThing", "tags": ["admin"]},
        },
        "/health": {
            "get": {
                "summary": "Is it well?",
                "parameters": [{"name": "deep", "in": "query", "schema": {"type": "boolean"}}],
            }
        },
        "/ping": {"get": {}},
    },
    "components": {
        "parameters": {
            "Thing": {"name": "thing", "in": "path", "required": True, "schema": {"type": "string"}}
        },
        "schemas": {
            "Thing": {
                "type": "object",
                "properties": {"title": {"type": "string"}, "inner": {"$ref": "#/components/schemas/Thing"}},
                "required": ["title"],
            }
        },
    },
}
LOADED = "document = json.load(open('openapi.json'))\n"
THING = {"thing": {"type": "string"}}


def test_an_openapi_document_is_made_into_tools(reading: Reading) -> None:
    """Named by operation, else by summary or path; parameters and body in one, references written out."""
    files = {
        "server.py": START + LOADED + "api = FastMCP.from_openapi(document, client=None)\n",
        "openapi.json": json.dumps(DOCUMENT),
    }
    found = {tool.name: tool for tool in reading(files).tools}

    assert {name: tool.description for name, tool in found.items()} == {
        "get_thing": "One thing.",
        "changeThing": "Change a thing.",
        "removeThing": "Executes DELETE /things/{thing}",
        "Is_it_well": "Is it well?",
        "GET_ping": "Executes GET /ping",
    }
    assert found["get_thing"].definition["inputSchema"] == {
        "type": "object",
        "properties": THING,
        "required": ["thing"],
    }
    assert list(found["changeThing"].definition["inputSchema"]["properties"]) == ["thing", "title", "inner"]
    assert found["changeThing"].definition["inputSchema"]["required"] == ["thing", "title"]
    assert "$ref" not in json.dumps(found["changeThing"].definition)


CHOICES = {
    "route_maps=[RouteMap(methods=['GET'], pattern=r'^/things', mcp_type=MCPType.TOOL), RouteMap(mcp_type=MCPType.EXCLUDE)]": {
        "get_thing"
    },
    "route_maps=[RouteMap(tags={'admin'}, mcp_type=MCPType.EXCLUDE)]": {
        "get_thing",
        "changeThing",
        "Is_it_well",
        "GET_ping",
    },
    "route_map_fn=lambda route, kind: MCPType.TOOL if route.operation_id in ALLOWED else MCPType.EXCLUDE": {
        "changeThing"
    },
    "route_map_fn=lambda route, kind: None, mcp_names={'changeThing': 'change thing'}": {
        "get_thing",
        "change_thing",
        "removeThing",
        "Is_it_well",
        "GET_ping",
    },
}


@pytest.mark.parametrize("choice", CHOICES)
def test_routes_are_chosen_and_named_as_the_source_says(choice: str, reading: Reading) -> None:
    """By maps, by a function, by a table of names."""
    imports = "from fastmcp.server.openapi import MCPType, RouteMap\nALLOWED = {'changeThing'}\n"
    made = dedent(f"""
        def describe(route, component):
            if route.method == "PUT":
                component.description = "Changed."
        inner = FastMCP.from_openapi(openapi_spec=document, mcp_component_fn=describe, {choice})
        mcp.mount(inner)
        """)
    found = reading(
        {"server.py": START + imports + LOADED + made, "openapi.json": json.dumps(DOCUMENT)}
    ).tools

    assert {tool.name for tool in found} == CHOICES[choice]
    assert {tool.description for tool in found if "hange" in tool.name} <= {"Changed."}


def test_a_document_that_a_run_fetches_is_a_doubt(reading: Reading) -> None:
    """Nothing is known of what another machine answers."""
    source = (
        START
        + "import httpx\napi = FastMCP.from_openapi(httpx.get('https://example.com/openapi.json').json())\n"
    )
    found = reading({"server.py": source})

    assert found.tools == ()
    assert found.doubts == ("server.py:6 builds its tools at run time (fastmcp.FastMCP.from_openapi)",)


@pytest.mark.parametrize(
    "paths",
    [
        7,
        {
            "/a": 7,
            "/b": {"get": 7},
            "/c": {"parameters": 7, "get": {"tags": 7, "parameters": [7, {"$ref": 7}, {"$ref": "#/"}]}},
        },
        {
            "/a": {
                "get": {
                    "operationId": 7,
                    "summary": [],
                    "requestBody": {"content": {"x": {"schema": {"allOf": 7, "required": [{}]}}}},
                }
            }
        },
        {"/a": {"get": {"requestBody": {"$ref": "#/paths/~1a/get/requestBody"}}}},
        {f"/{n}": {"get": {"parameters": [{"$ref": "#/paths/~11"}] * 300}} for n in range(300)},
    ],
)
def test_a_document_of_another_shape_harms_nobody(paths: object, reading: Reading) -> None:
    """What no description of an interface may hold, circles among it."""
    made = "api = FastMCP.from_openapi(document)\n@mcp.tool\ndef here(): ...\n"
    found = reading({"server.py": START + LOADED + made, "openapi.json": json.dumps({"paths": paths})})

    assert "here" in {tool.name for tool in found.tools} or found.doubts
