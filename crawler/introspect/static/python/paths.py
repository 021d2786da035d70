"""Paths of files that lie beside the source, and what a package reads out of them: text, JSON and YAML."""

import fnmatch
import posixpath
from collections.abc import Callable

from crawler.introspect.static.javascript.tables import json_value, yaml_value
from crawler.introspect.static.python.calls import Call, Calls, Understood
from crawler.introspect.static.python.values import FilePath, Module, plain
from crawler.introspect.static.unknown import UNKNOWN, Value

#: Characters of a file that are as much work as one step.
CHARACTERS_A_STEP = 200


def joined_path(base: Value, *parts: Value) -> Value:
    """The path of something inside a folder; unknown where a part is, or where it leaves the package."""
    words = [plain(part) for part in parts]
    if not isinstance(base, str) or not all(isinstance(word, str) and word[:1] != "/" for word in words):
        return UNKNOWN
    path = posixpath.normpath(posixpath.join(base, *words))
    return FilePath("" if path == "." else path)


def path_attribute(path: FilePath, name: str) -> Value:
    """What `path.name` gives where it is no method; `None` for anything else."""
    folder, file = posixpath.split(path)
    match name:
        case "parent":
            return FilePath(folder)
        case "parents":
            above = [FilePath(folder)]
            while above[-1]:
                above.append(FilePath(posixpath.dirname(above[-1])))
            return tuple(above)
        case "name":
            return file
        case "stem":
            return posixpath.splitext(file)[0]
        case "suffix":
            return posixpath.splitext(file)[1]
    return None


def path_method(reader: Calls, path: FilePath, name: str, args: list[Value], here: Module) -> Value:
    """What a method of a path, or of a file that was opened, gives; `None` for those of a string."""
    match name:
        case "resolve" | "absolute" | "expanduser" | "open" | "__enter__":
            return path
        case "joinpath":
            return joined_path(path, *args)
        case "read_text" | "read":
            return _text(reader, path, here)
        case "exists" | "is_file" | "is_dir":
            return True if _found(reader, path, here) or any(_inside(reader, path)) else UNKNOWN
        case "glob" | "rglob" | "iterdir":
            pattern = plain(args[0]) if args else "*"
            return (
                _listed(reader, path, pattern, deep=name == "rglob") if isinstance(pattern, str) else UNKNOWN
            )
    return None


def _found(reader: Calls, path: str, here: Module) -> bytes | None:
    """The file at a path from the root of the package, else from the folder of the file that asks."""
    beside = joined_path(posixpath.dirname(here.file), path)
    places = (posixpath.normpath(path), beside)
    return next((found for place in places if (found := reader.package.beside(place)) is not None), None)


def _text(reader: Calls, path: Value, here: Module) -> Value:
    found = _found(reader, path, here) if isinstance(path, str) else None
    if found is None:
        return UNKNOWN
    reader.budget.charge(len(found) // CHARACTERS_A_STEP)
    return found.decode("utf-8", "replace")


def _inside(reader: Calls, folder: str) -> list[str]:
    start = f"{folder}/" if folder else ""
    return [path[len(start) :] for path in reader.package.beside_all() if path.startswith(start)]


def _listed(reader: Calls, folder: str, pattern: str, *, deep: bool) -> list[Value]:
    below = _inside(reader, folder)
    names = sorted({name if deep else name.partition("/")[0] for name in below})
    deep = deep or "/" in pattern
    chosen = below if deep else names
    return [
        joined_path(folder, name)
        for name in sorted(chosen)
        if fnmatch.fnmatchcase(
            name if "/" in pattern else posixpath.basename(name), pattern.removeprefix("**/")
        )
    ]


def _path(call: Call) -> Value:
    return joined_path(plain(call.args[0]) if call.args else "", *call.args[1:])


def _folder(call: Call) -> Value:
    path = plain(call.first)
    return FilePath(posixpath.dirname(path)) if isinstance(path, str) else UNKNOWN


def _same_path(call: Call) -> Value:
    path = plain(call.first)
    return FilePath(path) if isinstance(path, str) else UNKNOWN


def _last(call: Call) -> Value:
    path = plain(call.first)
    return posixpath.basename(path) if isinstance(path, str) else UNKNOWN


def _names(call: Call) -> Value:
    folder = plain(call.first)
    if not isinstance(folder, str):
        return UNKNOWN
    found = _listed(call.reader, folder, "*", deep=False)
    return [posixpath.basename(path) for path in found] or UNKNOWN


def _package_folder(call: Call) -> Value:
    """`importlib.resources.files("package")`."""
    package = plain(call.first)
    if isinstance(package, str):
        package = call.reader.package.find(package, call.place[0])
    return FilePath(posixpath.dirname(package.file)) if isinstance(package, Module) else UNKNOWN


def _read_as(value_of: Callable[[Value], Value]) -> Understood:
    """What a loader gives for a file that was opened, or for its text."""

    def load(call: Call) -> Value:
        source = plain(call.first)
        if isinstance(source, FilePath):
            source = _text(call.reader, source, call.place[0])
        return value_of(source)

    return load


PATHS: dict[str, Understood] = {
    **dict.fromkeys(("pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "os.path.join"), _path),
    **dict.fromkeys(("os.path.abspath", "os.path.realpath", "os.path.normpath", "os.fspath"), _same_path),
    **dict.fromkeys(("open", "io.open", "codecs.open"), _same_path),
    "os.path.dirname": _folder,
    "os.path.basename": _last,
    "os.listdir": _names,
    "importlib.resources.files": _package_folder,
    "json.load": _read_as(json_value),
    **dict.fromkeys(("yaml.safe_load", "yaml.load", "yaml.full_load"), _read_as(yaml_value)),
}
