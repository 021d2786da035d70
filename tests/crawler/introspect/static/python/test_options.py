"""Options of a command line are what they are when nobody gives any; what others would bring is kept apart."""

from collections.abc import Callable, Mapping
from textwrap import dedent

import pytest

from crawler.introspect.static.reading import StaticReading

Reading = Callable[[Mapping[str, str]], StaticReading]

START = "from fastmcp import FastMCP\nmcp = FastMCP('x')\ndef a(): ...\ndef b(): ...\n"

PROGRAMS = {
    "argparse, a switch": """
        import argparse
        parser = argparse.ArgumentParser()
        parser.add_argument("-w", "--allow-writes", action="store_true")
        args = parser.parse_args()
        mcp.tool(a)
        if args.allow_writes:
            mcp.tool(b)
        """,
    "argparse, a group and a word": """
        import argparse
        def parser():
            made = argparse.ArgumentParser()
            made.add_argument_group("modes").add_argument("--mode", dest="kind", default="some")
            return made
        args, rest = parser().parse_known_args()
        mcp.tool(a)
        if args.kind == "all":
            mcp.tool(b)
        """,
    "click, a list and a switch": """
        import click
        TABLE = {"one": a, "two": b}
        @click.command()
        @click.option("--groups", multiple=True, default=["one"])
        @click.option("--everything/--little", default=False)
        def main(groups, everything):
            for group in groups:
                mcp.tool(TABLE[group])
            if everything:
                mcp.tool(b)
        """,
    "typer": """
        import typer
        def main(everything: bool = typer.Option(False, "--everything")):
            mcp.tool(a)
            if everything:
                mcp.tool(b)
        typer.run(main)
        """,
    "a function that starts the server": """
        def main(everything=False, *, nothing: bool = False):
            mcp.tool(a)
            if everything or nothing:
                mcp.tool(b)
        """,
    "the words themselves": """
        import sys
        mcp.tool(a)
        if "--everything" in sys.argv or len(sys.argv) > 2:
            mcp.tool(b)
        """,
    "a loop that passes over": """
        import argparse
        parser = argparse.ArgumentParser()
        parser.add_argument("--writes", action="store_true")
        args = parser.parse_args()
        for tool, writes in ((a, False), (b, True)):
            if writes:
                if not args.writes:
                    continue
            mcp.tool(tool)
        """,
    "functions in a list that becomes longer": """
        import click
        def chosen(writes):
            found = [a]
            if writes:
                found.extend([b])
            return found
        @click.command()
        @click.option("--writes", default=False)
        def main(writes):
            for tool in [one for one in chosen(writes) if one.__name__ not in ()]:
                mcp.tool(tool)
        main()
        """,
    "a list that becomes shorter": """
        import argparse
        def chosen(text):
            if not text:
                return None
            return [word.strip() for word in text.split(",")]
        parser = argparse.ArgumentParser()
        parser.add_argument("--only")
        wanted = chosen(parser.parse_args().only)
        mcp.tool(a)
        if wanted is not None:
            mcp.tool(b)
        """,
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_an_option_would_bring_is_optional(program: str, reading: Reading) -> None:
    """Of two tools the second one needs an option that nobody gives."""
    found = reading({"server.py": START + dedent(PROGRAMS[program])})

    assert [tool.name for tool in found.tools] == ["a"]
    assert {tool.name for tool in found.optional} <= {"b"}
    assert (
        "b" in {tool.name for tool in found.optional}
        or "only" in PROGRAMS[program]
        or "groups" in PROGRAMS[program]
    )


def test_what_has_to_be_given_is_unknown(reading: Reading) -> None:
    """Both branches count where an option has no default."""
    source = """
        import argparse
        parser = argparse.ArgumentParser()
        parser.add_argument("kind")
        parser.add_argument("--level", required=True)
        args = parser.parse_args()
        if args.kind == "x":
            mcp.tool(a)
        if args.level == "y":
            mcp.tool(b)
        """
    found = reading({"server.py": START + dedent(source)})

    assert [tool.name for tool in found.tools] == ["a", "b"]


def test_a_narrower_list_of_which_nobody_asks_does_not_replace_the_whole(reading: Reading) -> None:
    """A filter under a condition that does not hold leaves the list as it is."""
    source = """
        import os
        READ_ONLY = os.getenv("READ_ONLY", "false").lower() in ("true", "1")
        table = [(a, "first", "r"), (b, "second", "w")]
        if READ_ONLY:
            table = [row for row in table if row[2] == "r"]
        for function, name, *_ in table:
            mcp.add_tool(function, name=name)
        """
    found = reading({"server.py": START + dedent(source)})

    assert [tool.name for tool in found.tools] == ["first", "second"]


def test_what_a_constructor_is_given_is_as_sure_as_its_items(reading: Reading) -> None:
    """A switch that may be taken back by another condition, and a list that grows under it."""
    source = """
        import argparse
        parser = argparse.ArgumentParser()
        parser.add_argument("--writes", action="store_true")
        parser.add_argument("--only")
        args = parser.parse_args()
        def build(writes, only):
            if writes and not only:
                writes = False
            chosen = []
            for function, changes in ((a, False), (b, True)):
                if changes:
                    if not writes:
                        continue
                chosen.append({"name": function.__name__, "description": ""})
            return FastMCP("y", tools=[dict(row) for row in chosen])
        build(args.writes, args.only)
        """
    found = reading({"server.py": START + dedent(source)})

    assert [tool.name for tool in found.tools] == ["a"]
    assert [tool.name for tool in found.optional] == ["b"]


def test_a_long_helper_in_another_file_is_read_for_what_the_options_are(reading: Reading) -> None:
    """Options that nobody gives are known well enough to follow it to its end."""
    work = "    found = [len(str(number)) for number in (1, 2, 3, 4)]\n" * 500
    helper = f"def chosen(writes):\n{work}    return ['a', 'b'] if writes else ['a']\n"
    program = """
        import click
        from helper import chosen
        TABLE = {"a": a, "b": b}
        @click.command()
        @click.option("--writes", default=False)
        def main(writes):
            for name in chosen(writes=writes):
                mcp.tool(TABLE[name])
        main()
        """

    found = reading({"server.py": START + dedent(program), "helper.py": helper})

    assert [tool.name for tool in found.tools] == ["a"]


def test_what_gives_settings_gives_their_defaults(reading: Reading) -> None:
    """A function whose result is a class of settings, where the source does not show what else it would be."""
    source = """
from dataclasses import dataclass, field
from mcp.server.fastmcp import FastMCP
@dataclass
class Config:
    root: str = field(default="")
    limit: int = 3
kept: Config | None = None
def get_config() -> Config:
    if kept is None:
        raise RuntimeError("no server")
    return kept
mcp = FastMCP("x")
@mcp.tool()
def a(): ...
def register(mcp):
    if get_config().root:
        @mcp.tool()
        def b(): ...
    if get_config().limit:
        @mcp.tool()
        def c(): ...
register(mcp)
"""
    found = reading({"server.py": source})

    assert [tool.name for tool in found.tools] == ["a", "c"]
    assert [tool.name for tool in found.optional] == ["b"]


def test_a_function_that_is_wrapped_only_if_somebody_wants_it_keeps_its_parameters(reading: Reading) -> None:
    """Whoever logs every call sets a variable; where nobody does, the function is registered as it is."""
    source = """
import os
from fastmcp import FastMCP
from fastmcp.tools import Tool
mcp = FastMCP("x")
def is_logged():
    return os.environ.get("LOG") in {"1", "true"}
def logged(function):
    if not is_logged():
        return function
    def wrapper(*args, **words): ...
    return wrapper
def a(first: int, second: str = ""): ...
mcp.add_tool(Tool.from_function(logged(a), name="a"))
"""
    (tool,) = reading({"server.py": source}).tools

    assert tool.definition["inputSchema"]["required"] == ["first"]


def test_what_wants_a_file_that_the_source_lacks_is_optional(reading: Reading) -> None:
    """Somebody has to write the file first, after a template; the server starts without."""
    source = """
from fastmcp import FastMCP
mcp = FastMCP("x")
@mcp.tool
def a(): ...
try:
    from configs.chat import TOKEN
    @mcp.tool
    def b(): ...
except ImportError:
    pass
try:
    from configs.notes import LIMIT
    @mcp.tool
    def c(): ...
except ImportError:
    pass
"""
    files = {"main.py": source, "configs/__init__.py": "", "configs/notes.py": "LIMIT = 3\n"}
    found = reading(files)

    assert [tool.name for tool in found.tools] == ["a", "c"]
    assert [tool.name for tool in found.optional] == ["b"]


def test_what_nobody_is_given_without_a_setting_is_no_reason_to_register_nothing(reading: Reading) -> None:
    """A client that is made of a key, if there is one, is there for everybody who uses the server."""
    source = """
        import os
        from mcp.server.fastmcp import FastMCP
        key = os.environ.get("DEMO_KEY")
        client = Client(key) if key else None
        def register(mcp, client):
            if client is None:
                return
            @mcp.tool()
            def fetch(name: str): "Fetch."
        mcp = FastMCP("x")
        register(mcp, client)
    """

    assert [tool.name for tool in reading({"demo.py": dedent(source)}).tools] == ["fetch"]
