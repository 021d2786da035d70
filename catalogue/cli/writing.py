"""Shows what would be written to this machine, asks, and writes it."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from catalogue.cli.files import output
from catalogue.cli.telling import tell

if TYPE_CHECKING:
    from catalogue.machine.fix import Plan

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before writing.")]


def carry_out(plan: "Plan", *, yes: bool) -> None:
    """Show the whole plan, and write it once somebody has agreed."""
    from catalogue.machine.clients.wrap import apply
    from catalogue.machine.fix import shown

    for part in shown(plan):
        tell(part.removesuffix("\n"))
    if not plan.edits:
        tell("There is nothing to change.")
        return
    if not _agreed(yes):
        return
    for path, text in plan.policies.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: what exists is never written again.
        with output(path) as stream:
            stream.write(text)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    for edit in plan.edits:
        backup = apply(edit, stamp=stamp)
        kept = f"; it was kept as {backup.name}" if backup else ""
        tell(f"{edit.file} written{kept}")


def _agreed(yes: bool) -> bool:
    """Whether a person said so; without one to ask, nothing is written."""
    if yes or (sys.stdin.isatty() and typer.confirm("Write this?", err=True)):
        return True
    tell("Nothing was written; --yes writes without asking.")
    return False
