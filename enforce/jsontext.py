"""A document as JSON for another program to read, in ASCII and with an indent of two."""

import json

import msgspec

from crawler.tools import Json

#: The one character of ASCII that one library escapes and the other does not.
_DELETE = b"\x7f"


def dumped(document: Json) -> str:
    """The document, which holds no fractions, with a newline at its end."""
    try:
        text = msgspec.json.encode(document)
    except UnicodeEncodeError:  # half of a surrogate pair
        return json.dumps(document, indent=2) + "\n"
    if not text.isascii() or _DELETE in text:
        text = json.dumps(document).encode()
    # Laid out afterwards, since no library that writes it does that as quickly.
    return msgspec.json.format(text, indent=2).decode() + "\n"
