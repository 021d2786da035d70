"""What static reading of a package's source brings to light, and where it had to give up."""

from collections.abc import Callable

from msgspec import Struct

from crawler.introspect.static.soundness import sound
from crawler.tools import BadTool, Json, Origin, Tool

#: Sentences kept; a hostile tree can cause any number of them.
MOST_DOUBTS = 100

#: The confidence of a tool that stands under a condition which does not hold unless somebody sees to it.
CONDITIONAL = 0.5

#: Tools kept; the widest server known lists a few hundred.
MOST_TOOLS = 5_000


class StaticReading(Struct, frozen=True, kw_only=True):
    """The tools that the source registers, without running any of it."""

    #: In the order of file and line; each with its `origin`.
    tools: tuple[Tool, ...] = ()
    #: Those that only a setting, a flag or what the client can do brings; an ordinary start does not list them.
    optional: tuple[Tool, ...] = ()
    #: What could not be resolved, a sentence each; may quote the source, so escape it.
    doubts: tuple[str, ...] = ()
    #: Distributions that the source imports and that look like the real server, for the caller to fetch as well.
    dependencies: tuple[str, ...] = ()


class Notes:
    """What one language's reader has found so far."""

    def __init__(self, announce: Callable[[str], None] | None = None) -> None:
        self._announce = announce
        self.tools: list[Tool] = []
        self.doubts: list[str] = []
        self.dependencies: list[str] = []

    def tool(self, definition: dict[str, Json], file: str, line: int, confidence: float) -> None:
        """Keep a tool in the shape of a `tools/list` entry."""
        if len(self.tools) < MOST_TOOLS:
            origin = Origin(file=file, line=line, confidence=round(confidence, 2))
            try:
                self.tools.append(Tool.read(sound(definition), position=len(self.tools), origin=origin))
            except BadTool as fault:
                self.doubt(f"{file}:{line} registers a tool that cannot be listed: {fault}")
        elif len(self.tools) == MOST_TOOLS:
            self.doubt(f"more than {MOST_TOOLS} tools; the rest is left out")

    def parsing(self, path: str) -> None:
        """Say that a file is about to be parsed, which a hostile one may not survive."""
        if self._announce is not None:
            self._announce(path)

    def doubt(self, sentence: str) -> None:
        """Keep what could not be resolved."""
        sentence = sentence.encode("utf-8", "replace").decode()[:500]
        if len(self.doubts) < MOST_DOUBTS and sentence not in self.doubts:
            self.doubts.append(sentence)

    def dependency(self, name: str) -> None:
        """Keep the name of a distribution that looks like the real server."""
        if name not in self.dependencies:
            self.dependencies.append(name)

    def reading(self) -> StaticReading:
        """The notes in order, each tool name once, the surest of it."""
        best: dict[str, Tool] = {}
        for tool in self.tools:
            known = best.get(tool.name)
            if known is None or _confidence(known) < _confidence(tool):
                best[tool.name] = tool
        tools = sorted(best.values(), key=_place)
        sure = tuple(tool for tool in tools if _confidence(tool) > CONDITIONAL)
        return StaticReading(
            tools=sure or tuple(tools),
            optional=tuple(tool for tool in tools if _confidence(tool) <= CONDITIONAL) if sure else (),
            doubts=tuple(self.doubts),
            dependencies=tuple(self.dependencies),
        )


def _confidence(tool: Tool) -> float:
    return tool.origin.confidence if tool.origin else 0.0


def _place(tool: Tool) -> tuple[str, int, str]:
    origin = tool.origin
    return (origin.file, origin.line, tool.name) if origin else ("", 0, tool.name)
