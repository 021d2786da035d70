"""Who began which task, in the Redis server that counts for gates on several machines."""

import json
from collections.abc import Collection
from typing import Any

from enforce.counters import StoreFailed
from enforce.counters.redis import PREFIX, RedisCounters
from enforce.tasks import KEEP, MOST, Tasks, TasksFailed


class RedisTasks(Tasks):
    """For each task a set of identities, and for each identity its tasks by their age, so that the oldest can be forgotten.

    A server that was emptied knows of no task, which then is nobody's.
    """

    def __init__(self, server: RedisCounters) -> None:
        self._server = server

    def who(self, place: str, task: str) -> Collection[str]:
        said = self._ask(lambda client: client.smembers(_key("task", place, task)))
        return [_text(identity) for identity in said]

    def keep(self, place: str, identity: str, task: str, now: float) -> None:
        whose, begun = _key("task", place, task), _key("begun", place, identity)

        def note(client: Any) -> int:
            with client.pipeline(transaction=True) as steps:
                steps.sadd(whose, identity).expire(whose, KEEP)
                steps.zadd(begun, {task: now}).expire(begun, KEEP)
                return int(steps.zcard(begun).execute()[-1])

        surplus = self._ask(note) - MOST
        if surplus > 0:
            self._ask(lambda client: _forget(client, begun, surplus, place, identity))

    def tidy(self, now: float) -> int:  # noqa: ARG002 - the server does that by itself
        return 0

    def _ask(self, question: Any) -> Any:
        try:
            return self._server.ask(question)
        except StoreFailed as failure:
            raise TasksFailed(failure.fault) from failure


def _forget(client: Any, begun: str, count: int, place: str, identity: str) -> None:
    for task, _ in client.zpopmin(begun, count):
        client.srem(_key("task", place, _text(task)), identity)


def _key(kind: str, *parts: str) -> str:
    return f"{PREFIX}{kind}:{json.dumps(parts, separators=(',', ':'))}"


def _text(value: Any) -> str:
    """As text, however the client was told to give texts."""
    return value.decode() if isinstance(value, bytes) else str(value)
