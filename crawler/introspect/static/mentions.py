"""Whether anything in a package makes or names a class that it declares: one that nobody mentions registers nothing."""

import re
from collections import Counter
from functools import cached_property

from crawler.introspect.static.syntax import Sources

#: Comments, and statements that only bring a name along.
_ASIDE = re.compile(
    rb"(?m)^[ \t]*(?://|\*|/\*|(?:pub(?:\([^)\n]*\))? )?use [^;]*+;?|import |using (?!var\b|\()|require)[^\n]*+$"
)
#: Names of classes where they are not declared, extended with methods, or the name of their own constructor.
_NAMES = re.compile(
    rb"(?<!struct )(?<!class )(?<!enum )(?<!object )(?<!interface )(?<!trait )(?<!record )(?<!type )(?<!impl )(?<!for )"
    rb"(?<!public )(?<!private )(?<!protected )(?<!internal )(?<!func )(?<![\w.])[A-Z]\w*+"
)


class Mentions:
    """The names of classes that stand anywhere but where they are declared, each file looked through once."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    @cached_property
    def _counted(self) -> Counter[bytes]:
        found: Counter[bytes] = Counter()
        for content in self._sources.contents():
            found.update(_NAMES.findall(_ASIDE.sub(b"", content)))
        return found

    def mentioned(self, name: str) -> bool:
        """Whether a class is mentioned."""
        return self._counted[name.encode()] > 0
