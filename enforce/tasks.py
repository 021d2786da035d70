"""Who began which task: at a server that knows all who come by the gate's own credentials, each may ask for theirs alone."""

from collections.abc import Iterable

from crawler.mcp.jsonrpc import Json, bare
from enforce.methods import KNOWN

#: Tasks of one identity at one server that are remembered, and characters of a task's id.
MOST, LONGEST = 10_000, 1_000

#: Requests of the protocol that may name tasks; the last asks to be told what becomes of them.
_ABOUT = frozenset(
    {"tasks/get", "tasks/result", "tasks/list", "tasks/cancel", "tasks/update", "subscriptions/listen"}
)


class Tasks:
    """Shared by all gates of a process. A task that nobody here has begun is anybody's."""

    def __init__(self) -> None:
        #: By the place of the server and the identity, in the order in which they began.
        self._begun: dict[tuple[str, str], dict[str, None]] = {}

    def note(self, place: str, identity: str, task: Json) -> None:
        """An identity has begun a task."""
        if isinstance(task, str) and len(task) <= LONGEST:
            own = self._begun.setdefault((place, identity), {})
            if len(own) >= MOST:
                del own[next(iter(own))]
            own[task] = None

    def are_another_s(self, place: str, identity: str, tasks: Iterable[Json]) -> bool:
        """Whether somebody else has begun one of *tasks*, and this identity has not."""
        own = self._begun.get((place, identity), {})
        strange = {task for task in tasks if isinstance(task, str)}.difference(own)
        others = (begun for (where, who), begun in self._begun.items() if where == place and who != identity)
        return bool(strange) and any(not strange.isdisjoint(begun) for begun in others)


def speaks_of_tasks(method: str) -> bool:
    """Whether a request may name tasks, also one that only some drafts of the protocol have, such as `tasks/delete`."""
    return method in _ABOUT if method in KNOWN else bare(method).startswith("task")


def tasks_named(params: dict[str, Json]) -> list[Json]:
    """What a request may be about, to however careless a reader; each of them where it names several."""
    named = [value for key, value in params.items() if bare(key) in ("taskid", "taskids")]
    wanted = params.get("notifications")
    if isinstance(wanted, dict):
        named += wanted.values()
    return [task for each in named for task in (each if isinstance(each, list) else [each])]


def task_of(result: dict[str, Json]) -> Json:
    """The id of the task that a result tells of; revision 2025-11-25 nests it."""
    nested = result.get("task")
    return result.get("taskId") or (nested.get("taskId") if isinstance(nested, dict) else None)
