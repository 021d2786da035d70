"""What Node.js makes of paths: the package lies in a folder whose name nobody knows, and nothing may show."""

import posixpath

from crawler.introspect.static.javascript.values import MISSING, plain
from crawler.introspect.static.unknown import Value

#: The folder that the package lies in.
ROOT = "/\0package"

#: How a file is named by address.
_FILE = "file://"


def is_made_up(text: str) -> bool:
    """Whether a text holds a path that only a run would show."""
    return ROOT in text


def place(file: str, name: str) -> str:
    """What `__dirname`, `import.meta.url` and their kin are in a file of the package."""
    whole = f"{ROOT}/{file}"
    return posixpath.dirname(whole) if name.endswith("dirname") else _FILE + whole if name == "url" else whole


def within(path: str) -> str | None:
    """The path from the package's folder; `None` where it does not start there."""
    path = posixpath.normpath(path.removeprefix(_FILE))
    if path != ROOT and not path.startswith(ROOT + "/"):
        return None
    return path[len(ROOT) + 1 :] or "."


def joined(address: str, base: str) -> str:
    """`new URL(address, base)` for an address inside the base's folder."""
    return posixpath.join(posixpath.dirname(base), address)


def path_function(name: str, args: list[Value]) -> Value:
    """What a function of `node:path`, or one that makes paths of addresses, gives; `MISSING` if that is not shown."""
    known = [plain(arg) for arg in args]
    if not known or not all(isinstance(one, str) for one in known):
        return MISSING
    first = known[0]
    match name:
        case "join":
            return posixpath.normpath("/".join(filter(None, known)) or ".")
        case "resolve" if any(one.startswith("/") for one in known):
            return posixpath.normpath(posixpath.join(*known))
        case "dirname":
            return posixpath.dirname(first) or "."
        case "basename":
            base = posixpath.basename(first)
            return base.removesuffix(known[1]) if len(known) > 1 and base != known[1] else base
        case "extname":
            return posixpath.splitext(first)[1]
        case "normalize":
            return posixpath.normpath(first)
        case "relative" if len(known) > 1 and all(one.startswith("/") for one in known):
            return posixpath.relpath(known[1], first)
        case "parse":
            stem, extension = posixpath.splitext(posixpath.basename(first))
            return {"dir": posixpath.dirname(first), "base": stem + extension, "name": stem, "ext": extension}
        case "fileURLToPath":
            return first.removeprefix(_FILE)
    return MISSING
