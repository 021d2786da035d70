"""Where words stand in a source, found much faster than a regular expression of many branches finds them."""

from collections.abc import Iterable
from typing import AnyStr

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$")


def offsets(source: str, words: Iterable[str]) -> list[int]:
    """The offsets of whole words, in order; a word that ends in a letter must not go on behind its end."""
    found: set[int] = set()
    for word in words:
        length = len(word)
        open_ended = word[-1] not in _LETTERS
        position = source.find(word)
        while position >= 0:
            if open_ended or source[position + length : position + length + 1] not in _LETTERS:
                found.add(position)
            position = source.find(word, position + length)
    return sorted(found)


def holds_any(content: AnyStr, words: Iterable[AnyStr]) -> bool:
    """Whether one of the words stands somewhere in a source."""
    return any(word in content for word in words)
