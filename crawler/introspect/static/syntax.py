"""Syntax trees of the languages whose SDKs register tools with literals: strings, constants, named arguments."""

import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence

from ast_grep_py import SgNode, SgRoot

from crawler.introspect.static.reading import Notes
from crawler.introspect.static.words import holds_any

#: Bytes of a file that is still read; generated clients are larger and register nothing.
LARGEST_FILE = 1_000_000

#: Strings joined into one, and constants that stand for constants.
DEEPEST = 30

_PUNCTUATION = frozenset(
    {"(", ")", "[", "]", "{", "}", ",", ";", ":", ".", "|", "=>", "=", "comment", "line_comment"}
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f"}
_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r?\n[ \t]*|[\s\S])")
_LITERAL = r"""@?"(?:[^"\\]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*'"""

#: Literals joined by signs, with nothing but literals between them.
_JOINED = rf"(?:{_LITERAL})(?:\s*[+.]\s*(?:{_LITERAL}))*(?!\s*[+.]\s*[\w$(])"

STRINGS = frozenset(
    {
        "string_literal",
        "interpreted_string_literal",
        "raw_string_literal",
        "verbatim_string_literal",
        "string",
    }
    | {
        "encapsed_string",
        "character_literal",
        "multiline_string_literal",
        "text_block",
        "simple_symbol",
        "symbol",
    }
    | {"string_value", "nowdoc", "heredoc", "line_string_literal", "multi_line_string_literal"}
)


class Sources:
    """The files of one language, with what names stand for in them."""

    def __init__(self, files: Mapping[str, bytes], paths: Sequence[str], language: str, notes: Notes) -> None:
        self._files = files
        self._paths = paths
        self._language = language
        self._notes = notes
        self._constants: dict[tuple[str, str], str | None] = {}
        self._lists: dict[str, list[str]] = {}
        self._parsed: dict[str, Tree] = {}

    def trees(self, *words: str) -> "Iterator[Tree]":
        """The parsed files that hold one of these words."""
        wanted = tuple(word.encode() for word in words)
        for path in self._paths:
            content = self._files[path]
            if not holds_any(content, wanted):
                continue
            if len(content) > LARGEST_FILE:
                self._notes.doubt(f"{path} is larger than {LARGEST_FILE} bytes and was not read")
                continue
            if path not in self._parsed:
                self._notes.parsing(path)
                source = content.decode("utf-8", "replace")
                self._parsed[path] = Tree(path, source, SgRoot(source, self._language).root(), self)
            yield self._parsed[path]

    def parsed(self) -> "tuple[Tree, ...]":
        """The files that were looked at so far."""
        return tuple(self._parsed.values())

    def contents(self) -> Iterator[bytes]:
        """The files as they are."""
        return (self._files[path] for path in self._paths)

    def mentions(self, pattern: str) -> bool:
        """Whether any of the files holds what the pattern describes."""
        word = re.compile(pattern.encode())
        return any(word.search(content) for content in self.contents())

    def constant(self, name: str, file: str, *, elsewhere: bool = True) -> str | None:
        """The string that a name is declared as: in this file, else in all files, if it is just one."""
        if (name, file) not in self._constants:
            here = self._declared(name, [file])
            if here is None and self._language == "go":
                here = self._declared(name, self._package(file))
            everywhere = here is None and elsewhere
            self._constants[name, file] = self._declared(name, self._paths) if everywhere else here
        return self._constants[name, file]

    def _package(self, file: str) -> list[str]:
        """The files of a Go package, in which every name is known."""
        folder = file.rpartition("/")[0]
        return [path for path in self._paths if path.rpartition("/")[0] == folder]

    def item(self, name: str, number: int) -> str | None:
        """An item of the list of texts that a name is declared as, if that is just one."""
        if name not in self._lists:
            self._lists[name] = self._listed(name)
        return self._lists[name][number] if number < len(self._lists[name]) else None

    def _listed(self, name: str) -> list[str]:
        pattern = re.compile(
            rf"\b{re.escape(name)}\b[^=\n;,(){{}}]{{0,60}}:?=\s*\[[^\]]{{0,9}}\]string\{{([^{{}}]*)\}}".encode()
        )
        contents = (self._files[path] for path in self._paths)
        found = {
            match[1]
            for content in contents
            if name.encode() in content
            for match in pattern.finditer(content)
        }
        inside = found.pop().decode("utf-8", "replace") if len(found) == 1 else ""
        return [unquoted(text) for text in re.findall(rf"//[^\n]*|({_LITERAL})", inside) if text]

    def _declared(self, name: str, paths: Sequence[str]) -> str | None:
        pattern = re.compile(rf"\b{re.escape(name)}\b[^=\n;,(){{}}]{{0,60}}:?=\s*({_JOINED})".encode())
        found: set[bytes] = set()
        for path in paths:
            content = self._files[path]
            if name.encode() in content:
                found.update(match[1] for match in pattern.finditer(content))
        if len(found) != 1:
            return None
        parts = re.findall(_LITERAL, found.pop().decode("utf-8", "replace"))
        return "".join(map(unquoted, parts))


