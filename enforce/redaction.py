"""Blanking fields of a result before the agent sees it."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from crawler.mcp.jsonrpc import Json, encode
from enforce import paths

BLANK = "[redacted]"

_STRUCTURED = "structuredContent"


def blank(result: Json, redacted: Sequence[str]) -> bool:
    """Replace what lies at each path, such as `result.content.*.text`, in place; says whether anything did.

    What is taken out of the structured content is taken out of the texts beside it too, in which servers repeat it.
    """
    whole = _copied(result[_STRUCTURED]) if isinstance(result, dict) and _STRUCTURED in result else None
    changed = False
    for path in redacted:
        steps = paths.parse(path, ("result",))
        if steps:
            for holder, key in _places(result, steps):
                holder[key] = BLANK
                changed = True
    if changed and whole is not None and result[_STRUCTURED] != whole:
        _repeat(result, whole)
    return changed


def _repeat(result: dict[str, Json], whole: Json) -> None:
    """Blank each text, since nobody can tell what it says of what was taken out of *whole*; one that says all of it again says the rest."""
    rest = encode(result[_STRUCTURED]).decode()
    for holder in _texts(result.get("content")):
        holder["text"] = rest if _is_json_of(holder["text"], whole) else BLANK


def _texts(content: Json) -> Iterator[dict[str, Any]]:
    for block in content if isinstance(content, list) else ():
        inside = block.get("resource") if isinstance(block, dict) else None
        yield from (
            each for each in (block, inside) if isinstance(each, dict) and isinstance(each.get("text"), str)
        )


def _is_json_of(text: str, value: Json) -> bool:
    try:
        return bool(json.loads(text) == value)
    except (ValueError, RecursionError):
        return False


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
