"""Every text of a definition that a model may read: names, descriptions, values, at any depth."""

import unicodedata

from msgspec import Struct

from classifier.poisoning.patterns import Late
from crawler.tools import Json, Tool

#: Stops a hostile definition that nests without end.
_DEPTH = 40
#: Keys whose short values no model acts on.
_MACHINE = frozenset({"type", "$schema", "$id", "icons", "format"})
_SHORT = 60
#: Objects whose keys are names that an author chose.
_NAMING = ("properties", "$defs", "definitions", "patternProperties", "dependentRequired", "dependentSchemas")
#: Latin letters in another form: full width, mathematical, circled.
ODD_LATIN = "\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d6a3\u24b6-\u24e9\U0001f130-\U0001f149"
#: As much of them as a word needs.
ODD_FORMS = Late(f"[{ODD_LATIN}]{{2}}")
_ODD = Late(f"[{ODD_LATIN}\u2018\u2019\u00a0]")
#: A value that is put together as names are, of three words or more.
_LONGEST_NAME = 200
_JOINED = Late(r"[A-Za-z]\w*(?:[_-]+[A-Za-z0-9]+){2,}\Z")


class Text(Struct, frozen=True, gc=False):
    """One text and where it stands; property names are texts too."""

    field: str
    text: str
    #: Whether it is an identifier: the tool's name, or a property's.
    identifier: bool = False

    @property
    def argument(self) -> bool:
        """Whether it speaks of one argument, so that it need not say in words where something is to be put."""
        return ".properties." in self.field and not self.identifier and self.field.startswith("inputSchema")

    @property
    def folded(self) -> str:
        """The text as a model reads it, of the same length: odd forms of letters as plain ones, the joints of names as spaces."""
        text = self.text
        if not text.isascii() and _ODD.search(text):
            text = "".join(map(_plain, text))
        return text.replace("_", " ").replace("-", " ") if self.joined else text

    @property
    def joined(self) -> bool:
        """Whether its words are joined: an identifier, or a value that is written like one."""
        return self.identifier or (len(self.text) <= _LONGEST_NAME and _JOINED.match(self.text) is not None)


def texts(tool: Tool) -> list[Text]:
    """The tool's name, title and description, then everything else in its definition."""
    found = [Text("name", tool.name, identifier=True)]
    definition = tool.definition
    for key in ("title", "description"):
        value = definition.get(key, getattr(tool, key))
        if isinstance(value, str):
            found.append(Text(key, value))
    for key, value in definition.items():
        if key not in ("name", "title", "description"):
            _add(found, value, key, 0)
    if "inputSchema" not in definition:
        _add(found, tool.input_schema, "inputSchema", 0)
    return found


def _add(found: list[Text], value: Json, field: str, depth: int) -> None:
    """Add the texts of a value to *found*."""
    if isinstance(value, str):
        found.append(Text(field, value))
    elif isinstance(value, dict) and depth < _DEPTH:
        named = field.endswith(_NAMING)
        for key, inner in value.items():
            here = f"{field}.{key}"
            if named or len(key) > _SHORT or " " in key:
                found.append(Text(here, key, identifier=named))
            if not isinstance(inner, str):
                _add(found, inner, here, depth + 1)
            elif key not in _MACHINE or len(inner) > _SHORT or " " in inner:
                found.append(Text(here, inner))
    elif isinstance(value, list) and depth < _DEPTH:
        for position, inner in enumerate(value):
            _add(found, inner, f"{field}.{position}", depth + 1)


def _plain(char: str) -> str:
    if char in "\u2018\u2019":
        return "'"
    plain = unicodedata.normalize("NFKC", char) if _ODD.match(char) else char
    return plain if len(plain) == 1 else char
