"""Commands that judge tools: classify, train, evaluate."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from classifier.judged import as_json, line
from classifier.toolfile import BadLine, Listed, read
from classifier.verdicts import Verdict, classify_all

_FAULTY = 1


def register(app: typer.Typer) -> None:
    """Add this family of commands to *app*."""
    app.command()(classify)


def classify(
    file: Annotated[
        str, typer.Argument(metavar="[FILE|-]", help="JSON Lines of tools, or a tools/list result.")
    ],
    as_json_lines: Annotated[bool, typer.Option("--json", help="One JSON object a tool.")] = False,
) -> None:
    """Say what each tool can do, why that is risky, and which words show it."""
    faults: list[BadLine] = []
    with _opened(file) as lines:
        for listed, verdict in _judged(lines, faults):
            if as_json_lines:
                print(line(as_json(listed.server, listed.tool, verdict)))
            else:
                print(_row(listed, verdict))
    if faults:
        raise typer.Exit(_FAULTY)


def _opened(file: str) -> AbstractContextManager[BinaryIO]:
    if file == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise typer.BadParameter(f"cannot read {file}: {error.strerror}") from error


def _judged(lines: BinaryIO, faults: list[BadLine]) -> Iterator[tuple[Listed, Verdict]]:
    """Tools with their verdicts; bad lines are told to stderr as they come and kept in *faults*."""
    waiting: list[Listed] = []

    def tools() -> Iterator[Listed]:
        for item in read(lines):
            if isinstance(item, BadLine):
                faults.append(item)
                print(f"tollhouse: {item}", file=sys.stderr)
            else:
                waiting.append(item)
                yield item

    for verdict in classify_all(item.tool for item in tools()):
        yield waiting.pop(0), verdict


def _row(listed: Listed, verdict: Verdict) -> str:
    marks = ", ".join(signal.code for signal in verdict.signals)
    poisoned = "  POISONED?" if verdict.poisoned else ""
    name = f"{listed.server} {listed.tool.name}".strip().encode("unicode_escape").decode()
    return (
        f"{verdict.category:<11}  {verdict.severity:<8}  {verdict.confidence:4.0%}  {name}  {marks}{poisoned}"
    )
