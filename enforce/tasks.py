"""Who began which task: at a server that knows all who come by the gate's own credentials, each may ask for theirs alone."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable

from crawler.mcp.jsonrpc import Json, bare
from enforce.errors import StateFailed
from enforce.identities import LOCAL
from enforce.methods import KNOWN
from enforce.state import Kept

#: Tasks of one identity at one server that are remembered, and characters of a task's id.
MOST, LONGEST = 10_000, 1_000

#: Seconds for which a task is remembered.
KEEP = 30 * 86400

#: Requests of the protocol that may name tasks; the last asks to be told what becomes of them.
_ABOUT = frozenset(
    {"tasks/get", "tasks/result", "tasks/list", "tasks/cancel", "tasks/update", "subscriptions/listen"}
)

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS tasks (
      place TEXT NOT NULL, task TEXT NOT NULL, identity TEXT NOT NULL, begun REAL NOT NULL,
      PRIMARY KEY (place, task, identity)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX IF NOT EXISTS tasks_by_age ON tasks (place, identity, begun)",
)
_NOTE = "INSERT OR REPLACE INTO tasks VALUES (?, ?, ?, ?)"
_TRIM = """
DELETE FROM tasks WHERE place = ?1 AND identity = ?2 AND begun < (
  SELECT begun FROM tasks WHERE place = ?1 AND identity = ?2 ORDER BY begun DESC LIMIT 1 OFFSET ?3
)
"""
_WHO = "SELECT identity FROM tasks WHERE place = ? AND task = ?"


class TasksFailed(StateFailed):
    """It can be neither read nor written who began a task."""

    what = "it cannot be told whose a task is"


class Tasks(ABC):
    """Those that all gates which share a store know of, at whatever time.

    A task of which nobody knows who began it may be anybody's, so it is nobody's where there are identities.
    """

    @abstractmethod
    def who(self, place: str, task: str) -> Collection[str]:
        """The identities that have begun a task; raises TasksFailed."""

    @abstractmethod
    def keep(self, place: str, identity: str, task: str, now: float) -> None:
        """Remember that an identity has begun a task, and forget its oldest where it has begun too many; raises TasksFailed."""

    @abstractmethod
    def tidy(self, now: float) -> int:
        """Forget tasks that were begun long ago; says how many. Raises TasksFailed."""

    def note(self, place: str, identity: str, task: Json, now: float) -> None:
        """An identity has begun a task; raises TasksFailed."""
        if isinstance(task, str) and len(task) <= LONGEST:
            self.keep(place, identity, task, now)

    def are_another_s(
        self, place: str, identity: str, named: Iterable[Json], perhaps: Iterable[Json] = ()
    ) -> bool:
        """Whether one of the *named* tasks is not this identity's, or what is *perhaps* one is known as another's; raises TasksFailed."""
        alone = identity in ("", LOCAL)
        return any(self._is_another_s(place, identity, task, alone) for task in named) or any(
            self._is_another_s(place, identity, task, True) for task in perhaps
        )

    def _is_another_s(self, place: str, identity: str, task: Json, if_nobody_s: bool) -> bool:
        known = self.who(place, task) if isinstance(task, str) else ()
        return identity not in known if known else not if_nobody_s


class SqliteTasks(Kept, Tasks):
    """Those in a state file."""

    tables, failed = _TABLES, TasksFailed

    def who(self, place: str, task: str) -> Collection[str]:
        return [identity for (identity,) in self._execute(_WHO, place, task)]

    def keep(self, place: str, identity: str, task: str, now: float) -> None:
        self._execute(_NOTE, place, task, identity, now)
        self._execute(_TRIM, place, identity, MOST - 1)

    def tidy(self, now: float) -> int:
        return len(self._execute("DELETE FROM tasks WHERE begun < ? RETURNING 1", now - KEEP))


def speaks_of_tasks(method: str) -> bool:
    """Whether a request may name tasks, also one that only some drafts of the protocol have, such as `tasks/delete`."""
    return method in _ABOUT if method in KNOWN else bare(method).startswith("task")


def tasks_named(params: dict[str, Json]) -> list[Json]:
    """The tasks that a request is about, to however careless a reader."""
    named = [value for key, value in params.items() if bare(key) in ("taskid", "taskids")]
    return _each(named + [value for key, value in _wanted(params).items() if bare(key).startswith("task")])


def tasks_perhaps(params: dict[str, Json]) -> list[Json]:
    """Whatever else a client wants to be told of, in which a server may see tasks."""
    return _each(_wanted(params).values())


def _wanted(params: dict[str, Json]) -> dict[str, Json]:
    wanted = params.get("notifications")
    return wanted if isinstance(wanted, dict) else {}


def _each(values: Iterable[Json]) -> list[Json]:
    return [item for value in values for item in (value if isinstance(value, list) else [value])]


def task_of(result: dict[str, Json]) -> Json:
    """The id of the task that a result tells of; revision 2025-11-25 nests it."""
    nested = result.get("task")
    return result.get("taskId") or (nested.get("taskId") if isinstance(nested, dict) else None)
