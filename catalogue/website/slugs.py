"""Turns names into path segments: one name, one segment, on every file system, for ever."""

import hashlib
import re

#: A longer segment is cut and ended with a digest; file systems end at 255 bytes, links read badly long before.
LONGEST = 120

_KEPT = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.@+")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?")
_PLAIN = re.compile(r"[a-z0-9_@+-][a-z0-9_.@+-]*(?<!\.)")


def slug(name: str) -> str:
    """One path segment for *name*: lower-case ASCII, injective, no reserved or hidden file name, at most `LONGEST`.

    `~a` stands for the capital A, `~0e9~` for the character U+00E9, and `~-` begins the digest of a cut name.
    """
    if len(name) <= LONGEST and _PLAIN.fullmatch(name) and not _RESERVED.fullmatch(name):
        return name
    text = "".join(_spell(character) for character in name) or "~00~"
    if text.startswith(".") or _RESERVED.fullmatch(text):
        text = _code(text[0]) + text[1:]
    if text.endswith("."):
        text = text[:-1] + _code(".")
    if len(text) <= LONGEST:
        return text
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return text[: LONGEST - 34].rstrip("~.") + "~-" + digest


def numbered(names: tuple[str, ...]) -> tuple[str, ...]:
    """A slug for each name; a name that was already used gets `~.2`, `~.3` and so on behind it."""
    seen: dict[str, int] = {}
    slugs = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        slugs.append(slug(name) if seen[name] == 1 else f"{slug(name)}~.{seen[name]}")
    return tuple(slugs)


def _spell(character: str) -> str:
    if character in _KEPT:
        return character
    if "A" <= character <= "Z":
        return "~" + character.lower()
    return _code(character)


def _code(character: str) -> str:
    return f"~0{ord(character):x}~"
