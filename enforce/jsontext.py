"""A document as JSON for another program to read, in ASCII and with an indent of two."""

import json

import msgspec

from crawler.tools import Json


def dumped(document: Json) -> str:
    """The document with a newline at its end."""
    try:
        # Laid out afterwards, since the library that writes it is slow at that.
        return msgspec.json.format(json.dumps(document), indent=2) + "\n"
    except msgspec.DecodeError:  # half of a surrogate pair
        return json.dumps(document, indent=2) + "\n"
