"""Our types as plain JSON for people's scripts: names as they are spelled, not as they are stored."""

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from msgspec import Struct

from crawler.servers import ServerName


def plain(value: Any) -> Any:
    """Objects, arrays and scalars only; a server's name is its one string, as everywhere on the command line."""
    match value:
        case ServerName() | Path():
            return str(value)
        case Enum():
            return value.value
        case Struct():
            return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
        case Mapping():
            return {str(plain(key)): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case _:
            return value
