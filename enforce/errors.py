"""The one base error of the gate."""


class EnforceError(Exception):
    """Base of everything that the gate raises on purpose."""
