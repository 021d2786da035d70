"""Commands that build and preview the site."""

import typer


def register(app: typer.Typer) -> None:
    """Add this family of commands to *app*."""
