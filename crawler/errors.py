"""The one base error of the crawler; a class of its own exists only where somebody catches it."""


class CrawlerError(Exception):
    """Base of everything that the crawler raises on purpose."""
