"""Commands that judge tools: classify, train, evaluate."""

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from catalogue.cli.files import opened
from catalogue.cli.telling import complain, tell

if TYPE_CHECKING:
    from classifier.toolfile import BadLine, Listed
    from classifier.verdicts import Verdict
    from crawler.tools import Tool

_FAULTY, _COULD_NOT = 1, 3


def register(app: typer.Typer) -> None:
    """Add this family of commands to *app*."""
    app.command()(classify)
    app.command()(train)
    app.command()(evaluate)


def classify(
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE|-",
            help="JSON Lines of tools, or a tools/list result; without it, what is in the catalogue.",
        ),
    ] = None,
    as_json_lines: Annotated[bool, typer.Option("--json", help="One JSON object a tool.")] = False,
) -> None:
    """Say what each tool can do, why that is risky, and which words show it.

    A line that holds no tool is told to stderr with its number; the others are judged all the same, and the exit code is 1.
    What comes slowly through a pipe is answered 64 tools at a time, or at its end.
    """
    from classifier.judged import as_json, line

    faults: list[BadLine] = []
    for server, tool, verdict in _recorded() if file is None else _filed(file, faults):
        print(line(as_json(server, tool, verdict)) if as_json_lines else _row(server, tool, verdict))
    if faults:
        raise typer.Exit(_FAULTY)


def train(
    corpus: Annotated[
        Path,
        typer.Argument(
            metavar="CORPUS", exists=True, help="Folder with labelled.jsonl or labelled.jsonl.gz."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where the weights go; the package's own without it."),
    ] = None,
    held_out: Annotated[
        bool,
        typer.Option("--held-out", help="Leave the held-out families out, so that they can be evaluated."),
    ] = False,
) -> None:
    """Train the classifier's weights from a labelled corpus; needs the extra `train`."""
    if find_spec("sklearn") is None:
        complain("training needs scikit-learn: pip install 'tollhouse[train]'")
        raise typer.Exit(_COULD_NOT)
    from classifier import model
    from classifier.train import train as weights_of

    target = out or model.shipped_file()
    target.write_text(weights_of(corpus, everything=not held_out), encoding="utf-8")
    tell(f"wrote {target}")
    if out is None:
        _train_wording(corpus)


def _train_wording(corpus: Path) -> None:
    """The weights by which hostile wording is heard lie beside the package's own."""
    from classifier.poisoning.wording import shipped_file
    from classifier.train_wording import train_wording

    shipped_file().write_text(train_wording(corpus), encoding="utf-8")
    tell(f"wrote {shipped_file()}")


def evaluate(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, help="Labelled tools, or a folder of them.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Every figure, as JSON.")] = False,
    weights: Annotated[
        Path | None,
        typer.Option(
            "--weights",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Judge by these weights, not the package's own.",
        ),
    ] = None,
    held_out: Annotated[
        bool, typer.Option("--held-out", help="Only the families that training can leave out.")
    ] = False,
) -> None:
    """Compare verdicts with readers' labels, beside keyword rules and trust in the annotations."""
    import msgspec

    from classifier import corpus, evaluate, model, report
    from classifier.verdicts import judge

    rows = [row for row in corpus.load(file) if not held_out or corpus.held_out(row.family)]
    if not rows:
        complain(f"{file} holds no labelled tools")
        raise typer.Exit(_COULD_NOT)
    if held_out and weights is None:
        complain(
            "the package's own weights have learned these families too; for figures on unseen servers "
            "run `tollhouse train CORPUS --held-out --out FILE` first and give --weights FILE"
        )
    used = model.shipped() if weights is None else model.read(weights.read_text(encoding="utf-8"))
    result = evaluate.evaluate(rows, lambda tool: judge(tool, used))
    print(msgspec.json.format(msgspec.json.encode(result)).decode() if as_json else report.table(result))


def _recorded() -> Iterator[tuple[str, "Tool", "Verdict"]]:
    """Every tool of the catalogue with the verdict that the record holds, reviews applied; judges what is not judged yet."""
    from catalogue.cli.opening import EMPTY, record
    from classifier.verdicts import VERSION, classify_all

    with record() as store:
        if store.is_empty():
            complain(EMPTY)
        store.judge(classify_all, VERSION)
        for entry in store.entries():
            for tool in entry.snapshot.tools if entry.snapshot else ():
                if verdict := entry.verdicts.get(tool.digest):
                    yield str(entry.server.name), tool, verdict


def _filed(file: str, faults: "list[BadLine]") -> Iterator[tuple[str, "Tool", "Verdict"]]:
    with opened(file) as lines:
        yield from _judged(lines, faults)


def _judged(lines: Iterable[bytes], faults: "list[BadLine]") -> Iterator[tuple[str, "Tool", "Verdict"]]:
    """Tools with their verdicts; bad lines are told to stderr as they come and kept in *faults*."""
    from classifier.toolfile import BadLine, read
    from classifier.verdicts import classify_all

    waiting: list[Listed] = []

    def tools() -> Iterator["Tool"]:
        for item in read(lines):
            if isinstance(item, BadLine):
                faults.append(item)
                complain(item)
            else:
                waiting.append(item)
                yield item.tool

    for verdict in classify_all(tools()):
        listed = waiting.pop(0)
        yield listed.server, listed.tool, verdict


def _row(server: str, tool: "Tool", verdict: "Verdict") -> str:
    marks = ", ".join(signal.code for signal in verdict.signals)
    poisoned = "  POISONED?" if verdict.poisoned else ""
    from catalogue.website.visible import one_line

    name = one_line(f"{server} {tool.name}")
    return (
        f"{verdict.category:<11}  {verdict.severity:<8}  {verdict.confidence:4.0%}  {name}  {marks}{poisoned}"
    )