class Tree:
    """One parsed file."""

    def __init__(self, file: str, source: str, root: SgNode, sources: Sources, above: int = 0) -> None:
        self.file = file
        self.source = source
        self.root = root
        self.sources = sources
        #: Lines of the file before the first one of `source`.
        self.above = above
        self._declared: dict[str, dict[str, SgNode]] = {}

    def declared(self, kind: str) -> dict[str, SgNode]:
        """The declarations of this kind by their names, the first of each."""
        if kind not in self._declared:
            found: dict[str, SgNode] = {}
            for node in self.root.find_all(kind=kind):
                own = node.field("name")
                if own is not None:
                    found.setdefault(own.text(), node)
            self._declared[kind] = found
        return self._declared[kind]

    def line(self, node: SgNode) -> int:
        """The line of a node in its file, counted from 1."""
        return node.range().start.line + 1 + self.above

    def inner(self, source: str, language: str, node: SgNode) -> "Tree":
        """A tree of source that stands inside this one at `node`, but was not parsed with it."""
        return Tree(self.file, source, SgRoot(source, language).root(), self.sources, self.line(node) - 1)

    def text(self, node: SgNode | None, depth: int = 0) -> str | None:
        """The string that an expression is, folded from literals, joins and constants."""
        if node is None or depth > DEEPEST:
            return None
        kind = node.kind()
        if kind in STRINGS:
            return string_of(node)
        inner = children(node)
        if kind in {"binary_expression", "additive_expression", "binary"} and len(inner) == 3:
            return self._joined([inner[0], inner[2]], depth) if inner[1].text() in "+." else None
        if kind in {"chained_string", "concatenated_string"}:
            return self._joined(inner, depth)
        if kind in _TRANSPARENT:
            return self.text(inner[-1], depth + 1) if inner else None
        if kind in _CALLS:
            return self._converted(inner, depth)
        if kind == "index_expression" and len(inner) == 2 and inner[1].text().isdecimal():
            return self.sources.item(last_name(inner[0]), int(inner[1].text()[:9]))
        return self._constant(node) if kind in _NAMES else None

    def _constant(self, node: SgNode) -> str | None:
        """A constant's value; what looks like a parameter or a property of an object is no constant."""
        name = last_name(node)
        if name[:1].isupper():
            return self.sources.constant(name, self.file)
        plain = node.text() == name and name not in _PARAMETERS
        return self.sources.constant(name, self.file, elsewhere=False) if plain else None

    def _joined(self, parts: list[SgNode], depth: int) -> str | None:
        words = [self.text(part, depth + 1) for part in parts]
        return "".join(word for word in words if word is not None) if None not in words else None

    def _converted(self, inner: list[SgNode], depth: int) -> str | None:
        """`"x".into()`, `String::from("x")`, `Some("x".into())` and the like."""
        if not inner:
            return None
        name = last_name(inner[0])
        if name in _CONVERSIONS:
            receiver = children(inner[0])
            known = self.text(receiver[0], depth + 1) if receiver else None
            return inspect.cleandoc(known).strip() if known is not None and name in _TRIMS else known
        given = children(inner[-1])
        return self.text(given[0], depth + 1) if name in _WRAPPERS and given else None


