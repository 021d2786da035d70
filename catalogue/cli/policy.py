"""Commands that suggest, check, compare and export policies."""

import typer


def register(app: typer.Typer) -> None:
    """Add this family of commands to *app*."""
