"""Who began which task: at a server that knows all who come by the gate's own credentials, each may ask for theirs alone."""

from crawler.mcp.jsonrpc import Json, bare

#: Tasks of one identity at one server that are remembered, and characters of a task's id.
MOST, LONGEST = 10_000, 1_000

#: Requests about one task.
ABOUT_ONE = frozenset({"tasks/get", "tasks/result", "tasks/cancel", "tasks/update"})


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

    def is_another_s(self, place: str, identity: str, task: Json) -> bool:
        """Whether somebody else has begun a task, and this identity has not."""
        if task in self._begun.get((place, identity), ()) or not isinstance(task, str):
            return False
        others = (tasks for (where, who), tasks in self._begun.items() if where == place and who != identity)
        return any(task in tasks for tasks in others)


def tasks_named(params: dict[str, Json]) -> list[Json]:
    """What a request may be about, to however careless a reader."""
    return [value for key, value in params.items() if key == "taskId" or bare(key) == "taskid"]


def task_of(result: dict[str, Json]) -> Json:
    """The id of the task that a result tells of; revision 2025-11-25 nests it."""
    nested = result.get("task")
    return result.get("taskId") or (nested.get("taskId") if isinstance(nested, dict) else None)
