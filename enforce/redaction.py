"""Blanking fields of a result before the agent sees it."""

from collections.abc import Iterator, Sequence

from crawler.mcp.jsonrpc import Json
from enforce import paths

BLANK = "[redacted]"


def blank(result: Json, redacted: Sequence[str]) -> bool:
    """Replace what lies at each path, such as `result.content.*.text`, in place; says whether anything did."""
    changed = False
    for path in redacted:
        steps = paths.parse(path, ("result",))
        if steps:
            for holder, key in _places(result, steps):
                holder[key] = BLANK
                changed = True
    return changed


def blank_arguments(arguments: Json, redacted: Sequence[str]) -> Json:
    """A copy of the arguments with what lies at each path, such as `args.token`, replaced."""
    copy = _copied(arguments)
    for path in redacted:
        steps = paths.parse(path, ("args",))
        for holder, key in _places(copy, steps) if steps else ():
            holder[key] = BLANK
    return copy


def _copied(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _places(value: Json, steps: Sequence[str]) -> Iterator[tuple[Json, str | int]]:
    """Every container and key at which the path ends; `*` goes into all members or items."""
    step, rest = steps[0], steps[1:]
    for key in _keys(value, step):
        if rest and not isinstance(value[key], str):
            yield from _places(value[key], rest)
        else:  # a text on the way may be JSON that holds the rest of it
            yield value, key


def _keys(value: Json, step: str) -> list[str] | list[int]:
    if isinstance(value, dict):
        return list(value) if step == "*" else [step] if step in value else []
    if isinstance(value, list):
        if step == "*":
            return list(range(len(value)))
        if step.isascii() and step.isdigit() and len(step) < 10 and int(step) < len(value):
            return [int(step)]
    return []
