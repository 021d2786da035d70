"""The one base error of the catalogue."""


class CatalogueError(Exception):
    """Base of everything that the catalogue raises on purpose."""
