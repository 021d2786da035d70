"""Source on which the parser would be busy for seconds: where it finds no way to go on, it looks for the end of a literal from each of its starts."""

#: Starts of literals without an end that are no work, and looks at a character for each one of the source that are worth it.
_FEW, _MOST = 200, 450

#: Characters of a comment are passed over in a fifth of the time of those of a regular expression.
_COMMENT = 5


def is_too_costly(source: str) -> bool:
    """Whether regular expressions and comments without an end are more than the source is worth."""
    return _of_comments(source) + _of_expressions(source) > _MOST * max(len(source), 1)


def _of_comments(source: str) -> int:
    start = source.rfind("*/") + 1
    count = source.count("/*", start)
    return count * (len(source) - start) // 2 // _COMMENT if count > _FEW else 0


def _of_expressions(source: str) -> int:
    """On each line, what stands behind its last closing bracket may be one set of characters without an end for every slash in it."""
    if source.count("/") <= _FEW:
        return 0
    tails = (line[_behind_bracket(line) :] for line in source.split("\n") if len(line) > _FEW)
    return sum(tail.count("/") * len(tail) // 2 for tail in tails if "[" in tail and tail.count("/") > _FEW)


def _behind_bracket(line: str) -> int:
    """Behind the last `]` that has no backslash before it."""
    place = line.rfind("]")
    while place > 0 and line[place - 1] == "\\":
        place = line.rfind("]", 0, place)
    return place + 1
