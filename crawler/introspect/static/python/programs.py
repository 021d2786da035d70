"""Which files of a package are other programs, that the one somebody installs or starts never comes to."""

import re
from collections.abc import Iterator, Sequence

from crawler.introspect.static.python.modules import SERVES, Package
from crawler.introspect.static.python.values import Module

_IMPORT = re.compile(
    rb"(?m)^[ \t]*+(?:from[ \t]++(\.*+)([\w.]*+)[ \t]++import[ \t]*+(\([^)]{0,5000}\)|[^\n]+)|import[ \t]++([\w., \t]+))"
)
_NAME = re.compile(rb"[\w.]+")

#: Where the manifests at the root say what is started: `command = "package.module:function"`.
_MANIFEST = re.compile(r"(?:pyproject\.toml|setup\.py|setup\.cfg|[^/]+\.(?:dist|egg)-info/entry_points\.txt)")
_SCRIPT = re.compile(rb"([\w.-]+)[\"']?[ \t]*=[ \t]*[\"']?([A-Za-z_][\w.]*):[A-Za-z_]\w*")
_PROJECT = re.compile(
    rb"(?m)^\[(?:project|tool\.poetry)\](?:\n(?!\[)[^\n]*)*?\nname[ \t]*=[ \t]*[\"']([\w.-]+)"
)


def other_programs(package: Package, modules: Sequence[Module]) -> list[Module]:
    """Those of the modules that are programs beside the package's own.

    Its own are what its manifest names, if that comes to any of the modules, or else what lies at its root.
    """
    served = [module for module in modules if not module.package and SERVES.search(package.content(module))]
    programs = list(_named(package))
    named = installed = {module.file for _, module in programs}
    at_root = {module.file for module in served if "/" not in module.file}
    if len(modules) < 2 or not served or not (named or at_root):
        return []
    imports = {path: set(_imports(package, package.module(path))) for path in package.sources}
    reached = _reached(named, imports)
    like = {module.file for name, module in programs if name == _name(package)}
    if _reached(like, imports) & {module.file for module in served}:
        # The others are not what somebody starts who knows the package's name only.
        named, reached = like, _reached(like, imports)
    own = named | {path for path in package.sources if path.endswith("__main__.py")}
    if not reached & {module.file for module in modules}:
        own |= at_root
        if not at_root:
            return []
    led = set().union(*imports.values())
    return [
        module
        for module in served
        if module.file not in own
        and module.file not in led
        and not _is_mentioned(package, module, source_only=module.file in installed)
    ]


def _name(package: Package) -> str:
    """What the package is called, as far as its manifest says."""
    match = _PROJECT.search(package.beside("pyproject.toml") or b"")
    return _plain(match[1]) if match else ""


def _plain(name: bytes) -> str:
    return re.sub(r"[-_.]+", "-", name.decode()).lower()


def _named(package: Package) -> Iterator[tuple[str, Module]]:
    """The modules that the manifests at the root name as programs, with what the programs are called."""
    root = Module("", "", package=True)
    for path in package.beside_all():
        if _MANIFEST.fullmatch(path):
            for match in _SCRIPT.finditer(package.beside(path) or b""):
                found = package.find(match[2].decode(), root)
                if found is not None:
                    yield _plain(match[1]), found


def _imports(package: Package, module: Module) -> Iterator[str]:
    """The files that the imports of a module mean, those of a name both as a module and as what is in one."""
    for dots, name, names, plain in _IMPORT.findall(package.content(module)):
        for one in _NAME.findall(plain or names):
            whole = b".".join(filter(None, [name, one])) if dots or name else one
            for wanted in (whole, name):
                word = wanted.decode()
                found = package.find_relative(word, len(dots), module) if dots else package.find(word, module)
                if found is not None and found is not module:
                    yield found.file


def _reached(start: set[str], imports: dict[str, set[str]]) -> set[str]:
    found = set(start)
    waiting = list(start)
    while waiting:
        for path in imports.get(waiting.pop(), set()) - found:
            found.add(path)
            waiting.append(path)
    return found


def _is_mentioned(package: Package, module: Module, *, source_only: bool) -> bool:
    """Whether another file has the module's path or dotted name in it, by the last two of its parts."""
    parts = module.file.removesuffix(".py").split("/")[-2:]
    words = ("/".join(parts) + ".py").encode(), ".".join(parts).encode()
    return any(
        word in content
        for path in package.leading
        if path != module.file
        and (path.endswith(".py") or not source_only)
        and (content := package.beside(path))
        for word in (words if len(parts) > 1 else words[:1])
    )
