"""The JavaScript and TypeScript files of a package: which have to do with tools, and which one an import means."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from ast_grep_py import SgNode, SgRoot

from crawler.introspect.static.javascript.bodies import Bodies
from crawler.introspect.static.javascript.costs import is_too_costly
from crawler.introspect.static.javascript.parts import divided, index, mark
from crawler.introspect.static.javascript.places import Places
from crawler.introspect.static.javascript.reach import imports, programs, reached, scripted, started
from crawler.introspect.static.javascript.sources import Module, Part
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.words import holds_any

#: Bytes of a file that is still read, and of one that is read whole rather than in parts.
LARGEST_FILE = 12_000_000
LARGEST_WHOLE = 200_000

#: Words that only name what has to do with tools; where they stand, nothing is registered yet.
NAMING = (
    *("ListTools", "ListToolsRequestSchema", "McpServer", "FastMCP"),
    *(f"{quote}tools/list{quote}" for quote in "\"'`"),
)

#: A file without any of these words registers nothing, so it is read only if another file needs a name of it.
TRIGGERS = (
    *(
        "registerTool",
        "registerTools",
        "registerToolTask",
        "registerAppTool",
        ".tool(",
        "addTool",
        "addTools",
        ".defineTool(",
    ),
    *("genkitx-mcp", "@genkit-ai/mcp"),
    *(".setRequestHandler(", "MCPTool", "@Tool(", "ToolMetadata"),
    *NAMING,
)
_TRIGGER_BYTES = tuple(word.encode() for word in TRIGGERS)

#: One of these is part of each of those words; most files of most packages hold none.
ROOTS = (b"genkit", b"Tool", b".tool(", b"tools/list", b".setRequestHandler(", b"McpServer", b"FastMCP")

#: Modules looked at because they call what registers tools, or say that they are programs.
MOST_CALLERS = 50

_LANGUAGES = {"ts": "typescript", "mts": "typescript", "cts": "typescript", "tsx": "tsx"}

_EXTENDS = re.compile(rb"\bextends (?:\w+\.)?([A-Za-z_$][\w$]*)")


class Package(Places):
    """Finds, parses and keeps the JavaScript files of one package."""

    def __init__(self, files: Mapping[str, bytes], sources: Sequence[str], notes: Notes) -> None:
        super().__init__(files, sources)
        self._notes = notes
        self._heirs: dict[str, list[str]] | None = None
        self._reached: frozenset[str] | None = None

    def triggers(self) -> list[Module]:
        """The modules among the sources that hold a word that has to do with tools, those first that the program comes to."""
        paths = [
            path
            for path in self._sources
            if holds_any(self._files[path], ROOTS) and holds_any(self._files[path], _TRIGGER_BYTES)
        ]
        start = [module.file for module in programs(self._files, self.find, self._source_of)]
        self._reached = reached(self._files, start, self.find, set(paths))
        if not start:
            scripts = [module.file for module in scripted(self._files, self.find, self._source_of)]
            self._reached = reached(self._files, scripts, self.find, set(paths))
            start = [module.file for module in started(self._files, self.find, self._source_of)]
            start += [path for path in self._sources if self._is_program(path)][:MOST_CALLERS]
        paths = list(
            dict.fromkeys([*(path for path in start if len(self._files[path]) <= LARGEST_WHOLE), *paths])
        )
        modules = [module for module in map(self.module, paths) if self.load(module)]
        return sorted(modules, key=self.aside)

    def _is_program(self, path: str) -> bool:
        """Whether a file says that it is a program, other than for whoever works on the package."""
        return self._files[path].startswith(b"#!") and "scripts" not in path.split("/")

    def aside(self, module: Module) -> bool:
        """Whether the program that is called like the package never comes to this file."""
        return self._reached is not None and module.file not in self._reached

    def extending(self, name: str) -> list[Module]:
        """The modules that declare a class that extends one of this name."""
        if self._heirs is None:
            self._heirs = {}
            for path in self._sources:
                content = self._files[path]
                if len(content) <= LARGEST_WHOLE:
                    for parent in {match[1].decode() for match in _EXTENDS.finditer(content)}:
                        self._heirs.setdefault(parent, []).append(path)
        return [self.module(path) for path in self._heirs.get(name, ())]

    def calling(self, functions: set[tuple[str, str]]) -> list[Module]:
        """The modules, not read so far, that call one of these functions, each a name and its file.

        Short names are those of many functions, so they count only where the file is imported.
        """
        calls = [(f"{name}(".encode(), file) for name, file in functions]
        found: list[Module] = []
        for path in self._sources:
            content, module = self._files[path], self.module(path)
            if module.state != "found" or len(content) > LARGEST_WHOLE:
                continue
            here = [(call, file) for call, file in calls if call in content]
            near = {one.file for one in imports(content, module, self.find)} if here else set[str]()
            words = {call.decode() for call, file in here if len(call) > 6 or file in near}
            if words:
                module.words = sorted(words)
                found.append(module)
        return sorted(found, key=self.aside)[:MOST_CALLERS]

    def mentions(self, name: str, file: str) -> bool:
        """Whether any source says the name of a function of `file` other than to declare or export it.

        What the file exports by default may have another name elsewhere, or be found by its folder.
        """
        word = re.escape(name.encode()) + rb"(?![\w$])"
        default = re.compile(rb"(?:default|module\.exports =) (?:async )?(?:function\*? |class )?" + word)
        return self._says(name) or (
            default.search(self._files[file]) is not None and not self._is_only_passed_on(file)
        )

    def is_named_elsewhere(self, name: str, file: str) -> bool:
        """Whether another source says the name of what `file` declares, or may find it without one."""
        word = re.compile(rb"(?<![\w$])" + re.escape(name.encode()) + rb"(?![\w$])")
        default = re.compile(
            rb"(?:\bdefault|module\.exports =|=> |@\w+\([^)]{0,300}\)\s*(?:export )?)\s*(?:class )?"
            + word.pattern
        )
        return default.search(self._files[file]) is not None or any(
            name.encode() in self._files[path] and word.search(self._files[path])
            for path in self._sources
            if path != file
        )

    def _says(self, name: str) -> bool:
        word = re.escape(name.encode()) + rb"(?![\w$])"
        plain = re.compile(rb"(?<![\w$])" + word)
        empty = re.compile(
            rb"(?:function\*? |(?:const|let|var|class) |exports\.|default |module\.exports = )"
            + word
            + rb"|= "
            + word
            + rb";|export \{[^{}]*\}"
        )
        contents = (self._files[path] for path in self._sources)
        return any(name.encode() in content and plain.search(empty.sub(b"", content)) for content in contents)

    def _is_only_passed_on(self, file: str) -> bool:
        """Whether sources only export again what a file exports by default, under names that nobody says."""
        stem = re.sub(r"(?:/index)?\.[cm]?[jt]sx?$", "", file).rpartition("/")[2]
        path = rb"[\"'][^\"'\n]*" + re.escape(stem.encode()) + rb"(?:/index)?(?:\.\w+)?[\"']"
        loads = re.compile(rb"(?:\bimport\b(?:[^;\"'`]{0,3000}\bfrom)?|\brequire)\s*\(?\s*" + path)
        again = re.compile(
            rb"\bexport\s*\{[^{}]{0,3000}\bdefault as ([\w$]+)[^{}]{0,3000}\}\s*from\s*" + path
        )
        contents = [
            content for content in map(self._files.get, self._sources) if content and stem.encode() in content
        ]
        aliases = {alias.decode() for content in contents for alias in again.findall(content)}
        return bool(aliases) and not any(map(loads.search, contents)) and not any(map(self._says, aliases))

    def load(self, module: Module) -> bool:
        """Read the file and divide it into parts; whether it can be read."""
        if module.state != "found":
            return module.state == "loaded"
        module.state = "refused"
        content = self._files[module.file]
        if len(content) > LARGEST_FILE:
            self._notes.doubt(f"{module.file} is larger than {LARGEST_FILE} bytes and was not read")
            return False
        module.text = content.decode("utf-8", "replace")
        if is_too_costly(module.text):
            self._notes.doubt(f"{module.file} takes the parser too long and was not read")
            return False
        module.state = "loaded"
        module.words += [word for word in TRIGGERS if word in module.text]
        whole = len(module.text) <= LARGEST_WHOLE
        module.parts = [Part(0, len(module.text), 1)] if whole else divided(module.text)
        if len(module.parts) > 1:
            index(module)
        mark(module, module.words)
        return True

    def parse(self, module: Module, part: Part) -> list[SgNode]:
        """The top-level statements of a part."""
        if part.statements is None:
            parse = partial(self._tree, module.file)
            source = module.text[part.start : part.end]
            if len(module.parts) < 2:
                part.left_out = Bodies(source, parse)
                root = part.left_out.root(part.words)
            else:
                root = parse(source)
            part.statements = root.children()
        return part.statements

    def _tree(self, file: str, source: str) -> SgNode:
        """The tree of some source of a file; an empty one, with a doubt, where the parser would take too long."""
        if is_too_costly(source):
            self._notes.doubt(f"{file} takes the parser too long and was not read")
            source = ""
        self._notes.parsing(file)
        return SgRoot(source, _LANGUAGES.get(file.rpartition(".")[2], "javascript")).root()


def without_twins(paths: Sequence[str]) -> list[str]:
    """The sources without those that lie there a second time: built for another module system, or before they were built."""
    known = {re.sub(r"\.[cm]?[jt]sx?$", "", path) for path in paths}
    return [path for path in paths if not known.intersection(_twins(path))]


def _twins(path: str) -> Iterator[str]:
    """Where the same source would lie if it were built otherwise."""
    stem, _, suffix = re.sub(r"\.([cm]?[jt]sx?)$", r"|\1", path).partition("|")
    for name in ("commonjs", "cjs"):
        if f"/{name}/" in stem:
            yield from (stem.replace(f"/{name}/", f"/{other}/") for other in ("esm", "es"))
    folder, _, rest = stem.partition("/")
    if folder == "src" and "t" in suffix:
        yield from (f"{built}/{rest}" for built in ("dist", "build", "lib", "out", "dist/src", "build/src"))
