"""What names stand for in a package: strings, joined ones too, and lists of strings, each file looked through once."""

import re
from collections.abc import Iterator, Mapping, Sequence

from crawler.introspect.static.literals import unquoted
from crawler.introspect.static.reading import Notes

#: Declarations kept of one package; what real ones hold is a small part of it.
MOST_CONSTANTS = 400_000

#: Constants that stand for constants.
_DEEPEST = 30

#: Characters of a constant that is put together of others, which can double at each step.
_LONGEST = 20_000

#: A literal; one that never ends is taken to the end of the file, so that nothing is looked through twice.
LITERAL = r'''"""[\s\S]*?"""|@?"(?:[^"\\]|\\[\s\S])*+"?+|`[^`]*+`?+|'(?:[^'\\\n]|\\.)*+'?+'''
_NAME = r"[A-Za-z_$][\w$]*+(?:(?:\.|::)[A-Za-z_$][\w$]*+)*+"
_PART = rf"(?:{LITERAL}|{_NAME})"
_PARTS = re.compile(_PART)

#: An assignment of literals and names joined by signs, with nothing but those between them.
_ASSIGNED = re.compile(
    rf"=[ \t\r\n]*+((?:{LITERAL})(?:\s*+[+.]\s*+{_PART})*+|{_NAME}(?:\s*+[+.]\s*+{_PART})++)(?!\s*+[+.]\s*+[\w$(]|\s*+\()".encode()
)
#: What stands before the sign, back to the last thing that no declaration holds; the names of properties are none.
_STOPS = re.compile(rb"[=\n;,(){}]")
_WIDEST = 100
_WORDS = re.compile(rb"(?<![\w$.>])[A-Za-z_$][\w$]*+")
_SIGNS = frozenset(b"!<>+-*/|&^%~")

_LIST = re.compile(rb"=[ \t]*+\[[^\]\n]{0,9}\]string\{")
_BRACES = re.compile(rb"[{}]")
_ITEMS = re.compile(rf"//[^\n]*+|({LITERAL})")

#: What a declaration must hold besides its name, in languages in which arguments and properties are written alike.
_DECLARES = {
    "csharp": re.compile(rb"\b(?:const|readonly|string|String|var)\b"),
    "java": re.compile(rb"\b(?:static|final|String|var)\b"),
    "kotlin": re.compile(rb"\b(?:val|var)\b"),
    "rust": re.compile(rb"\b(?:const|static|let)\b"),
}

#: What a name is declared as, by name; two different things make it unknown.
_Index = dict[bytes, bytes | None]


class Constants:
    """The constants of the files of one language."""

    def __init__(self, files: Mapping[str, bytes], paths: Sequence[str], language: str, notes: Notes) -> None:
        self._files = files
        self._paths = paths
        self._declares = _DECLARES.get(language)
        #: In Go every name is known in all files of its folder.
        self._packages = language == "go"
        self._notes = notes
        self._room = MOST_CONSTANTS
        self._indexes: dict[tuple[str, str], _Index] = {}
        self._values: dict[tuple[str, str, bool], str | None] = {}
        self._lists: dict[bytes, bytes | None] | None = None
        self._items: dict[str, list[str]] = {}

    def text(self, name: str, file: str, *, elsewhere: bool = True, depth: int = 0) -> str | None:
        """The string that a name is declared as: in this file, else in all files, if it is just one."""
        key = (name, file, elsewhere)
        if key not in self._values:
            self._values[key] = None  # while it is looked for, so that a circle ends
            self._values[key] = self._text(name, file, elsewhere, depth)
        return self._values[key]

    def item(self, name: str, number: int) -> str | None:
        """An item of the list of texts that a name is declared as, if that is just one."""
        if name not in self._items:
            inside = self._listed().get(name.encode())
            found = _ITEMS.findall(inside.decode("utf-8", "replace")) if inside is not None else []
            self._items[name] = [unquoted(text) for text in found if text]
        return self._items[name][number] if number < len(self._items[name]) else None

    def _text(self, name: str, file: str, elsewhere: bool, depth: int) -> str | None:
        places = [("file", file)]
        places += [("folder", file.rpartition("/")[0])] if self._packages else []
        places += [("all", "")] if elsewhere else []
        for place in places if depth <= _DEEPEST else ():
            written = self._index(place).get(name.encode())
            if written is not None:
                return self._joined(written.decode("utf-8", "replace"), file, elsewhere, depth)
        return None

    def _joined(self, written: str, file: str, elsewhere: bool, depth: int) -> str | None:
        found = ""
        for match in _PARTS.finditer(written):
            part = match[0]
            if part[0] in "\"'`@":
                text = unquoted(part) if _ends(part) else None
            else:
                bare = re.split(r"\.|::", part)[-1]
                text = self.text(bare, file, elsewhere=elsewhere, depth=depth + 1)
            if text is None or len(found) + len(text) > _LONGEST:
                return None
            found += text
        return found

    def _index(self, place: tuple[str, str]) -> _Index:
        if place not in self._indexes:
            if place[0] == "file":
                found = self._declared(self._files[place[1]])
            else:
                found = {}
                for path in self._paths:
                    if place[0] == "all" or path.rpartition("/")[0] == place[1]:
                        for name, value in self._index(("file", path)).items():
                            found[name] = value if found.get(name, value) == value else None
            self._indexes[place] = found
        return self._indexes[place]

    def _declared(self, content: bytes) -> _Index:
        found: _Index = {}
        for match in _ASSIGNED.finditer(content):
            for name in self._named(content, match.start()):
                if name not in found:
                    self._room -= 1
                found[name] = match[1] if found.get(name, match[1]) == match[1] else None
            if self._room < 0:
                self._notes.doubt(f"more than {MOST_CONSTANTS} constants; the rest was not looked at")
                break
        return found

    def _named(self, content: bytes, sign: int) -> Iterator[bytes]:
        """The words before an equals sign that may be what is declared: the name, its type, and how it is declared."""
        end = sign - 1 if content[sign - 1 : sign] == b":" else sign
        if sign and content[end - 1] in _SIGNS:
            return
        line = _STOPS.split(content[max(end - _WIDEST, 0) : end])[-1]
        if self._declares is None or self._declares.search(line):
            yield from _WORDS.findall(line)

    def _listed(self) -> dict[bytes, bytes | None]:
        """What stands in the braces of the lists of all files, by name."""
        if self._lists is None:
            self._lists = {}
            for path in self._paths:
                content = self._files[path]
                for match in _LIST.finditer(content):
                    brace = _BRACES.search(content, match.end())
                    inside = content[match.end() : brace.start()] if brace and brace[0] == b"}" else None
                    for name in self._named(content, match.start()):
                        self._room -= 1
                        kept = name not in self._lists or self._lists[name] == inside
                        self._lists[name] = inside if kept and self._room > 0 else None
        return self._lists


def _ends(literal: str) -> bool:
    """Whether a literal is closed."""
    opening = literal[1] if literal[0] == "@" else literal[0]
    return len(literal) > 1 + (literal[0] == "@") and literal[-1] == opening
