"""Commands that judge tools: classify, train, evaluate."""

import typer


def register(app: typer.Typer) -> None:
    """Add this family of commands to *app*."""
