"""Commands that read and move records: show, search, changes, import, export."""

import typer


def register(app: typer.Typer) -> None:
    """Add this family of commands to *app*."""
