"""A command of this machine as something to launch: which folders it needs to read."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from crawler.introspect.packages.install import Installation
from crawler.introspect.packages.release import Unavailable
from crawler.snapshots import SkipReason

#: They fetch what they start, which a sandbox without a network cannot.
_FETCHERS = {"uvx": "pypi:", "npx": "npm:", "bunx": "npm:", "pipx": "pypi:"}


def command_installation(words: Sequence[str], folder: Path) -> Installation:
    """An installation that is there already; its working folder is *folder*. Raises Unavailable."""
    name = Path(words[0]).name
    if name in _FETCHERS:
        raise Unavailable(
            SkipReason.NOT_FOUND, f"{name} would fetch the package; introspect {_FETCHERS[name]}NAME instead"
        )
    # A path is one from where the program is started, as in a shell; anything else is looked for in PATH.
    path = folder / words[0] if "/" in words[0] else None
    found = shutil.which(path or words[0])
    if found is None:
        raise Unavailable(SkipReason.NOT_FOUND, f"there is no program {words[0]!r} here")
    program = Path(found).absolute()
    return Installation(
        name=name,
        version="",
        folder=folder,
        programs=folder if path else program.parent,
        code=folder,
        scripts=(words[0],),
        started_in=folder,
        readable=tuple(dict.fromkeys([*_needed(program), folder])),
        environment={"PATH": f"{program.parent}:/usr/local/bin:/usr/bin:/bin"},
    )


def _needed(program: Path) -> Iterator[Path]:
    """The program's own folder and what it stands on: its virtual environment, that one's interpreter, its package."""
    for place in (program, program.resolve()):
        prefix = place.parent.parent
        if (prefix / "pyvenv.cfg").is_file():
            yield prefix
            yield from _interpreter(prefix)
        elif (prefix / "lib").is_dir() and place.parent.name == "bin" and prefix != Path("/"):
            yield prefix
        else:
            yield place.parent
            if "node_modules" in place.parts:
                yield Path(*place.parts[: place.parts.index("node_modules") + 1])
    yield Path(sys.base_prefix)


def _interpreter(environment: Path) -> Iterator[Path]:
    for line in (environment / "pyvenv.cfg").read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "home" and (home := Path(value.strip())).is_dir():
            yield home.parent
