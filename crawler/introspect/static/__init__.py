"""Static reading: the tools that source code registers, found without running it."""

from crawler.introspect.static.reading import StaticReading
from crawler.introspect.static.tree import read_tree

__all__ = ["StaticReading", "read_tree"]
