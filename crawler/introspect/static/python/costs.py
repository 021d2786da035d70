"""Source on which Python's parser would be busy for seconds: before 3.12 it looks for every hole of a formatted string from its start."""

import re

#: Fewer braces than this are no work, however long the string is; and as much work as the parser does in half a second.
_FEW, _MOST = 1_000, 1_500_000_000

_FORMATTED = re.compile(
    rb"(?<![A-Za-z0-9_])(?:[fF][rR]?|[rR][fF])"
    rb'(?:"""((?:[^"\\]++|\\[\s\S]|"(?!""))*+)|\'\'\'((?:[^\'\\]++|\\[\s\S]|\'(?!\'\'))*+)|'
    rb'"((?:[^"\\\n]++|\\[\s\S])*+)|\'((?:[^\'\\\n]++|\\[\s\S])*+))'
)


def is_too_costly(content: bytes) -> bool:
    """Whether the formatted strings of a file are more than its source is worth."""
    if content.count(b"{") < _FEW:
        return False
    strings = (match[match.lastindex or 0] for match in _FORMATTED.finditer(content))
    return sum(len(string) * string.count(b"{") for string in strings) > _MOST
