"""Which of a package's programs is the server."""

import re
from collections.abc import Sequence

from crawler.introspect.configuration import commands


def choose(package: str, scripts: tuple[str, ...], readme: str = "") -> str | None:
    """The program by name: like the package, else the only one, else the one that the README's configurations of clients
    start, else one that says mcp; `None` without any.

    Others are never run: some packages ship programs that edit the person's own configuration.
    """
    plain = package.rpartition("/")[2]
    if plain in scripts:
        return plain
    alike = [script for script in scripts if _bare(script) == _bare(plain)]
    if alike:
        return alike[0]
    if len(scripts) == 1:
        return scripts[0]
    shown = {script for words in commands(readme) for script in _named(words, scripts)}
    if len(shown) == 1:
        return shown.pop()
    likely = [script for script in scripts if "mcp" in _bare(script)]
    return likely[0] if len(likely) == 1 else None


def unclear(package: str, scripts: tuple[str, ...], readme: str = "") -> str:
    """Why none of the programs is chosen, a sentence; empty where one is."""
    if choose(package, scripts, readme) is not None:
        return ""
    return (
        f"none of its programs is called like a server: {', '.join(scripts)}"
        if scripts
        else "it names no program to start"
    )


def _named(words: Sequence[str], scripts: Sequence[str]) -> list[str]:
    """The program among the words of a command, behind whatever fetches it; those after it are its own."""
    return [name for word in words if (name := word.rpartition("/")[2]) in scripts][:1]


def _bare(name: str) -> str:
    return re.sub(r"[-_.]+", "", name).lower()
