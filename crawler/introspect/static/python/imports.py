"""Importing by name, and what a package tells of its own modules."""

import sys

from crawler.introspect.static.python.calls import Call, Understood
from crawler.introspect.static.python.values import External, FilePath, Made, Module, plain
from crawler.introspect.static.unknown import UNKNOWN, Value


def _import_module(call: Call) -> Value:
    name = plain(call.first)
    package, here = call.reader.package, call.place[0]
    if not isinstance(name, str):
        package.imports_unknown(call.place)
        return UNKNOWN
    package.imports_known(call.place)
    if name.startswith("__main__."):  # from `f"{__name__}.{name}"`
        name = f"{here.name if here.package else here.name.rpartition('.')[0]}.{name[9:]}"
    bare = name.lstrip(".")
    if name.startswith("."):
        beside = call.args[1] if len(call.args) > 1 else call.kwargs.get("package")
        found = package.find_relative(bare, len(name) - len(bare), here)
        if found is None and isinstance(beside, str):
            found = package.find(f"{beside}.{bare}", here)
    else:
        found = package.find(name, here)
    if found is not None:
        call.reader.run_module(found)
    elif name.rpartition(".")[2] not in sys.stdlib_module_names:
        package.imports_unknown(call.place)
    return found or (External(name) if bare == name else UNKNOWN)


def _iter_modules(call: Call) -> Value:
    """The modules inside the packages whose path is given, else those beside the file that asks, as such loops do."""
    return _modules_inside(call, deep=False)


def _walk_packages(call: Call) -> Value:
    return _modules_inside(call, deep=True)


def _modules_inside(call: Call, *, deep: bool) -> Value:
    call.reader.package.imports_known(call.place)
    folders = call.reader.items(call.args[0] if call.args else call.kwargs.get("path")) or []
    inside = [folder for folder in folders if isinstance(folder, Module)] or [call.place[0]]
    prefix = plain(call.kwargs.get("prefix", call.args[1] if len(call.args) > 1 else ""))
    start = prefix if isinstance(prefix, str) else ""
    found = [pair for folder in inside for pair in call.reader.package.siblings(folder, deep=deep)]
    return [(None, start + name, module.package) for name, module in found]


def _from_spec(call: Call) -> Value:
    """The module of `spec_from_file_location(name, path)`, which its loader runs."""
    spec = call.first
    given = [*spec.args, *spec.kwargs.values()] if isinstance(spec, Made) else []
    paths = [value for value in given if isinstance(value, FilePath)]
    found = call.reader.package.at(paths[0]) if len(paths) == 1 else None
    return found or UNKNOWN


IMPORTS: dict[str, Understood] = {
    "importlib.import_module": _import_module,
    "importlib.util.module_from_spec": _from_spec,
    "pkgutil.iter_modules": _iter_modules,
    "pkgutil.walk_packages": _walk_packages,
}
