"""Whether anything in a package makes or names a class that it declares: one that nobody mentions registers nothing."""

import re
from collections import Counter
from functools import cached_property

from crawler.introspect.static.syntax import Sources

#: Comments, and statements that only bring a name along.
_ASIDE = re.compile(
    rb"(?m)^[ \t]*(?://|\*|/\*|(?:pub(?:\([^)\n]*\))? )?use [^;]*+;?|import |using (?!var\b|\()|require)[^\n]*+$"
)
_NAMES = re.compile(rb"(?<![\w.])[A-Z]\w*+")
#: What stands before a name of a class where it is declared or extended with methods; each word is found by itself, much faster than a choice.
_DECLARED = tuple(
    re.compile(word + rb" ([A-Z]\w*+)")
    for word in (
        b"struct",
        b"class",
        b"enum",
        b"object",
        b"interface",
        b"trait",
        b"record",
        b"type",
        b"impl",
        b"for",
        b"func",
    )
)
#: Calls of constructors, and those in languages in which `new` stands before each, so that the others declare one.
_CALLED, _MADE = re.compile(rb"(?<![\w.])([A-Z]\w*+)\s*+\("), re.compile(rb"new ([A-Z]\w*+)\s*+\(")
_NEW = frozenset({"java", "csharp", "php"})


class Mentions:
    """The names of classes that stand anywhere but where they are declared, each file looked through once."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    @cached_property
    def _counted(self) -> Counter[bytes]:
        found: Counter[bytes] = Counter()
        for content in self._sources.contents():
            code = _ASIDE.sub(b"", content)
            found.update(_NAMES.findall(code))
            for declared in _DECLARED:
                found.subtract(declared.findall(code))
            if self._sources.language in _NEW:
                found.subtract(_CALLED.findall(code))
                found.update(_MADE.findall(code))
        return found

    def mentioned(self, name: str) -> bool:
        """Whether a class is mentioned."""
        return self._counted[name.encode()] > 0
