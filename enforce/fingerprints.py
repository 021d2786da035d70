"""Arguments as keyed digests: in a log equal values look equal, and who has not the key can guess none of them."""

import hmac

import msgspec

from crawler.mcp.jsonrpc import Json
from enforce.judge import Judge
from enforce.records import MOST_KEYS, cut
from enforce.redaction import blank_arguments

#: Hexadecimal digits that are kept of each.
DIGITS = 32

_canonical = msgspec.json.Encoder(order="sorted", decimal_format="number")


class Fingerprints:
    """Made with a key of at least 16 bytes; what the policy redacts is blanked before."""

    def __init__(self, key: bytes, judge: Judge) -> None:
        self._key = key
        self._judge = judge

    def of(self, tool: str, arguments: dict[str, Json]) -> dict[str, str]:
        """The digest of each of the first arguments by name."""
        redact = self._judge.law.tool(tool).redact.args
        shown = blank_arguments(arguments, redact) if redact else arguments
        return {cut(name): self._digest(name, shown[name]) for name in sorted(shown)[:MOST_KEYS]}

    def _digest(self, name: str, value: Json) -> str:
        """Over the name too, so that the same text under two names is not seen to be the same."""
        return hmac.digest(self._key, _canonical.encode([name, value]), "sha256").hex()[:DIGITS]
