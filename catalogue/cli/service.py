"""Commands that run unattended or serve: nightly, worker, mcp, doctor."""

import typer


def register(app: typer.Typer) -> None:
    """Add this family of commands to *app*."""
