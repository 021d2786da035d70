"""Arguments whose names differ by case alone from one that the policy looks at.

Some servers read names without regard to case, and take the last of two: such a server would act on a value that no
condition was asked of.
"""

from collections.abc import Collection, Iterator, Sequence

from crawler.mcp.jsonrpc import Json, fold
from enforce import paths
from enforce.law import Law, ToolLaw

#: Tool names come from the agent, so what is remembered of them is bounded.
REMEMBERED = 4096

#: The steps to an argument that the policy looks at; each with its folded form.
Watched = tuple[tuple[tuple[str, str], ...], ...]


class Lookalikes:
    """Finds them for the tools of one law."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._watched: dict[str, Watched] = {}

    def find(self, tool: str, arguments: Json) -> str | None:
        """The name of an argument that is one; `None` where there is none."""
        watched = self._watched.get(tool)
        if watched is None:
            watched = _watched(self._law.tool(tool))
            if len(self._watched) < REMEMBERED:
                self._watched[tool] = watched
        for steps in watched:
            found = _beside(arguments, steps)
            if found is not None:
                return found
        return None


def _watched(tool: ToolLaw) -> Watched:
    parsed = {paths.parse(path, ("args",)) for path in _paths(tool)}
    return tuple(tuple((step, fold(step)) for step in steps) for steps in sorted(filter(None, parsed)))


def _paths(tool: ToolLaw) -> Iterator[str]:
    for clause in tool.clauses:
        yield from (condition.path for condition in clause.rule.conditions)
    for hold in tool.holds:
        yield from (condition.path for condition in hold.approval.conditions)
    yield from (quota.limit.cost for quota in tool.quotas if quota.limit.cost)
    for _, inner in tool.inner:
        yield inner.tool
        yield inner.args or ""


def _beside(arguments: Json, steps: Sequence[tuple[str, str]]) -> str | None:
    """A key on the way that only looks like its step."""
    value = arguments
    for step, folded in steps:
        keys: Collection[str] = value if isinstance(value, dict) else ()
        if len(keys) == 1 and step in keys:
            keys = ()
        for key in keys:
            if key != step and (key.lower() if key.isascii() else fold(key)) == folded:
                return key
        value = paths.look_up(value, (step,))
    return None
