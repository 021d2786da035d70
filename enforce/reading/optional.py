"""Values that a policy may leave out."""

from collections.abc import Sequence

from enforce import paths
from enforce.reading.cursor import Cursor, nearest


def named(at: Cursor | None) -> dict[str, Cursor]:
    members = at.members() if at else {}
    for name, entry in members.items():
        if not name.strip():
            entry.fault("a name must not be empty")
        elif name != name.strip():
            entry.warn(f"{name!r} has spaces around it, and so names no tool that has none")
    return members


def items(at: Cursor | None) -> Sequence[Cursor]:
    return at.items() if at else ()


def text(at: Cursor | None) -> str | None:
    return at.text() if at else None


def flag(at: Cursor | None) -> bool:
    return at is not None and at.flag()


def choice(at: Cursor | None, options: tuple[str, ...]) -> str:
    return at.choice(options) if at else options[0]


def path(at: Cursor | None, root: str) -> str:
    if at is None:
        return f"{root}.?"
    path = at.text()
    steps = paths.parse(path, (root,)) if path else ()
    if steps and any(step != step.strip() for step in steps):
        at.warn(f"{path!r} has spaces around a name, and so leads to no argument that has none")
    elif steps is None:
        at.fault(
            f"{path!r} is no path; write {root}.NAME, with dots for what lies deeper{_path_meant(path, root)}"
        )
    return path


def _path_meant(path: str, root: str) -> str:
    """The same below the root, in place of a misspelt root or none."""
    first, dot, rest = path.partition(".")
    below = f"{root}.{rest}" if dot and nearest(first, (root,)) else f"{root}.{path}"
    return f"; did you mean {below!r}?" if paths.parse(below, (root,)) else ""
