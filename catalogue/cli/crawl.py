"""Commands that fetch and introspect servers."""

import typer


def register(app: typer.Typer) -> None:
    """Add this family of commands to *app*."""
