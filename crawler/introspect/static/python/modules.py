"""The Python files of a package: which of them have to do with tools, and which one an import means."""

import ast
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from crawler.introspect.static.python.bodies import Bodies, parsed
from crawler.introspect.static.python.costs import is_too_costly
from crawler.introspect.static.python.docstrings import Style, style_of_fastmcp, style_of_official
from crawler.introspect.static.python.values import Module
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.words import holds_any

#: Bytes of a file that is still read; the widest hand-written server known has 300 kB.
LARGEST_FILE = 1_500_000

#: A file without any of these words registers nothing, so it is read only if another file needs a name of it.
TRIGGERS = (
    *(
        ".tool",
        "@tool",
        "_tool",
        "tool(",
        "Tool(",
        "add_tool",
        "register_tool",
        "list_tools",
        "on_list_tools",
    ),
    *(
        "ListTools",
        "ListToolsRequest",
        "tools/list",
        "from_function",
        "from_tool",
        ".mount(",
        "import_server",
    ),
    *("MCP(", "MCPServer(", "McpServer(", "MCPMixin", "MCP.from_"),
)
_TRIGGER_BYTES = tuple(word.encode() for word in TRIGGERS)

#: What registers, or leads to it, inside a function; calling or looking up a tool does not.
_REGISTERING = re.compile(
    r"@[\w.]*tool\b|\.(?:add_|register_)?tools?\(|\b(?:add|register|create|setup|init|load|make)\w*tools?\w*\(|"
    r"\b(?:\w*Tool|\w*MCP|McpServer|MCPServer)\(|\b(?:on_)?list_tools\b|ListTools|tools/list|"
    r"from_function|from_tool|MCP\.from_|"
    r"\.mount\(|import_server|\bmcp_tool\b|MCPMixin"
)

#: A file with one of these serves by itself, or is started by its path.
SERVES = re.compile(rb"__main__|\b\w*(?:MCP|Server)\(")

#: Importing by a name that is made while the package runs; then any file may be meant.
_BY_NAME = re.compile(
    rb"\b(?:import_module|__import__)\(\s*(?![\s\"'])|\b(?:iter_modules|walk_packages|spec_from_file_location|FileSystemProvider|runpy)\b"
)
#: A decorator that may enter a function or class in a table.
_ENTERS = re.compile(
    rb"(?m)^@(?!(?:dataclass|dataclasses|lru_cache|cache|functools|contextmanager|asynccontextmanager|contextlib|overload)\b)"
)
_COMMENT_LINES = re.compile(rb"(?m)^[ \t]*+#.*$")
_BASES = re.compile(rb"(?m)^class \w+\(([^)]{1,300})\)")
_FASTMCP = re.compile(rb"(?m)^[ \t]*+(?:from|import) fastmcp\b")
_WORD = re.compile(rb"[A-Za-z_]\w*")

#: Never a file of the package, whatever lies beside the importing file.
_OUTSIDE = frozenset(sys.stdlib_module_names) | {"mcp", "fastmcp", "pydantic", "mcp_types"}


