"""Lets the gate be run as `python -m enforce`, where the command is not on the path."""

from enforce.cli import main

main()
