"""Answers kept by what was asked: crawled words repeat, and have no end."""

from collections.abc import Callable
from typing import TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Memo(dict[Asked, Answer]):
    """A dict that asks *ask* for what it lacks; emptied when it holds *most* answers, so that memory stays flat."""

    def __init__(self, ask: Callable[[Asked], Answer], most: int) -> None:
        super().__init__()
        self._ask = ask
        self._most = most

    def __missing__(self, asked: Asked) -> Answer:
        answer = self._ask(asked)
        if len(self) >= self._most:
            self.clear()
        self[asked] = answer
        return answer
