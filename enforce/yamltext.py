"""Plain values as YAML, written by PyYAML, and so by libyaml where it is at hand."""

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

from crawler.tools import Json

#: Whether a text may stand without quotes as far as its reader is concerned.
Plain = Callable[[str], bool]


def dumped(document: Json, *, width: int = 1000, plain: Plain | None = None) -> str:
    """The document in the order of its keys, lines broken behind *width*; texts that are not *plain* stand in quotes."""
    import yaml  # only YAML files pay for loading it

    dumper = _dumper(yaml, plain)
    return str(yaml.dump(document, Dumper=dumper, sort_keys=False, width=width, allow_unicode=True))


@cache
def _dumper(yaml: Any, plain: Plain | None) -> Any:
    """Writes Decimals as they are, the same list twice as two, and what is not *plain* in quotes."""

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # PyYAML comes without types when it is passed in
        def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  # whatever it is
            return True

    def number(dumper: Any, value: Decimal) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:float", format(value, "f"))

    Dumper.add_representer(Decimal, number)
    if plain is not None:

        def text(dumper: Any, value: str) -> Any:
            return dumper.represent_scalar(
                "tag:yaml.org,2002:str", value, style=None if plain(value) else "'"
            )

        Dumper.add_representer(str, text)
    return Dumper
