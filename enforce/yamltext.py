"""Plain values as YAML, as PyYAML writes them, and so by libyaml where it is at hand and a text is odd."""

import io
from collections.abc import Callable
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from crawler.tools import Json
from enforce.yamlblock import Block, Odd, Plain

_TAG = "tag:yaml.org,2002:"
#: Characters of a text up to which it is remembered.
_SHORT = 64
#: How a scalar may stand: as a bare word, or in quotes.
_BARE, _QUOTED = (True, False), (False, True)


def dumped(document: Json, *, width: int = 1000, plain: Plain | None = None) -> str:
    """The document in the order of its keys, lines broken behind *width*; texts that are not *plain* stand in quotes."""
    if type(document) is dict and document:
        try:
            return _block(width, plain).write(document)
        except Odd:
            pass
    import yaml  # only YAML files pay for loading it

    stream = io.StringIO()
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)(
        stream, default_flow_style=False, width=width, allow_unicode=True
    )
    try:
        dumper.open()
        dumper.emit(yaml.DocumentStartEvent(explicit=False))
        _writer(yaml, plain).write(dumper.emit, document)
        dumper.emit(yaml.DocumentEndEvent(explicit=False))
        dumper.close()
    finally:
        dumper.dispose()
    return stream.getvalue()


@cache
def _block(width: int, plain: Plain | None) -> Block:
    import yaml

    resolve: Any = yaml.resolver.Resolver().resolve
    return Block(width, plain, lambda text: resolve(yaml.ScalarNode, text, _BARE) == _TAG + "str")


class _Writer:
    """Tells the library's emitter what its own representer would, without building a tree of nodes first.

    The emitter decides how each text is to stand. What stands for a short one is kept, since keys and names come again and again.
    """

    def __init__(self, yaml: Any, plain: Plain | None) -> None:
        self._open = yaml.MappingStartEvent(None, _TAG + "map", True, flow_style=False)
        self._close = yaml.MappingEndEvent()
        self._first = yaml.SequenceStartEvent(None, _TAG + "seq", True, flow_style=False)
        self._last = yaml.SequenceEndEvent()
        self._represented = yaml.representer.SafeRepresenter().represent_data
        resolve = yaml.resolver.Resolver().resolve

        def scalar(tag: str, value: str, style: str | None = None) -> Any:
            finds_out = [resolve(yaml.ScalarNode, value, how) == tag for how in (_BARE, _QUOTED)]
            return yaml.ScalarEvent(None, tag, tuple(finds_out), value, style=style)

        def text(value: str) -> Any:
            return scalar(_TAG + "str", value, None if plain is None or plain(value) else "'")

        self._scalar = scalar
        self._long = text
        self._short = lru_cache(maxsize=5_000)(text)

    def write(self, emit: Callable[[Any], None], value: Json) -> None:
        """One value and all inside it."""
        kind = type(value)
        if kind is str:
            emit(self._short(value) if len(value) <= _SHORT else self._long(value))
        elif kind is dict:
            emit(self._open)
            for key, inside in value.items():
                self.write(emit, key)
                self.write(emit, inside)
            emit(self._close)
        elif kind is list or kind is tuple:
            emit(self._first)
            for inside in value:
                self.write(emit, inside)
            emit(self._last)
        elif kind is Decimal:
            emit(self._scalar(_TAG + "float", format(value, "f")))
        else:
            node = self._represented(value)
            emit(self._scalar(node.tag, node.value))


#: One for each notion of what is plain.
_writer = cache(_Writer)
