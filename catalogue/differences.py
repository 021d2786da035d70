"""Shows what changed between two texts, word by word."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

from msgspec import Struct

#: Words of each text that are compared, and words of a common stretch that are shown.
MOST, AROUND = 400, 12

#: Scripts that set no spaces between words; each of their characters stands for a word.
_ALONE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"\s*(?:[{_ALONE}]|[^\s{_ALONE}]+)(?:\s+$)?")


class Stretch(Struct, frozen=True):
    """Words that both texts have, or only one of them."""

    kind: Literal["same", "gone", "new"]
    text: str


def difference(before: str, after: str) -> list[Stretch]:
    """The two texts as one, in stretches; long stretches that both have are cut in the middle."""
    old, new = _WORD.findall(before)[:MOST], _WORD.findall(after)[:MOST]
    return list(_stretches(old, new))


def _stretches(old: list[str], new: list[str]) -> Iterator[Stretch]:
    for kind, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Stretch("same", _cut(old[first:last]))
            continue
        if last > first:
            yield Stretch("gone", "".join(old[first:last]))
        if end > start:
            yield Stretch("new", "".join(new[start:end]))


def _cut(words: list[str]) -> str:
    if len(words) <= 2 * AROUND:
        return "".join(words)
    return "".join(words[:AROUND]) + " … " + "".join(words[-AROUND:])
