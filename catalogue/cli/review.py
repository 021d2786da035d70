"""Commands that keep a person's word."""

import typer


def register(app: typer.Typer) -> None:
    """Add this family of commands to *app*."""
