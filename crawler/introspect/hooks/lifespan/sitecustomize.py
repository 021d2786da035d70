"""Runs inside a sandboxed server as it starts: makes the SDK forget the server's lifespan, so that it lists without logging in.

It forgets too what comes between a question and its answer, which may ask an account which of the tools that are there to list.

Where the server would end itself, for want of a login, a service or a setting, it goes on and may list its tools all the same. Where
its program fails before it serves, what it has registered by then is served.
"""

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from contextlib import asynccontextmanager
from types import ModuleType, TracebackType
from typing import Any

#: Times that it goes on.
_MOST = 100
#: Classes whose constructor takes a lifespan, by the module that defines them.
_SERVERS = {
    "mcp.server.fastmcp.server": ("FastMCP",),
    "mcp.server.mcpserver.server": ("MCPServer",),
    "mcp.server.lowlevel.server": ("Server",),
    "fastmcp.server.server": ("FastMCP",),
}


#: The servers that were made.
_made: list[Any] = []


@asynccontextmanager
async def _nothing(_server: Any):  # type: ignore[no-untyped-def]  # any server, any context
    yield {}


class _Forgetful(importlib.abc.MetaPathFinder):
    """Finds the SDK's modules as everyone would, and changes their constructors once they are loaded."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in _SERVERS:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            _patch_after(spec.loader, _SERVERS[fullname])
        return spec


def _patch_after(loader: Any, names: Sequence[str]) -> None:
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        execute(module)
        for name in names:
            _forget(getattr(module, name, None))

    loader.exec_module = exec_module


def _forget(server: Any) -> None:
    if server is None:
        return
    construct = server.__init__

    def __init__(self: Any, *args: Any, **options: Any) -> None:  # noqa: N807 - it takes that method's place
        if options.pop("lifespan", None) is not None:
            options["lifespan"] = _nothing
        options.pop("middleware", None)
        construct(self, *args, **options)
        _made.append(self)

    server.__init__ = __init__
    if hasattr(server, "add_middleware"):
        server.add_middleware = lambda *_: None


def _goes_on() -> None:
    end, left = sys.exit, iter(range(_MOST))

    def stay(status: Any = None, /) -> None:
        if status in (None, 0) or next(left, None) is None:
            end(status)
        if not isinstance(status, int):
            sys.stderr.write(f"{status}\n")

    sys.exit = stay  # type: ignore[assignment]  # it comes back


def _serves_anyway() -> None:
    show = sys.excepthook

    def excepthook(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
        show(kind, fault, trace)
        if _as_it_loads(trace):
            return
        # Those of the SDK's outer kind have one of the inner kind each.
        outer = [one for one in _made if not hasattr(one, "create_initialization_options")]
        if outer:
            max(outer, key=_tools).run(transport="stdio")
        elif _made:
            import asyncio

            asyncio.run(_served(_made[-1]))

    sys.excepthook = excepthook


def _as_it_loads(trace: TracebackType | None) -> bool:
    """Whether a module failed that the program imports, so that not all may be registered that it has."""
    modules = 0
    while trace is not None:
        modules += trace.tb_frame.f_code.co_name == "<module>"
        trace = trace.tb_next
    return modules > 1


def _tools(server: Any) -> int:
    """How many tools a server has; several may be made of which one holds the others'."""
    if len(_made) < 3:
        return 0
    import asyncio

    try:
        listed = getattr(server, "list_tools", None) or server.get_tools
        return len(asyncio.run(listed()))
    except (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError):
        return 0


async def _served(server: Any) -> None:
    from mcp.server.stdio import stdio_server

    async with stdio_server() as (reader, writer):
        await server.run(reader, writer, server.create_initialization_options())


sys.meta_path.insert(0, _Forgetful())
_serves_anyway()
_goes_on()
