"""Tools that libraries make of the routes of a FastAPI application."""

from collections.abc import Callable, Mapping
from typing import Any

from crawler.introspect.static.reading import StaticReading

Reading = Callable[[Mapping[str, str]], StaticReading]
Definitions = Callable[[Mapping[str, str]], dict[str, Any]]

THINGS = '''
from typing import Annotated
from fastapi import APIRouter, Body, Depends, Form, Header, Path, Query, Request
from pydantic import BaseModel, Field
class Thing(BaseModel):
    name: str = Field(..., description="Its name")
    size: int | None = None
def paging(limit: int = Query(10, ge=1), offset: int = 0): ...
router = APIRouter(prefix="/things", tags=["things"])
@router.get("/{thing_id}")
async def read_thing(thing_id: int, request: Request, verbose: bool = False):
    """Read one."""
@router.post("", summary="Make it")
async def make(thing: Thing, dry: Annotated[bool, Query(description="Only try")] = False): ...
@router.put("/{thing_id}", operation_id="change")
def change_thing(thing: Thing, thing_id: Annotated[int, Path(ge=1)], note: str = Body(...), x_token: str = Header("")): ...
@router.get("")
def list_things(page=Depends(paging), q: str | None = None): ...
@router.delete("/all", include_in_schema=False)
def wipe(): ...
@router.post("/form")
def form(name: str = Form(), age: int = Form(3)): ...
'''

APPLICATION = """
from fastapi import FastAPI
from fastapi_mcp import FastApiMCP
from things import router
app = FastAPI()
app.include_router(router, prefix="/api")
@app.api_route("/ping/{rest:path}", methods=["GET"], tags=["ping"])
def ping(rest: str): ...
"""


def test_routes_become_tools_under_the_names_of_their_operations(definitions: Definitions) -> None:
    """A route without an `operation_id` is called by its function, its path and its method, as FastAPI does."""
    served = APPLICATION + "mcp = FastApiMCP(app)\nmcp.mount_http()\n"
    found = definitions({"app.py": served, "things.py": THINGS})

    assert {name: tool["inputSchema"].get("required", []) for name, tool in found.items()} == {
        "read_thing_api_things__thing_id__get": ["thing_id"],
        "make_api_things_post": ["name"],
        "change": ["thing_id", "thing", "note"],
        "list_things_api_things_get": [],
        "form_api_things_form_post": ["name"],
        "ping_ping__rest__get": ["rest"],
    }
    assert found["read_thing_api_things__thing_id__get"]["description"] == "Read Thing\n\nRead one."
    assert found["make_api_things_post"]["inputSchema"]["properties"] == {
        "dry": {"type": "boolean", "description": "Only try", "default": False, "title": "dry"},
        "name": {"type": "string", "description": "Its name", "title": "name"},
        "size": {"anyOf": [{"type": "integer"}, {"type": "null"}], "type": "integer", "title": "size"},
    }
    assert list(found["list_things_api_things_get"]["inputSchema"]["properties"]) == ["limit", "offset", "q"]


def test_an_application_that_is_not_mounted_has_no_tools(reading: Reading) -> None:
    """Routes alone are no tools, and neither is a server that nobody comes to."""
    for end in ("", "mcp = FastApiMCP(app)\n"):
        assert reading({"app.py": APPLICATION + end, "things.py": THINGS}).tools == ()


def test_operations_are_chosen_by_name_and_tag(reading: Reading) -> None:
    """What is chosen by either is a tool; a list that the source does not show refuses nothing."""
    for words, names in (
        ("include_operations=['change']", ["change"]),
        ("include_operations=['change'], include_tags=['ping']", ["change", "ping_ping__rest__get"]),
        ("exclude_tags=['things']", ["ping_ping__rest__get"]),
    ):
        served = APPLICATION + f"mcp = FastApiMCP(app, {words})\nmcp.mount()\n"
        found = reading({"app.py": served, "things.py": THINGS})
        assert sorted(tool.name for tool in found.tools) == names

    open_list = APPLICATION + "mcp = FastApiMCP(app, include_tags=read('tags'))\nmcp.mount()\n"
    assert {tool.origin.confidence for tool in reading({"app.py": open_list}).tools if tool.origin} == {0.9}


def test_routes_that_come_after_the_server_want_another_look(reading: Reading) -> None:
    """`setup_server` looks at the application again."""
    late = "@app.get('/late', operation_id='late')\ndef late(): ...\n"
    served = APPLICATION.replace("from things import router\n", "").replace(
        'app.include_router(router, prefix="/api")\n', ""
    )
    start = served + "mcp = FastApiMCP(app)\nmcp.mount_http()\n" + late

    assert [tool.name for tool in reading({"app.py": start}).tools] == ["ping_ping__rest__get"]
    assert len(reading({"app.py": start + "mcp.setup_server()\n"}).tools) == 2


def test_fastmcp_takes_the_routes_of_an_application(reading: Reading) -> None:
    """`from_fastapi` names tools as it does those of an OpenAPI document."""
    served = (
        APPLICATION.replace("fastapi_mcp import FastApiMCP", "fastmcp import FastMCP")
        + "mcp = FastMCP.from_fastapi(app=app)\n"
    )
    found = reading({"app.py": served, "things.py": THINGS})

    assert {"change", "read_thing_api_things"} <= {tool.name for tool in found.tools}


def test_a_function_of_the_application_may_name_its_operations(reading: Reading) -> None:
    """`generate_unique_id_function` is asked for every route that has no name of its own."""
    served = APPLICATION.replace(
        "FastAPI()", "FastAPI(generate_unique_id_function=lambda route: f'{route.tags[0]}-{route.name}')"
    )
    found = reading({"app.py": served + "mcp = FastApiMCP(app)\nmcp.mount()\n", "things.py": THINGS})

    assert {"things-read_thing", "ping-ping", "change"} <= {tool.name for tool in found.tools}
