"""What static reading of a package's source brings to light, and where it had to give up."""

from msgspec import Struct

from crawler.tools import Tool


class StaticReading(Struct, frozen=True, kw_only=True):
    """The tools that the source registers, without running any of it."""

    #: In the order of file and line; each with its `origin`.
    tools: tuple[Tool, ...] = ()
    #: What could not be resolved, a sentence each; may quote the source, so escape it.
    doubts: tuple[str, ...] = ()
    #: Distributions that the source imports and that look like the real server, for the caller to fetch as well.
    dependencies: tuple[str, ...] = ()
