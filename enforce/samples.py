"""Texts that a pattern matches, and their neighbours: among them are those that tell two patterns apart."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product

from enforce.regex import compile_pattern

#: Texts that one part of a pattern is tried with, and texts that a whole pattern is.
MOST = 24
#: Repetitions that are written out; a pattern that wants more is not sampled.
LONGEST_RUN = 40
#: Groups inside groups; a deeper pattern is not sampled.
DEEPEST = 100
#: A longer text has too many neighbours.
LONGEST = 60

_CLASSES = {"d": "09", "w": "ax_", "s": " \t", "D": "a-", "W": "-.", "S": "a0"}
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}
_COUNT = re.compile(r"\{(\d+)(,(\d*))?\}")
_GROUP = re.compile(r"\(\?(?:P?<\w+>|[a-zA-Z-]*:)|\(")
_FLAGS = re.compile(r"\(\?[a-zA-Z-]+\)")


def telling(patterns: Sequence[str]) -> list[str]:
    """A text for every way in which the patterns are seen to agree and disagree, plain ones first."""
    searches = [search for pattern in patterns if not isinstance(search := compile_pattern(pattern), str)]
    tried = list(dict.fromkeys(text for pattern in patterns for text in samples(pattern)))
    near = (neighbour for text in tried if len(text) <= LONGEST for neighbour in _neighbours(text))
    found: dict[tuple[bool, ...], str] = {}
    for text in (*tried, *near, "", "other"):
        found.setdefault(tuple(bool(search(text)) for search in searches), text)
    return list(found.values())


def samples(pattern: str) -> list[str]:
    """Texts that a pattern of the usual kind matches; whether they do is for the caller to see."""
    reader = _Reader(pattern)
    try:
        texts = reader.alternatives()
    except _TooDeep:
        return []
    return list(dict.fromkeys(texts)) if reader.at_end else []


def _neighbours(text: str) -> Iterator[str]:
    """Texts that differ in one place."""
    yield from (f"{text}/more", f"x{text}", text.swapcase())
    for at, character in enumerate(text):
        yield text[:at] + text[at + 1 :]
        yield text[:at] + character + text[at:]
        for other in "x0~.":
            yield text[:at] + other + text[at + 1 :]


class _TooDeep(Exception):
    """Groups inside groups beyond what any person writes."""


class _Reader:
    """Reads a pattern from left to right, into the texts that each part stands for."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._depth = 0

    @property
    def at_end(self) -> bool:
        return self._at >= len(self._pattern)

    def alternatives(self) -> list[str]:
        found = self._sequence()
        while self._takes("|"):
            found += self._sequence()
        return found[:MOST]

    def _sequence(self) -> list[str]:
        found = [""]
        while not self.at_end and self._next() not in "|)":
            part = self._repeated(self._one())
            found = _distinct(head + tail for head, tail in product(found, part))
        return found

    def _one(self) -> list[str]:
        if flags := _FLAGS.match(self._pattern, self._at):
            self._at = flags.end()
            return [""]
        if group := _GROUP.match(self._pattern, self._at):
            if self._depth == DEEPEST:
                raise _TooDeep
            self._at, self._depth = group.end(), self._depth + 1
            found = self.alternatives()
            self._depth -= 1
            self._takes(")")
            return found
        character = self._take()
        match character:
            case "[":
                return self._class()
            case "\\":
                return self._escape()
            case ".":
                return ["x", "."]
            case "^" | "$":
                return [""]
        return [character]

    def _repeated(self, part: list[str]) -> list[str]:
        if self._takes("*"):
            runs: Iterable[int] = (1, 0, 2)
        elif self._takes("+"):
            runs = (1, 2)
        elif self._takes("?"):
            runs = (1, 0)
        elif count := _COUNT.match(self._pattern, self._at):
            self._at = count.end()
            least = int(count[1])
            most = least if count[2] is None else int(count[3]) if count[3] else least + 1
            runs = dict.fromkeys((least, min(most, least + 1), most))
        else:
            return part
        self._takes("?")
        return _distinct(text for run in runs if run <= LONGEST_RUN for text in _run(part, run))

    def _class(self) -> list[str]:
        negated = self._takes("^")
        members: list[str] = []
        while not self.at_end and (not members or self._next() != "]"):
            members += self._escape() if self._takes("\\") else [self._take()]
            if self._next() == "-" and self._pattern[self._at + 1 : self._at + 2] not in ("]", ""):
                self._at += 1
                members += self._escape() if self._takes("\\") else [self._take()]
        self._takes("]")
        if not negated:
            return members[:MOST]
        return [character for character in "~xA0 ./" if character not in members][:2]

    def _escape(self) -> list[str]:
        character = self._take()
        if character in "AzbB":
            return [""]
        return list(_CLASSES.get(character, _ESCAPED.get(character, character)))

    def _next(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self) -> str:
        self._at += 1
        return self._pattern[self._at - 1 : self._at]

    def _takes(self, character: str) -> bool:
        taken = self._next() == character
        self._at += taken
        return taken


def _run(part: Sequence[str], run: int) -> list[str]:
    """Every text of *part* so many times, and each once with another at the end."""
    if run < 2:
        return list(part) if run else [""]
    return [text * run for text in part] + [part[0] * (run - 1) + text for text in part[1:]]


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(islice(dict.fromkeys(texts), MOST))
