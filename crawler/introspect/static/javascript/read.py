"""Tools that JavaScript and TypeScript source registers, found by reading the package symbolically."""

from collections.abc import Mapping, Sequence

from crawler.introspect.static.budget import OutOfSteps
from crawler.introspect.static.javascript.modules import Package, without_twins
from crawler.introspect.static.javascript.reader import Reader
from crawler.introspect.static.reading import Notes


def read_javascript(files: Mapping[str, bytes], paths: Sequence[str], notes: Notes) -> None:
    """Note the tools that the files at `paths` register; other files are read where these import them."""
    sources = [path for path in paths if not path.endswith((".d.ts", ".d.mts", ".d.cts"))]
    package = Package(files, without_twins(sources), notes)
    reader = Reader(package, notes)
    try:
        reader.read(package.triggers())
        _answer(reader)
    except OutOfSteps:
        notes.doubt("the package is too intricate to be read to its end")
    reader.sdk.settle()
    for tool in reader.sdk.found:
        notes.tool(tool.definition, tool.file, tool.line, tool.certainty)


def _answer(reader: Reader) -> None:
    """Ask the `tools/list` handlers what they return, now that all registries are filled."""
    for handler, file, line, certainty in reader.sdk.handlers:
        with reader.guarding(file), reader.unsure(certainty):
            if not reader.sdk.answer(reader.look_into(handler), file, line):
                reader.notes.doubt(f"{file}:{line} lists tools that the source does not show in full")
