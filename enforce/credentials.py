"""What a server needs to let us in: kept in files apart from every policy, and given to that server alone."""

import re
from pathlib import Path

from enforce.errors import EnforceError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class BadCredentials(EnforceError):
    """A file of credentials that cannot be read; its words never quote a value."""

    def __init__(self, path: Path, line: int, fault: str) -> None:
        super().__init__(path, line, fault)
        self.path = path
        self.line = line
        self.fault = fault

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.fault}" if self.line else f"{self.path}: {self.fault}"


def shown(url: str) -> str:
    """An address for a person: without a user, a path and a query, any of which may be a secret."""
    scheme, mark, rest = url.partition("://")
    if not mark:
        return url.partition("?")[0].rpartition("@")[2]
    host = re.split("[/?#]", rest, maxsplit=1)[0]
    return f"{scheme}://{host.rpartition('@')[2]}{'/...' if len(rest) > len(host) else ''}"


def read_environment(path: Path) -> dict[str, str]:
    """Lines of `NAME=value`; raises BadCredentials."""
    found = {}
    for number, line in _lines(path):
        name, equals, value = line.removeprefix("export ").partition("=")
        if not equals or not _NAME.fullmatch(name.strip()):
            raise BadCredentials(path, number, "a line must be NAME=value")
        found[name.strip()] = _unquoted(value.strip())
    return found


def read_headers(path: Path) -> list[tuple[bytes, bytes]]:
    """Lines of `Name: value`, as headers with names in lower case; raises BadCredentials."""
    found = []
    for number, line in _lines(path):
        name, colon, value = line.partition(":")
        if (
            not colon
            or not _HEADER.fullmatch(name.strip())
            or not value.strip().isprintable()
            or not value.isascii()
        ):
            raise BadCredentials(path, number, "a line must be Name: value")
        found.append((name.strip().lower().encode(), value.strip().encode()))
    return found


def _lines(path: Path) -> list[tuple[int, str]]:
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise BadCredentials(path, 0, error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise BadCredentials(path, 0, "it is no UTF-8") from error
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    return [(number, line) for number, line in lines if line and not line.startswith("#")]


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
