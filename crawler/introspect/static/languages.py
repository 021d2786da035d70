"""Reading the source of a package in this process: which files are worth a look, and which language reads them."""

import json
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence

from crawler.introspect.static.csharp.read import read_csharp
from crawler.introspect.static.dependencies import likely_servers
from crawler.introspect.static.go.read import read_go
from crawler.introspect.static.home import home
from crawler.introspect.static.java.read import read_java
from crawler.introspect.static.javascript.places import SUFFIXES, TABLES
from crawler.introspect.static.javascript.read import read_javascript
from crawler.introspect.static.kotlin import read_kotlin
from crawler.introspect.static.php.read import read_php
from crawler.introspect.static.python.read import read_python
from crawler.introspect.static.reading import Notes, StaticReading
from crawler.introspect.static.ruby import read_ruby
from crawler.introspect.static.rust.read import read_rust

Language = Callable[[Mapping[str, bytes], Sequence[str], Notes], None]

#: Files looked at; a package of more is a monorepo, of which the folder of one server should be given.
MOST_FILES = 20_000

_PYTHON = (".py",)
LANGUAGES: dict[tuple[str, ...], Language] = {
    _PYTHON: read_python,
    SUFFIXES: read_javascript,
    (".go",): read_go,
    (".rs",): read_rust,
    (".java",): read_java,
    (".cs",): read_csharp,
    (".kt",): read_kotlin,
    (".rb",): read_ruby,
    (".php",): read_php,
}

SOURCE_SUFFIXES = tuple(suffix for suffixes in LANGUAGES for suffix in suffixes)

#: Files that say which distributions a package needs, where its entry points are and what its imports mean.
_MANIFEST = re.compile(
    r"(?:^|/)(?:package\.json|[jt]sconfig(?:\.base)?\.json|METADATA|PKG-INFO|entry_points\.txt|pyproject\.toml|go\.mod|"
    r"Cargo\.toml|composer\.json|[^/]+\.csproj|[^/]+\.gemspec|pom\.xml|build\.gradle(?:\.kts)?)$"
)

_TOOLING = re.compile(
    r"(?:^|/)(?:package-lock|tsconfig[^/]*|[^/]*\.schema|turbo|biome|composer|renovate)\.json$|(?:^|/)(?:pnpm-[^/]*|[^/]*compose[^/]*)\.ya?ml$"
)

#: Folders that a server does not run: tests, examples, documentation, what was put away, other people's packages.
_FOLDERS = frozenset(
    {
        *("test", "tests", "__tests__", "__mocks__", "testing", "e2e", "fixture", "fixtures"),
        *("benchmark", "benchmarks", "example", "examples", "sample", "samples", "demo", "demos"),
        *("archive", "archived", "deprecated", "obsolete"),
        *("__pycache__", "node_modules", "site-packages", "vendor"),
    }
)
#: Documentation, unless it lies inside source or is a package of Go: a server may have to do with documents.
_DOCUMENTATION = frozenset({"doc", "docs"})
_SOURCE_FOLDERS = frozenset({"src", "lib", "internal", "pkg", "cmd", "tools"})
#: Folders that are the name of a package, which is often `com.example`.
_PACKAGES = re.compile(r"/src/main/(?:java|kotlin)/(?:[^/]+/)*")
_METADATA = (".dist-info", ".egg-info")

#: Files of tests, and of a package's installation.
_FILES = re.compile(
    r"^(?:.*_test|conftest|setup)\.py$|_test\.go$|[._](?:test|spec|stories)\.[cm]?[jt]sx?$|"
    r"(?:^|[_.-])(?:smoke|integration|e2e|unit)[_.-]?tests?\.(?:py|[cm]?[jt]sx?)$"
)


#: A file of tests by its name, and what stands in one; a module may have to do with tests of something else.
_TEST = re.compile(r"(?:^|/)test_[^/]*\.py$")
_TESTS = re.compile(
    rb"\b(?:def test_|class Test|import (?:pytest|unittest)|from (?:pytest|unittest)\b)|__main__"
)


def _is_aside(path: str) -> bool:
    """Whether a server does not run what lies there."""
    *folders, name = _PACKAGES.sub("/src/", "/" + path.lower()).split("/")[1:]
    inside = False
    for folder in folders:
        if folder in _FOLDERS or (folder[:1] == "." and len(folder) > 1) or folder.endswith(_METADATA):
            return True
        if folder in _DOCUMENTATION and not inside and not name.endswith(".go"):
            return True
        inside = inside or folder in _SOURCE_FOLDERS
    return _FILES.search(name) is not None