class Package:
    """Finds, parses and keeps the Python files of one package."""

    def __init__(self, files: Mapping[str, bytes], sources: Sequence[str], notes: Notes) -> None:
        self._files = files
        #: The paths of the package's own files, those set aside left out.
        self.sources = sources
        self._notes = notes
        self._paths = frozenset(path for path in files if path.endswith(".py"))
        self._modules: dict[str, Module] = {}
        self._heirs: dict[str, list[str]] | None = None
        self._found: dict[tuple[str, str], Module | None] = {}
        #: Where the package imports by a name: files and lines at which it is known once, and at which it is not.
        self._known_imports: set[tuple[str, int]] = set()
        self._unknown_imports: set[tuple[str, int]] = set()

    def triggers(self) -> Iterator[Module]:
        """The modules among the sources that hold a word that has to do with tools."""
        for path in self.sources:
            content = self._files[path]
            lines = trigger_lines(content) if holds_any(content, _TRIGGER_BYTES) else []
            if lines:
                module = self.module(path)
                module.lines = lines
                yield module

    def stray(self, module: Module) -> bool:
        """Whether nothing in the package leads to this file, so that what it registers is never seen."""
        name = module.name.rpartition(".")[2].encode()
        if module.package or SERVES.search(self._files[module.file]):
            return False
        word = re.compile(rb"\b" + re.escape(name) + rb"\b")
        return not any(
            word.search(_COMMENT_LINES.sub(b"", self._files[path]))
            for path in self.leading
            if path != module.file and name in self._files[path]
        )

    @cached_property
    def leading(self) -> list[str]:
        """What may lead to a file: the package's own source, and its manifests; its tests and examples do not."""
        own = frozenset(self.sources)
        manifests = ("setup.py", ".toml", ".txt")
        return [path for path in self._files if path in own or path.endswith(manifests)]

    def tells_others(self, module: Module) -> bool:
        """Whether a module enters what it defines somewhere when it is imported, so that nobody need say its names."""
        content = self._files[module.file]
        return _ENTERS.search(content) is not None or (
            self._counts_heirs and _BASES.search(content) is not None
        )

    @cached_property
    def _counts_heirs(self) -> bool:
        """Whether the package asks a class for those that derive from it."""
        return any(
            word in self._files[path]
            for path in self.sources
            for word in (b"__subclasses__", b"__init_subclass__")
        )

    def imports_known(self, place: tuple[Module, int]) -> None:
        """Note that a call which imports by name was read, and what it imports."""
        self._known_imports.add((place[0].file, place[1]))

    def imports_unknown(self, place: tuple[Module, int]) -> None:
        """Note that a call imports by a name that the source does not show."""
        self._unknown_imports.add((place[0].file, place[1]))

    @property
    def may_import_any(self) -> bool:
        """Whether a file imports by a name that nobody knows, so that any other file may be meant."""
        known = self._known_imports - self._unknown_imports
        return any(
            (path, self._files[path].count(b"\n", 0, match.start()) + 1) not in known
            for path in self.sources
            for match in _BY_NAME.finditer(self._files[path])
        )

    def deriving(self, name: str) -> list[Module]:
        """The modules with a class that derives from one of this name."""
        if self._heirs is None:
            self._heirs = {}
            for path in self.sources:
                bases = (match[1] for match in _BASES.finditer(self._files[path]))
                for parent in {word.decode() for base in bases for word in _WORD.findall(base)}:
                    self._heirs.setdefault(parent, []).append(path)
        return [self.module(path) for path in self._heirs.get(name, ())]

    @cached_property
    def fastmcp_style(self) -> Style:
        """How the release of FastMCP that the package asks for reads docstrings."""
        return style_of_fastmcp(self._files)

    @cached_property
    def official_style(self) -> Style:
        """How the official SDK reads the package's docstrings."""
        return style_of_official(self._files)

    @cached_property
    def style(self) -> Style:
        """How docstrings are read where the source does not show whose server it is: by what is imported most."""
        official = sum(b"mcp.server" in self._files[path] for path in self.sources)
        mentions = [self._files[path] for path in self.sources if b"fastmcp" in self._files[path]]
        fastmcp = sum(_FASTMCP.search(content) is not None for content in mentions)
        return self.fastmcp_style if fastmcp > official else self.official_style

    def content(self, module: Module) -> bytes:
        """The file as shipped."""
        return self._files[module.file]

    def beside(self, path: str) -> bytes | None:
        """The content of any file that came with the package."""
        return self._files.get(path)

    def beside_all(self) -> Iterator[str]:
        """The paths of all files that came with the package."""
        return iter(self._files)

    def module(self, path: str) -> Module:
        """The module of a file, which need not have been parsed."""
        if path not in self._modules:
            package = path.endswith("/__init__.py") or path == "__init__.py"
            name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            self._modules[path] = Module(name, path, package)
        return self._modules[path]

    def parse(self, module: Module) -> ast.Module | None:
        """The syntax tree; `None`, with a doubt noted, where there is none."""
        content = self._files[module.file]
        if len(content) > LARGEST_FILE:
            self._notes.doubt(f"{module.file} is larger than {LARGEST_FILE} bytes and was not read")
            return None
        if is_too_costly(content):
            self._notes.doubt(f"{module.file} takes the parser too long and was not read")
            return None
        self._notes.parsing(module.file)
        content = content.replace(b"\r\n", b"\n")
        try:
            bodies = Bodies(content, module.lines)
            shortened = bodies.without()
            try:
                tree = parsed(shortened)
            except (SyntaxError, ValueError):
                if shortened is content:
                    raise
                return parsed(content)
            module.bodies = bodies
            return tree
        except (SyntaxError, ValueError, LookupError, RecursionError, MemoryError) as fault:
            self._notes.doubt(f"{module.file} could not be parsed: {type(fault).__name__}")
            return None

    def find(self, name: str, importer: Module) -> Module | None:
        """The file that an absolute import of `name` means inside `importer`, `None` where it is not of the package."""
        if name.partition(".")[0] in _OUTSIDE:
            return None
        folder = importer.file.rpartition("/")[0]
        key = (folder, name)
        if key not in self._found:
            self._found[key] = self._search(name, folder)
        return self._found[key]

    def find_relative(self, name: str, level: int, importer: Module) -> Module | None:
        """The file that `from ..name import` means; `level` counts the dots."""
        parts = importer.file.split("/")[:-level]
        return self._at("/".join([*parts, *name.split(".")]) if name else "/".join(parts))

    def at(self, path: str) -> Module | None:
        """The module of a path from the root, if there is one."""
        return self.module(path) if path in self._paths else None

    def submodule(self, module: Module, name: str) -> Module | None:
        """A file or folder of that name inside a package."""
        if not module.package:
            return None
        return self._at("/".join(filter(None, [module.file.rpartition("/")[0], name])))

    def siblings(self, module: Module, *, deep: bool = False) -> list[tuple[str, Module]]:
        """Every module inside a package, with its name there, in order; *deep* those inside of them too."""
        folder = module.file.rpartition("/")[0] + "/" if "/" in module.file else ""
        names = sorted(path for path in self._paths if path.startswith(folder))
        found = [
            (path[len(folder) :].removesuffix("/__init__.py").removesuffix(".py").replace("/", "."), path)
            for path in names
        ]
        return [
            (name, self.module(path))
            for name, path in found
            if name != "__init__" and (deep or "." not in name)
        ]

    def _search(self, name: str, folder: str) -> Module | None:
        parts = folder.split("/") if folder else []
        for depth in range(len(parts) + 1):
            for root in (parts[:depth], [*parts[:depth], "src"]):
                module = self._at("/".join([*root, *name.split(".")]))
                if module is not None:
                    return module
        return None

    def _at(self, stem: str) -> Module | None:
        for path in (f"{stem}/__init__.py" if stem else "__init__.py", f"{stem}.py"):
            if path in self._paths:
                return self.module(path)
        return None


def trigger_lines(content: bytes) -> list[int]:
    """The lines, counted from 1, on which something may be registered."""
    lines = content.decode("latin-1").split("\n")
    return [n for n, line in enumerate(lines, 1) if _may_register(line) and _REGISTERING.search(line)]


def _may_register(line: str) -> bool:
    """What the pattern needs, looked up in a tenth of its time."""
    return "ool" in line or "MCP" in line or "Mcp" in line or "mount(" in line or "import_server" in line
