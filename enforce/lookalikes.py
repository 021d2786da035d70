"""Arguments whose names differ by case or separators alone from one that the policy looks at.

Some servers read names without regard to case and take the last of two, others take `userId` for `user_id`: such a
server would act on a value that no condition was asked of.
"""

from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct

from crawler.mcp.jsonrpc import Json, fold
from enforce import paths
from enforce.law import Law, ToolLaw
from enforce.policy import Inner

#: Tool names come from the agent, so what is remembered of them is bounded.
REMEMBERED = 4096

#: How many calls may lie inside each other.
DEEPEST_CALL = 4


class _Step(Struct, frozen=True):
    """One step to an argument that the policy looks at."""

    name: str
    #: As a careless reader sees it.
    seen: str
    #: What the policy looks at beside it, and so is judged itself.
    beside: frozenset[str]


class _Watched(Struct, frozen=True):
    paths: tuple[tuple[_Step, ...], ...]
    inner: tuple[Inner, ...]
    #: The names that are looked at, where all of them lie at the top: arguments with no other name look like none of them.
    plain: frozenset[str]


class Lookalikes:
    """Finds them for the tools of one law."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._watched: dict[str, _Watched] = {}

    def find(self, tool: str, arguments: Json, depth: int = DEEPEST_CALL) -> str | None:
        """The name of an argument that is one, also in a call inside this call; `None` where there is none."""
        watched = self._watched.get(tool)
        if watched is not None and type(arguments) is dict and watched.plain.issuperset(arguments):
            return None
        if watched is None:
            watched = _watched(self._law.tool(tool))
            if len(self._watched) < REMEMBERED:
                self._watched[tool] = watched
        for steps in watched.paths:
            found = _beside(arguments, steps)
            if found is not None:
                return found
        for inner in watched.inner if depth > 1 else ():
            found = self._find_inside(inner, arguments, depth - 1)
            if found is not None:
                return found
        return None

    def _find_inside(self, inner: Inner, arguments: Json, depth: int) -> str | None:
        name = paths.look_up(arguments, paths.parse(inner.tool, ("args",)) or ())
        given = paths.look_up(arguments, paths.parse(inner.args, ("args",)) or ()) if inner.args else None
        return self.find(name, given, depth) if isinstance(name, str) and given else None


def _watched(tool: ToolLaw) -> _Watched:
    parsed = sorted(filter(None, {paths.parse(path, ("args",)) for path in _paths(tool)}))
    lie_at_top = not tool.inner and all(len(steps) == 1 for steps in parsed)
    return _Watched(
        tuple(
            tuple(
                _Step(
                    name,
                    _seen(name),
                    frozenset(other[at] for other in parsed if other[:at] == steps[:at] and len(other) > at),
                )
                for at, name in enumerate(steps)
            )
            for steps in parsed
        ),
        tuple(inner for _, inner in tool.inner),
        frozenset(name for (name,) in parsed) if lie_at_top else frozenset(),
    )


def _paths(tool: ToolLaw) -> Iterator[str]:
    for clause in tool.clauses:
        yield from (condition.path for condition in clause.rule.conditions)
    for hold in tool.holds:
        yield from (condition.path for condition in hold.approval.conditions)
    yield from (quota.limit.cost for quota in tool.quotas if quota.limit.cost)
    for _, inner in tool.inner:
        yield inner.tool
        yield inner.args or ""


def _beside(arguments: Json, steps: Sequence[_Step]) -> str | None:
    """A key on the way that only looks like its step."""
    value = arguments
    for step in steps:
        keys: Collection[str] = value if isinstance(value, dict) else ()
        if len(keys) == 1 and step.name in keys:
            keys = ()
        for key in keys:
            if key not in step.beside and _seen(key) == step.seen:
                return key
        value = paths.look_up(value, (step.name,))
    return None


def _seen(key: str) -> str:
    folded = key.lower() if key.isascii() else fold(key)
    return folded.replace("_", "").replace("-", "")