def _is_test(path: str, files: Mapping[str, bytes]) -> bool:
    """Whether a file called like one of tests is one; the others are named by what imports them, in the same folder."""
    if _TEST.search(path) is None:
        return False
    folder, _, name = path.rpartition("/")
    stem = name.removesuffix(".py").encode()
    beside = (other for other in files if other.endswith(".py") and other.rpartition("/")[0] == folder)
    named = any(stem in files[other] for other in beside if _TEST.search(other) is None)
    return not named or _TESTS.search(files[path]) is not None


#: The same in JavaScript, where a server is not called so: a script beside it, that nothing else imports.
_SCRIPT = re.compile(r"(?:^|/)(tests?(?:[-_.][^/]*)?)\.[cm]?[jt]sx?$")
_IMPORTED = re.compile(rb"""["'`](?:[^"'`\n]{0,300}/)?(tests?(?:[-_.][^"'`/\n]{0,200})?)["'`]""")


def _scripts(files: Mapping[str, bytes], paths: Sequence[str]) -> frozenset[str]:
    """The files of JavaScript that are called like tests, and that no other file and no manifest names."""
    stems = {path: match[1] for path in paths if (match := _SCRIPT.search(path)) is not None}
    if not stems:
        return frozenset()
    names = {path: set(_names(files[path])) for path in paths if path.endswith(SUFFIXES)}
    started = _started(files.get("package.json", b""))
    kept = [path for path in names if path not in stems]
    kept += [path for path, stem in stems.items() if any(stem in one for one in started)]
    for path in kept:  # grows while those are found that what is kept names
        wanted = names[path]
        more = [other for other, stem in stems.items() if stem in wanted]
        for other in more:
            del stems[other]
        kept += more
    return frozenset(stems) - set(kept)


def _names(content: bytes) -> Iterator[str]:
    """What the texts in a file name that are called like tests."""
    for word in _IMPORTED.findall(content):
        yield re.sub(r"\.[cm]?[jt]sx?$", "", word.decode("utf-8", "replace"))


def _started(manifest: bytes) -> list[str]:
    """The programs and the entry point of an npm package, in the words of its manifest."""
    try:
        found = json.loads(manifest)
    except (ValueError, RecursionError):
        return []
    return [str(found.get(key, "")) for key in ("bin", "main")] if isinstance(found, dict) else []


def is_data(path: str) -> bool:
    """Whether a file may hold a table that source reads while it starts."""
    return path.endswith(TABLES) and not _is_aside(path) and not _TOOLING.search(path)


def is_source(path: str) -> bool:
    """Whether a file can say anything about tools: source in a language that is read, or a manifest."""
    return path.endswith(SOURCE_SUFFIXES) or _MANIFEST.search(path) is not None


def _inside(files: Mapping[str, bytes], folder: str) -> Iterator[str]:
    """The files of a dependency that the caller brought along."""
    for path in files:
        if path.startswith(folder) and not _is_aside(path[len(folder) :]) and not _is_test(path, files):
            yield path


def read_sources(
    files: Mapping[str, bytes], *, announce: Callable[[str], None] | None = None
) -> StaticReading:
    """Read the tools that a package registers, in this process; parsers may crash on hostile files.

    `announce` is told the path of each file before it is parsed.
    """
    notes = Notes(announce)
    paths = sorted(path for path in files if not _is_aside(path) and not _is_test(path, files))
    scripts = _scripts(files, paths)
    paths = [path for path in paths if path not in scripts]
    for name in likely_servers(files, [path for path in paths if path.endswith(SOURCE_SUFFIXES)]):
        notes.dependency(name)
        paths += sorted(_inside(files, f"node_modules/{name}/"))
    if len(paths) > MOST_FILES:
        notes.doubt(f"more than {MOST_FILES} files; the rest was not read")
    start = home(files)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the parser warns of odd escapes in other people's source
        for suffixes, read in sorted(LANGUAGES.items(), key=lambda language: start not in language[0]):
            chosen = [path for path in paths[:MOST_FILES] if path.endswith(suffixes)]
            if chosen:
                read(files, chosen, notes)
            if start in suffixes and notes.tools:
                # What it ships in another language is for another program.
                break
    return notes.reading()