_TRANSPARENT = frozenset(
    {
        "parenthesized_expression",
        "literal_element",
        "element_value",
        "argument",
        "value_argument",
        "function_body",
    }
)
_CALLS = frozenset({"call_expression", "method_invocation", "invocation_expression", "call"})
_NAMES = frozenset(
    {"identifier", "simple_identifier", "constant", "field_identifier", "selector_expression", "field_access"}
    | {"member_access_expression", "navigation_expression", "scoped_identifier", "scope_resolution"}
    | {"class_constant_access_expression", "name", "qualified_name"}
)
#: Names that functions give to parameters.
_PARAMETERS = frozenset({"name", "description", "title", "desc", "tool", "key", "id", "text"})
_CONVERSIONS = frozenset(
    {
        "into",
        "to_string",
        "to_owned",
        "trimIndent",
        "trimMargin",
        "strip",
        "freeze",
        "clone",
        "squish",
        "stripIndent",
    }
)
_TRIMS = frozenset({"trimIndent", "trimMargin", "strip", "squish", "stripIndent"})
_WRAPPERS = frozenset({"Some", "from", "Borrowed", "new", "Ptr", "String", "ToPtr"})


def children(node: SgNode | None) -> list[SgNode]:
    """The children that are neither punctuation nor comments."""
    return (
        [child for child in node.children() if child.kind() not in _PUNCTUATION] if node is not None else []
    )


def last_name(node: SgNode) -> str:
    """The last name of a dotted or plain name."""
    found = re.search(r"([A-Za-z_$][\w$]*)\W*$", node.text()[:300])
    return found[1] if found else ""


def string_of(node: SgNode) -> str | None:
    """The value of a string literal; `None` where something is put into it."""
    if any("interpolat" in child.kind() or child.kind() in {"variable_name"} for child in node.children()):
        return None
    literal = node.text()
    if literal.startswith('"""'):
        return _block(literal, {child.kind() for child in node.children()})
    return unquoted(literal)


def unquoted(literal: str) -> str:
    """The value of a literal in any of the languages."""
    if literal.startswith(":"):
        return literal[1:].strip('"')
    for raw in ('@"', "`"):
        if literal.startswith(raw):
            return literal[len(raw) : -1].replace('""', '"')
    if match := re.match(r"b?r(#*)\"", literal):
        return literal[match.end() : -1 - len(match[1])]
    if literal.startswith('"""'):
        return _block(literal, set())
    inner = literal[1:-1]
    return _ESCAPE.sub(_character, inner) if "\\" in inner else inner


def _block(literal: str, kinds: set[str]) -> str:
    """A text of three quotes: Kotlin's as it stands, Java's and C#'s without the indentation that its lines share."""
    inner = literal.strip('"')
    if "string_content" in kinds or not inner.lstrip(" \t\r").startswith("\n"):
        return inner
    *lines, last = inner.replace("\r\n", "\n").split("\n")[1:]
    # The line of the closing quotes counts towards the indentation, which an empty line would not.
    text = textwrap.dedent("\n".join([*lines, last + "."]))[:-1]
    if "raw_string_content" in kinds:
        return text.rstrip(" ").removesuffix("\n")
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] in "ux" and len(code) > 1:
        number = int(code.strip("ux{}"), 16)
        return chr(number) if number <= 0x10FFFF else "�"
    return _ESCAPES.get(code, "" if "\n" in code else code)


def snake_case(name: str) -> str:
    """`GetIssue2Text` as `get_issue2_text`, `HTTPServer` as `http_server`."""
    spaced = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", spaced).lower()


def kebab_case(name: str) -> str:
    """`CurrentWeatherTool` as `current-weather-tool`."""
    return snake_case(name).replace("_", "-")
