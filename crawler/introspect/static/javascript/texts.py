"""What the methods of JavaScript's strings and regular expressions do."""

import re

import re2  # type: ignore[import-untyped]  # ships no types

from crawler.introspect.static.javascript.arrays import Arguments, first
from crawler.introspect.static.javascript.expressions import Expressions
from crawler.introspect.static.javascript.operators import LONGEST_TEXT
from crawler.introspect.static.javascript.values import Function, Regex, plain
from crawler.introspect.static.unknown import UNKNOWN, Setting, Unknown, Value

_GROUP = re.compile(r"\$(\d|&)")

_TEXT = {
    "toLowerCase": "lower",
    "toUpperCase": "upper",
    "trim": "strip",
    "trimStart": "lstrip",
    "trimEnd": "rstrip",
    "toString": "__str__",
}


def text_method(reader: Expressions, owner: str, name: str, args: Arguments) -> Value:
    """`owner.name(...)` for a string."""
    known = [plain(arg) for arg in args]
    if name in {"replace", "replaceAll"} and len(known) > 1 and isinstance(known[1], Function):
        return _replaced_by(reader, owner, known[0], known[1], name == "replaceAll")
    setting = any(isinstance(arg, Setting) for arg in args)
    result = _text_method(owner, name, known)
    return Setting(result) if setting and not isinstance(result, Unknown) else result


def _text_method(owner: str, name: str, args: Arguments) -> Value:
    if name in _TEXT:
        return getattr(owner, _TEXT[name])()
    subject = first(args)
    match name:
        case "startsWith" | "endsWith" if isinstance(subject, str):
            return owner.startswith(subject) if name == "startsWith" else owner.endswith(subject)
        case "includes" if isinstance(subject, str):
            return subject in owner
        case "split" if isinstance(subject, str) and subject:
            return owner.split(subject)
        case "replace" | "replaceAll" if len(args) > 1 and isinstance(args[1], str):
            return _replaced(owner, subject, args[1], name == "replaceAll")
        case "slice" | "substring" if args and all(isinstance(arg, int) for arg in args[:2]):
            return owner[slice(*args[:2])] if len(args) > 1 else owner[subject:]
        case "concat" if all(isinstance(arg, str) for arg in args):
            return owner + "".join(args) if sum(map(len, args)) < LONGEST_TEXT else UNKNOWN
        case "match" | "matchAll" | "search" if isinstance(subject, Regex):
            return _matched(owner, subject, name)
        case "charAt" if isinstance(subject, int):
            return owner[subject : subject + 1]
    return UNKNOWN


def _replaced(owner: str, pattern: Value, new: str, every: bool) -> Value:
    if len(owner) > 20_000 or len(new) > 1_000:
        return UNKNOWN
    if isinstance(pattern, str) and pattern:
        return owner.replace(pattern, new, -1 if every else 1)
    if isinstance(pattern, Regex):
        new = _GROUP.sub(lambda match: rf"\g<{match[1].replace('&', '0')}>", new.replace("\\", "\\\\"))
        try:
            return re2.sub(pattern.matcher(), new, owner, count=0 if "g" in pattern.flags else 1)
        except (re2.error, IndexError):
            return UNKNOWN
    return UNKNOWN


def tested(pattern: Regex, subject: Value) -> Value:
    """`pattern.test(subject)`."""
    if not isinstance(subject, str):
        return UNKNOWN
    try:
        return re2.search(pattern.matcher(), subject) is not None
    except re2.error:
        return UNKNOWN


def _matched(owner: str, pattern: Regex, name: str) -> Value:
    """The groups of a match, `null` where there is none; unknown for all matches of many."""
    if name != "match" or "g" in pattern.flags or len(owner) > 20_000:
        return UNKNOWN
    try:
        match = re2.search(pattern.matcher(), owner)
    except re2.error:
        return UNKNOWN
    return [match[0], *match.groups()] if match is not None else None


def _replaced_by(reader: Expressions, owner: str, pattern: Value, new: Function, every: bool) -> Value:
    """Each match replaced by what a function makes of it and its groups."""
    if len(owner) > 500 or not isinstance(pattern, Regex):
        return UNKNOWN
    try:
        matches = list(re2.finditer(pattern.matcher(), owner))
    except re2.error:
        return UNKNOWN
    parts, end = [], 0
    for match in matches if every or "g" in pattern.flags else matches[:1]:
        made = plain(reader.call(new, [match[0], *match.groups()]))
        if not isinstance(made, str):
            return UNKNOWN
        parts += [owner[end : match.start()], made]
        end = match.end()
    return "".join([*parts, owner[end:]])
