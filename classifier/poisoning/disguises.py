"""Ways to write a sentence so that a model reads it and a filter does not, and how each is undone."""

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from classifier.poisoning.patterns import Late

#: Letters that stand apart: `I g n o r e`, `I.g.n.o.r.e`.
_APART = Late(r"(?<![^\W_])(?:[^\W\d_][ .*_·-]{1,3}){6,}[^\W\d_](?![^\W_])")
_JOINT = Late(r"(?<=[^\W_])[ .*_·-](?=[^\W_](?![^\W_]))")
#: Words with figures for letters: `1gn0r3 4ll`.
_FIGURED = Late(
    r"(?:(?<![^\W_])(?=[a-z]*[013457@$])(?=[013457@$]*[a-z])[a-z013457@$]{3,}(?![^\W_])[ ,.;:!?]*){3,}", re.I
)
_FIGURES = str.maketrans("013457@$", "oieastas")
#: A name of several words, each begun by a capital: `IgnoreAllPrevious`.
_HUMPS = Late(r"(?<![^\W_])(?:[A-Z]?[a-z]+)(?:[A-Z][a-z]+|A(?=[A-Z])){2,}(?![^\W_])")
_HUMP = Late(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SOFT = Late(r"\w(?:\u00ad+\w+)+")
#: Escapes of single characters, scattered through a text.
_ENTITIES = Late(r"&#(?:x[0-9a-f]{2,6}|[0-9]{2,7});", re.I)
_PERCENTS = Late(r"%[0-9a-f]{2}", re.I)
_UNICODES = Late(r"\\{1,2}(?:u([0-9a-f]{4})|x([0-9a-f]{2}))", re.I)
#: Fewer of them disguise nothing.
_MANY = 6


class Undone(Struct, frozen=True):
    """A text without its disguise, and where the disguise stands in the original."""

    plain: str
    start: int
    end: int


def undone(text: str) -> Iterator[Undone]:
    """The text as a model may read it, once for every disguise that it wears."""
    for disguise, undo in _DISGUISES:
        worn = [match.span() for match in disguise.finditer(text)]
        if worn and (disguise not in _SCATTERED or len(worn) >= _MANY):
            yield Undone(undo(text), worn[0][0], worn[-1][1])


def _together(text: str) -> str:
    return _APART.sub(lambda match: _JOINT.sub("", match.group()), text)


def _lettered(text: str) -> str:
    return _FIGURED.sub(lambda match: match.group().translate(_FIGURES), text)


# What undoes these takes long to import, and most definitions need none of it.


def without_entities(text: str) -> str:
    """Characters for the entities of HTML."""
    from html import unescape

    return unescape(text)


def without_percents(text: str) -> str:
    """Characters for the escapes of addresses."""
    from urllib.parse import unquote

    return unquote(text, errors="replace")


def _unescaped(text: str) -> str:
    return _UNICODES.sub(lambda match: chr(int(match[1] or match[2], 16)), text)


_DISGUISES: tuple[tuple[Late, Callable[[str], str]], ...] = (
    (_APART, _together),
    (_FIGURED, _lettered),
    (_HUMPS, lambda text: _HUMP.sub(" ", text)),
    (_SOFT, lambda text: text.replace("\u00ad", "")),
    (_ENTITIES, without_entities),
    (_PERCENTS, without_percents),
    (_UNICODES, _unescaped),
)
_SCATTERED = (_ENTITIES, _PERCENTS, _UNICODES)
