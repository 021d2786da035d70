"""Arguments whose names differ by case or separators alone from one that the policy looks at.

Some servers read names without regard to case and take the last of two, others take `userId` for `user_id`: such a
server would act on a value that no condition was asked of.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from crawler.mcp.jsonrpc import Json, fold, is_beyond_telling
from enforce import paths
from enforce.decide import DEEPEST_CALL
from enforce.decisions import Call, Decision
from enforce.law import Law, MethodLaw, ToolLaw
from enforce.methods import KNOWN, PASSES
from enforce.policy import Inner

#: Tool names come from the agent, so what is remembered of them is bounded.
REMEMBERED = 4096

#: How keys look that are too long to say how; no other key does.
_BEYOND = "_"


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
        self._watched_methods: dict[str, _Watched] = {}

    def check(self, call: Call, decision: Decision) -> Decision:
        """The decision, or a denial where the call has an argument, or the request a parameter, that looks like a judged one."""
        if decision.outcome == "deny":
            return decision
        is_call = call.method == "tools/call"
        found = (
            self.find(call.tool, call.arguments)
            if is_call
            else self.find_in_method(call.method, call.arguments)
        )
        if found is None:
            return decision
        kind = "argument" if is_call else "parameter"
        words = f"The {kind} {found[:100]!r} differs by case or separators alone from one that the policy looks at."
        return Decision(outcome="deny", rule=f"(look-alike {kind})", reason=words, would=decision.would)

    def find(self, tool: str, arguments: Json, depth: int = DEEPEST_CALL) -> str | None:
        """The name of an argument that is one, also in a call inside this call; `None` where there is none."""
        watched = self._watched.get(tool)
        if watched is not None and type(arguments) is dict and watched.plain.issuperset(arguments):
            return None
        if watched is None:
            law = self._law.tool(tool)
            watched = _watched(_paths(law), "args", tuple(inner for _, inner in law.inner))
            if len(self._watched) < REMEMBERED:
                self._watched[tool] = watched
        looks: _Looks = {}
        for steps in watched.paths:
            found = _beside(arguments, steps, looks)
            if found is not None:
                return found
        for inner in watched.inner if depth > 1 else ():
            found = self._find_inside(inner, arguments, depth - 1)
            if found is not None:
                return found
        return None

    def find_in_method(self, method: str, params: Json) -> str | None:
        """The same for another request: the name of a parameter that only looks like one of which the policy speaks."""
        watched = self._watched_methods.get(method)
        if watched is None:
            watched = _watched(
                _paths_of_method(self._law.method(method, method in KNOWN, method in PASSES)), "params"
            )
            if len(self._watched_methods) < REMEMBERED:
                self._watched_methods[method] = watched
        looks: _Looks = {}
        return next(
            (found for steps in watched.paths if (found := _beside(params, steps, looks)) is not None), None
        )

    def reach_beyond(self, call: Call) -> bool:
        """Whether a rule looks at what lies inside of an argument of which nobody knows more than its name."""
        if call.method == "tools/call":
            self.find(call.tool, call.arguments)
            watched = self._watched.get(call.tool)
        else:
            self.find_in_method(call.method, call.arguments)
            watched = self._watched_methods.get(call.method)
        steps_of_all = watched.paths if watched is not None else ()
        names = [[step.name for step in steps] for steps in steps_of_all if len(steps) > 1]
        return any(paths.look_up(call.arguments, steps[:1]) is paths.UNKNOWN for steps in names)

    def _find_inside(self, inner: Inner, arguments: Json, depth: int) -> str | None:
        name = paths.look_up(arguments, paths.parse(inner.tool, ("args",)) or ())
        given = paths.look_up(arguments, paths.parse(inner.args, ("args",)) or ()) if inner.args else None
        return self.find(name, given, depth) if isinstance(name, str) and given else None


def _watched(looked_at: Iterable[str], root: str, inner: tuple[Inner, ...] = ()) -> _Watched:
    parsed = sorted(filter(None, {paths.parse(path, (root,)) for path in looked_at}))
    lie_at_top = not inner and all(len(steps) == 1 for steps in parsed)
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
        inner,
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


def _paths_of_method(method: MethodLaw) -> Iterator[str]:
    for clause in method.clauses:
        yield from (condition.path for condition in clause.rule.conditions)
    yield from (quota.limit.cost for quota in method.quotas if quota.limit.cost)


#: The keys of the objects of one call by how they look, by the object.
_Looks = dict[int, dict[str, list[str]]]


def _beside(arguments: Json, steps: Sequence[_Step], looks: _Looks) -> str | None:
    """A key on the way that only looks like its step, or of which nobody can say."""
    value = arguments
    for step in steps:
        if isinstance(value, dict) and not (len(value) == 1 and step.name in value):
            seen = looks.get(id(value))
            if seen is None:
                seen = looks[id(value)] = _by_looks(value)
            found: list[str] = [*seen.get(step.seen, ()), *seen.get(_BEYOND, ())]
            if strange := [key for key in found if key not in step.beside]:
                return strange[0]
        value = paths.look_up(value, (step.name,))
    return None


def _by_looks(keys: Iterable[str]) -> dict[str, list[str]]:
    """Each key once, since a call may have a hundred thousand and a policy look at dozens."""
    seen: dict[str, list[str]] = {}
    for key in keys:
        seen.setdefault(_BEYOND if is_beyond_telling(key) else _seen(key), []).append(key)
    return seen


def _seen(key: str) -> str:
    folded = key.lower() if key.isascii() else fold(key)
    return folded.replace("_", "").replace("-", "")
