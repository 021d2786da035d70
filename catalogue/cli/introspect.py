"""The command that asks one server for its tools."""

import typer


def register(app: typer.Typer) -> None:
    """Add this family of commands to *app*."""
