"""How large a pattern of a schema becomes once its repetitions are written out."""

import re

#: An escape, a class, a repetition with a bound, or any other character.
_TOKEN = re.compile(
    r"\\[pP](?:\{[^}]*\}|.)|\\[ux]\{[^}]*\}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{\d*,?\d*\}|.", re.DOTALL
)
_BOUND = re.compile(r"\{(\d*),?(\d*)\}")

#: What stands for letters of all the world becomes hundreds of ranges.
_BY_NAME = re.compile(r"\\[pP]")
_BROAD = re.compile(r"^\[\^|\\[wWsSdD]")
BY_NAME, BROAD = 200, 10


def size(pattern: str) -> int:
    """Characters of *pattern*, as often as they are repeated at most; `a{3}(bc){2}` has seven. Broad classes count as more."""
    groups = [[0, 0]]  # of each open group: what it holds, and the last of that
    for part in _TOKEN.findall(pattern):
        group = groups[-1]
        bound = _BOUND.fullmatch(part)
        if bound is not None:
            times = max(1, int((bound[2] or bound[1] or "1")[:9]))
            group[0] += group[1] * (times - 1)
            group[1] *= times
        elif part == "(":
            groups.append([0, 0])
        elif part == ")" and len(groups) > 1:
            inside = groups.pop()[0]
            groups[-1] = [groups[-1][0] + inside, inside]
        else:
            group[1] = _one(part)
            group[0] += group[1]
    return sum(held for held, _ in groups)


def _one(part: str) -> int:
    if len(part) == 1:
        return BROAD if part == "." else 1
    return BY_NAME if _BY_NAME.search(part) else BROAD if _BROAD.search(part) else 1
