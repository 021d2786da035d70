"""Tools that Python source registers, found by reading the package symbolically."""

from collections.abc import Mapping, Sequence

from crawler.introspect.static.budget import OutOfSteps
from crawler.introspect.static.python.definitions import entry_of
from crawler.introspect.static.python.modules import Package
from crawler.introspect.static.python.reader import LIST, Reader
from crawler.introspect.static.python.sdk import Server, listed
from crawler.introspect.static.python.values import Function, sureness
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.unknown import UNKNOWN, Value


def read_python(files: Mapping[str, bytes], paths: Sequence[str], notes: Notes) -> None:
    """Note the tools that the Python files at `paths` register; other files are read where these import them."""
    package = Package(files, paths, notes)
    modules = list(package.triggers())
    reader = Reader(package, notes)
    try:
        reader.read(modules)
        _answer(reader)
    except OutOfSteps:
        notes.doubt("the package is too intricate to be read to its end")
    _note(reader)


def _answer(reader: Reader) -> None:
    """Ask the `tools/list` handlers what they return, now that all registries are filled."""
    for server in reader.sdk.servers:
        for handler in server.handlers:
            with reader.guarding(handler.module.file):
                _answer_one(reader, server, handler)


def _answer_one(reader: Reader, server: Server, handler: Function) -> None:
    place = (handler.module, handler.node.lineno)
    items = _answered(reader, handler)
    shown = [item for item in items if entry_of(reader, item, {}, place) is not None]
    for item in shown:
        with reader.unsure(sureness(item)):
            reader.sdk.add(server, item, {}, place)
    if len(shown) < len(items):
        _complete(reader, server, handler)


def _answered(reader: Reader, handler: Function) -> list[Value]:
    """What a handler returns, or the tools that it puts into the answer that it sends."""
    reader.answers = []
    returned = listed(reader.call_function(handler, [], {}))
    sent, reader.answers = reader.answers, None
    shown = [item for answer in sent for item in listed(answer)]
    return shown if returned == [UNKNOWN] and shown else returned


def _complete(reader: Reader, server: Server, handler: Function) -> None:
    """Where the list itself is not shown, the tool objects that the package makes are the next best."""
    where = f"{handler.module.file}:{handler.node.lineno}"
    reader.notes.doubt(f"{where} lists tools that the source does not show in full")
    if handler.name == LIST and len(reader.sdk.servers) > 1:
        return  # it passes on what a server of the package lists
    for made in reader.sdk.made:
        with reader.unsure(0.6):
            if entry_of(reader, made, {}, made.place) is not None:
                reader.sdk.add(server, made, {}, made.place)


def _note(reader: Reader) -> None:
    for server in reader.sdk.servers:
        for name, tool in () if server.inner else server.listing():
            reader.notes.tool({**tool.definition, "name": name}, tool.file, tool.line, tool.certainty)
