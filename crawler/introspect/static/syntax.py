"""Syntax trees of the languages whose SDKs register tools with literals: strings, constants, named arguments."""

import inspect
import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

from ast_grep_py import SgNode, SgRoot

from crawler.introspect.static.blocks import DIALECTS, Found, Gaps, find_all, sparse
from crawler.introspect.static.constants import Constants
from crawler.introspect.static.literals import unquoted
from crawler.introspect.static.nodes import STRINGS, Spans, children, last_name, string_of
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.words import holds_any

#: Bytes of a file that is still read; generated clients are larger and register nothing.
LARGEST_FILE = 1_000_000

#: Brackets inside of brackets; what is nested deeper was written to keep a reader busy.
DEEPEST_NESTING = 300

_DEPTHS = bytes.maketrans(b"([{)]}", b"((()))")
_OTHER = bytes(set(range(256)) - set(b"([{)]}"))

#: Strings joined into one, and constants that stand for constants.
DEEPEST = 30

T = TypeVar("T")


class Sources:
    """The files of one language, with what names stand for in them."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        paths: Sequence[str],
        language: str,
        notes: Notes,
        prepare: Callable[[str], str] | None = None,
        kinds: Sequence[str] = (),
    ) -> None:
        """`prepare` may blank parts of a file before it is parsed, line for line; nodes of these *kinds* are found in one go."""
        self._files = files
        self._paths = paths
        self.language = language
        self._notes = notes
        self._prepare = prepare
        self.kinds = frozenset(kinds)
        self._places: dict[tuple[str, ...], dict[tuple[bytes, str | None], list[str]]] = {}
        self._constants = Constants(files, paths, language, notes)
        self._parsed: dict[str, Tree] = {}

    def trees(
        self, *words: str, also: tuple[str, ...] = ("",), inside: tuple[str, ...] = ()
    ) -> "Iterator[Tree]":
        """The parsed files that hold one of these words, and one of those.

        Blocks of them in which none of the words *inside*, or else of the former, stands may be empty.
        """
        wanted, besides = (tuple(word.encode() for word in given) for given in (words, also))
        for path in self._paths:
            content = self._files[path]
            if (
                holds_any(content, wanted)
                and holds_any(content, besides)
                and (tree := self._tree(path, inside or words)) is not None
            ):
                yield tree

    def declaring(self, patterns: tuple[str, ...], name: str, file: str = "") -> "Iterator[Tree]":
        """The parsed files in which a pattern, whose group is a name, finds this one: that beside `file` first, three at most.

        A pattern that begins with a word is found several times as fast as one that begins with a choice.
        """
        if patterns not in self._places:
            self._places[patterns] = self._declarations([re.compile(one.encode()) for one in patterns])
        places, wanted = self._places[patterns], name.encode()
        beside = places.get((wanted, file.rpartition("/")[0]), [])
        for path in [*beside, *(other for other in places.get((wanted, None), ()) if other not in beside)]:
            if (tree := self._tree(path, ())) is not None:
                yield tree.whole if name in tree.declared_aside(patterns) else tree

    def _declarations(self, patterns: list[re.Pattern[bytes]]) -> dict[tuple[bytes, str | None], list[str]]:
        """Where the names are that a pattern finds: one file of each folder, and two of all."""
        found: dict[tuple[bytes, str | None], list[str]] = {}
        for path in self._paths:
            folder = path.rpartition("/")[0]
            content = self._files[path]
            for name in (name for declared in patterns for name in declared.findall(content)):
                found.setdefault((name, folder), [path])
                anywhere = found.setdefault((name, None), [])
                if len(anywhere) < 2 and path not in anywhere:
                    anywhere.append(path)
        return found

    def _tree(self, path: str, words: Sequence[str]) -> "Tree | None":
        content = self._files[path]
        if len(content) > LARGEST_FILE:
            self._notes.doubt(f"{path} is larger than {LARGEST_FILE} bytes and was not read")
            return None
        if path not in self._parsed:
            if _nests_deeply(content):
                self._notes.doubt(f"{path} nests more than {DEEPEST_NESTING} deep and was not read")
                return None
            source = content.decode("utf-8", "replace")
            source = self._prepare(source) if self._prepare is not None else source
            self._parsed[path] = self._sparse(path, source, words)
        return self._parsed[path].with_all(words)

    def _sparse(self, path: str, source: str, words: Sequence[str]) -> "Tree":
        if not words or self.language not in DIALECTS:
            return Tree(path, source, self.parse(path, source), self)
        found = sparse(source, self.language, words, self.kinds, lambda some: self.parse(path, some))
        return Tree(path, source, found.root, self, found=found.found, gaps=found.gaps)

    def parse(self, path: str, source: str) -> SgNode:
        """The tree of what a file holds, or of what is left of it."""
        self._notes.parsing(path)
        return SgRoot(source, self.language).root()

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
        return self._constants.text(name, file, elsewhere=elsewhere)

    def item(self, name: str, number: int) -> str | None:
        """An item of the list of texts that a name is declared as, if that is just one."""
        return self._constants.item(name, number)


class Tree:
    """One parsed file."""

    def __init__(
        self,
        file: str,
        source: str,
        root: SgNode,
        sources: Sources,
        *,
        above: int = 0,
        found: Found | None = None,
        gaps: Gaps | None = None,
    ) -> None:
        self.file = file
        self.source = source
        self.root = root
        self.sources = sources
        #: Lines of the file before the first one of `source`.
        self.above = above
        self._gaps = gaps
        #: What stands in the blocks that are empty in the tree.
        self._aside = gaps.aside() if gaps is not None else ""
        self._found = found
        self._declared: dict[str, dict[str, SgNode]] = {}
        self._kept: dict[Hashable, Any] = {}

    @cached_property
    def whole(self) -> "Tree":
        """The file with all its blocks."""
        if not self._aside:
            return self
        return Tree(self.file, self.source, self.sources.parse(self.file, self.source), self.sources)

    def with_all(self, words: Sequence[str]) -> "Tree":
        """The file with all its blocks in which one of these words stands."""
        return self.whole if self._aside and holds_any(self._aside, words) else self

    def declared_aside(self, patterns: tuple[str, ...]) -> frozenset[str]:
        """The names that one of these patterns finds in the blocks that are empty."""
        return self.kept(
            patterns,
            lambda tree: frozenset(name for one in patterns for name in re.findall(one, tree._aside)),
        )

    def all(self, kind: str) -> list[SgNode]:
        """The nodes of a kind, in order."""
        if kind not in self.sources.kinds:
            return self.root.find_all(kind=kind)
        if self._found is None:
            self._found = find_all(self.root, self.sources.kinds)
        return self._found[kind]

    def written(self, node: SgNode) -> str:
        """The source of a node, with the blocks that are empty in the tree."""
        return self._gaps.text(node) if self._gaps is not None else node.text()

    def kept(self, key: Hashable, find: "Callable[[Tree], T]") -> T:
        """What was found in the file the first time."""
        if key not in self._kept:
            self._kept[key] = find(self)
        found: T = self._kept[key]
        return found

    def declared(self, kind: str) -> dict[str, SgNode]:
        """The declarations of this kind by their names, the first of each."""
        if kind not in self._declared:
            found: dict[str, SgNode] = {}
            for node in self.all(kind):
                own = node.field("name")
                if own is not None:
                    found.setdefault(own.text(), node)
            self._declared[kind] = found
        return self._declared[kind]

    def around(self, node: SgNode, *kinds: str) -> Iterator[SgNode]:
        """The nodes of these kinds around a node, the nearest first."""
        spans = self.kept(
            kinds,
            lambda tree: Spans([one for kind in kinds for one in tree.all(kind)]),
        )
        return spans.around(node)

    def line(self, node: SgNode) -> int:
        """The line of a node in its file, counted from 1."""
        return node.range().start.line + 1 + self.above

    def inner(self, source: str, language: str, node: SgNode) -> "Tree":
        """A tree of source that stands inside this one at `node`, but was not parsed with it."""
        return Tree(
            self.file, source, SgRoot(source, language).root(), self.sources, above=self.line(node) - 1
        )

    def text(self, node: SgNode | None, depth: int = 0) -> str | None:
        """The string that an expression is, folded from literals, joins and constants."""
        if node is None or depth > DEEPEST:
            return None
        kind = node.kind()
        if kind in STRINGS or kind == "interpolated_string_expression":
            known = string_of(node) if kind in STRINGS else None
            return self._filled(node, depth) if known is None else known
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
        if self.sources.language in _VALUES and _OF_VALUE.search(node.text()[-300:]):
            return None
        if name[:1].isupper():
            return self.sources.constant(name, self.file)
        plain = node.text() == name and name not in _PARAMETERS
        return self.sources.constant(name, self.file, elsewhere=False) if plain else None

    def _joined(self, parts: list[SgNode], depth: int) -> str | None:
        words = [self.text(part, depth + 1) for part in parts]
        return "".join(word for word in words if word is not None) if None not in words else None

    def _filled(self, node: SgNode, depth: int) -> str | None:
        """A string into which constants are put."""
        found = ""
        for child in node.children():
            kind = child.kind()
            if kind == "interpolated_identifier":
                known = self.sources.constant(child.text(), self.file, elsewhere=child.text()[:1].isupper())
            elif "interpolat" in kind and not kind.endswith(("_start", "_end", "_text")):
                inner = [one for one in children(child) if one.kind() not in _MARKS]
                known = self.text(inner[0], depth + 1) if len(inner) == 1 else None
            else:
                known = unquoted(f'"{child.text()}"') if kind in _CONTENTS else ""
            if known is None:
                return None
            found += known
        return found or None

    def _formatted(self, given: list[SgNode], depth: int) -> str | None:
        """`fmt.Sprintf("%s_find", Prefix)` and `String.format(...)` of what is known."""
        texts = [self.text(argument, depth + 1) for argument in given]
        parts = _PLACEHOLDER.split(texts[0]) if texts and texts[0] is not None else []
        filled = [text for text in texts[1:] if text is not None]
        if (
            not parts
            or "%" in "".join(parts)
            or len(filled) != len(texts) - 1
            or len(filled) != len(parts) - 1
        ):
            return None
        return parts[0] + "".join(word + part for word, part in zip(filled, parts[1:], strict=True))

    def _converted(self, inner: list[SgNode], depth: int) -> str | None:
        """`"x".into()`, `String::from("x")`, `Some("x".into())` and the like."""
        if not inner:
            return None
        name = last_name(inner[0])
        if name in _FORMATS:
            return self._formatted(children(inner[-1]), depth)
        if name in _CONVERSIONS:
            receiver = children(inner[0])
            known = self.text(receiver[0], depth + 1) if receiver else None
            return inspect.cleandoc(known).strip() if known is not None and name in _TRIMS else known
        given = children(inner[-1])
        return self.text(given[0], depth + 1) if name in _WRAPPERS and given else None


#: Languages in which what stands before a dot in small letters is a value, whose properties are no constants.
_VALUES = frozenset({"csharp", "java", "kotlin"})
_OF_VALUE = re.compile(r"(?:^|[.?!\s])(?!(?:this|self|base)\b)[a-z]\w*[?!]*\.\w+$")

#: What stands in strings with something put into them, besides that: their text, and the signs around.
_CONTENTS = frozenset(
    {"string_content", "string_literal_content", "interpolated_string_text", "string_value"}
)
_MARKS = frozenset({"interpolation_brace", "${", "#{", "$", "interpolation_start"})
_FORMATS = frozenset({"Sprintf", "sprintf", "format"})
_PLACEHOLDER = re.compile(r"%[sv]")

_TRANSPARENT = frozenset(
    {
        "parenthesized_expression",
        "literal_element",
        "element_value",
        "argument",
        "value_argument",
        "function_body",
        "type_conversion_expression",
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
_WRAPPERS = frozenset({"Some", "from", "RawMessage", "Borrowed", "new", "Ptr", "String", "ToPtr"})


def _nests_deeply(content: bytes) -> bool:
    """Whether brackets nest deeper than a reader follows, those in texts too."""
    signs = content.translate(_DEPTHS, _OTHER)
    for _ in range(DEEPEST_NESTING):
        if b"()" not in signs:
            break
        signs = signs.replace(b"()", b"")
    return b"()" in signs or signs.count(b"(") > DEEPEST_NESTING
