"""Arguments that a description tells of where a definition has no schema: the `Args:` of a docstring, the `@param` of a comment."""

import re
from collections.abc import Iterator
from itertools import islice

from classifier.view import MAX_CHARS, Parameter
from classifier.words import words_of_name

#: Behind this stands what a call takes, ...
_BEGIN = re.compile(
    r"(?:^|[\s*#(。；，])(?:args|arguments|parameters|params|inputs?|input parameters|request parameters|request body|kwargs"
    r"|参数|引数|매개변수|parámetros|parâmetros|入参|请求参数|输入参数)(?: ?\([^()\n]{0,40}\))?\**\s?[:：]",
    re.IGNORECASE,
)
#: ... and behind this something else.
_END = re.compile(
    r"(?:^|[\s*#])(?:returns?|raises|yields|examples?|notes?|outputs?|response|usage|返回值?|戻り値|반환값?|retorna)\**\s?[:：]",
    re.IGNORECASE,
)
#: `name: what`, `- name (type): what`, "`name`: what".
_NAMED = re.compile(
    r"(?<![\w.\-/@$#])([A-Za-z_][A-Za-z0-9_\-]{0,40})[`\"'*]{0,3} ?(?:\([^()]{0,60}\) ?)?[`*]{0,2}[:：](?!//)"
)
_MARKED = re.compile(r"(?::param(?:eter)?|@param) (?:\{[^{}]{0,40}\} )?([A-Za-z_]\w{0,40})")
#: Without one of these a text tells of none, as most do not.
_TELLS, _MARK = frozenset(":："), "@param"
#: What is named like an argument and is none.
_OTHER = frozenset(
    [
        "default",
        "e",
        "g",
        "i",
        "note",
        "example",
        "examples",
        "optional",
        "required",
        "type",
        "returns",
        "return",
        "http",
        "https",
        "format",
        "warning",
        "important",
    ]
)
#: Parts of a text that are read, the letters of one, and arguments in all: hostile texts have no end.
_PARTS, _LONGEST, _MOST = 4, 1_500, 20


def described(text: str) -> tuple[Parameter, ...]:
    """The arguments that *text* tells of, in their order; none where it has no such part."""
    if _TELLS.isdisjoint(text) and _MARK not in text:
        return ()
    keys = dict.fromkeys(key for key in _keys(text[:MAX_CHARS]) if key.lower() not in _OTHER)
    return tuple(_parameter(key) for key in islice(keys, _MOST))


def _keys(text: str) -> Iterator[str]:
    for found in _MARKED.finditer(text):
        yield found[1]
    for begin in islice(_BEGIN.finditer(text), _PARTS):
        end = _END.search(text, begin.end(), begin.end() + _LONGEST)
        for found in _NAMED.finditer(text, begin.end(), end.start() if end else begin.end() + _LONGEST):
            yield found[1]


def _parameter(key: str) -> Parameter:
    return Parameter("", key, {}, 0, tuple(words_of_name(key)), frozenset())
