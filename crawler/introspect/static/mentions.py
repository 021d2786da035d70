"""Whether anything in a package makes or names a class that it declares: one that nobody mentions registers nothing."""

import re
from collections import Counter
from functools import cached_property

from crawler.introspect.static.syntax import Sources

#: Comments, and statements that only bring a name along.
_ASIDE = re.compile(
    rb"(?m)^[ \t]*(?://|\*|/\*|(?:pub(?:\([^)\n]*\))? )?use [^;]*+;?|import |using (?!var\b|\()|require)[^\n]*+$"
)
#: Before a name of a class where it is declared, extended with methods, or the name of its own constructor.
_DECLARED = (
    r"(?<!struct )(?<!class )(?<!enum )(?<!object )(?<!interface )(?<!trait )(?<!record )(?<!type )(?<!impl )(?<!for )"
    r"(?<!public )(?<!private )(?<!protected )(?<!internal )(?<!func )(?<![\w.])"
)
_NAMES = re.compile(rf"{_DECLARED}[A-Z]\w*+".encode())
#: The same where `new` stands before each call of a constructor, so that the others declare one.
_MADE = re.compile(rf"(?<=\bnew )[A-Z]\w*+|{_DECLARED}[A-Z]\w*+(?!\s*+\()".encode())
_NEW = frozenset({"java", "csharp", "php"})


class Mentions:
    """The names of classes that stand anywhere but where they are declared, each file looked through once."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    @cached_property
    def _counted(self) -> Counter[bytes]:
        found: Counter[bytes] = Counter()
        names = _MADE if self._sources.language in _NEW else _NAMES
        for content in self._sources.contents():
            found.update(names.findall(_ASIDE.sub(b"", content)))
        return found

    def mentioned(self, name: str) -> bool:
        """Whether a class is mentioned."""
        return self._counted[name.encode()] > 0
