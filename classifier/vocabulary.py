"""What is known of features by their names, kept so that names seldom have to be put together."""

from collections.abc import Callable, Container, Iterable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Vocabulary(Generic[Answer]):
    """The answers to those names that are known; any other name is no feature."""

    def __init__(self, ask: Callable[[str], Answer], known: Container[str]) -> None:
        self.ask = ask
        self.known = known

    def answers(self, names: Iterable[str]) -> tuple[Answer, ...]:
        """Those to the names that are known."""
        return tuple([self.ask(name) for name in names if name in self.known])

    def behind(self, begin: str) -> Callable[[str], Answer | None]:
        """Answers by what follows in the name."""
        return _Behind(self, begin).__getitem__


class _Behind(dict[str, Answer | None]):
    """Keeps answers; names that are not known have no end, and are not kept."""

    def __init__(self, vocabulary: Vocabulary[Answer], begin: str) -> None:
        super().__init__()
        self._ask = vocabulary.ask
        self._known = vocabulary.known
        self._begin = begin

    def __missing__(self, rest: str) -> Answer | None:
        name = self._begin + rest
        if name not in self._known:
            return None
        answer = self[rest] = self._ask(name)
        return answer
