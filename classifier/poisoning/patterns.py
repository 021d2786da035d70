"""Regular expressions that are compiled at their first use, and such as RE2 tries first: nearly every text has nothing to find."""

import re
from collections.abc import Callable, Iterator
from functools import cache, cached_property

import re2  # type: ignore[import-untyped]  # ships no types


class Late:
    """A regular expression of Python's that is compiled at its first use."""

    def __init__(self, source: str, flags: int = 0) -> None:
        self._source, self._flags = source, flags

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self._source, self._flags)

    @cached_property
    def search(self) -> Callable[..., re.Match[str] | None]:
        """As of `re.Pattern`, and so are the others."""
        return self._pattern.search

    @cached_property
    def match(self) -> Callable[..., re.Match[str] | None]:
        return self._pattern.match

    @cached_property
    def finditer(self) -> Callable[..., Iterator[re.Match[str]]]:
        return self._pattern.finditer

    @cached_property
    def findall(self) -> Callable[..., list[str]]:
        return self._pattern.findall

    @cached_property
    def sub(self) -> Callable[..., str]:
        return self._pattern.sub


class Pattern:
    """Python's `re` says where, after RE2 has said whether; case never counts unless *exact*.

    Both are compiled at the first look. *trace* is what RE2 looks for: a looser pattern where the pattern itself looks around, which RE2 cannot.
    """

    def __init__(self, pattern: str, trace: str = "", *, exact: bool = False, flags: int = 0) -> None:
        self._source, self.trace = pattern, trace or pattern
        self._exact, self._flags = exact, flags if exact else flags | re.I

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self._source, self._flags)

    @cached_property
    def _seen(self) -> re2.Set:
        found = re2.Set.SearchSet(options(exact=self._exact))
        found.Add(self.trace)
        found.Compile()
        return found

    def seen(self, text: str) -> bool:
        """Whether the text is worth a closer look."""
        return self.seen_in(text.encode("utf-8", "replace"))

    def seen_in(self, raw: bytes) -> bool:
        """The same, for a text that is encoded already."""
        return self._seen.Match(raw) is not None

    def search(self, text: str) -> re.Match[str] | None:
        """The first find."""
        return self._pattern.search(text) if self.seen(text) else None

    def first(self, text: str, start: int, end: int) -> int:
        """Where the first find between two offsets begins; *start* if there is none."""
        match = self._pattern.search(text, start, end)
        return match.start() if match else start

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Every find, in order."""
        if self.seen(text):
            yield from self._pattern.finditer(text)


def options(*, exact: bool = False, room: int = 8 << 20) -> re2.Options:
    """How RE2 is to read patterns; it builds its automaton while it runs, in *room* bytes."""
    made = re2.Options()
    made.case_sensitive = exact
    made.log_errors = False
    made.max_mem = room
    return made


@cache
def known(pattern: str) -> Pattern:
    """One Pattern for one expression, which many sayings share; to look at several texts at once, its trace begins at any line."""
    return Pattern(pattern, trace=f"(?m){pattern}")
