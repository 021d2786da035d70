"""Commands that look at this machine: stack and precheck."""

import typer


def register(app: typer.Typer) -> None:
    """Add this family of commands to *app*."""
