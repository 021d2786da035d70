"""Keeps a page small: the longest sections of one that is too large give way to a pointer to its JSON twin."""

import re

#: Bytes that no page exceeds.
LARGEST = 60_000

#: Sections do not stand in one another, and text from outside is escaped, so this finds each whole.
_SECTION = re.compile(rb'<section aria-labelledby="([a-z-]+)">\n?(<h2\b.*?</h2>).*?</section>', re.DOTALL)
#: What a page is opened for: the last to be folded.
_HEART = b"tools"


def folded(page: bytes, twin: str) -> bytes:
    """The page with as many of its longest sections folded as are too many; *twin* is the address of its JSON twin."""
    if len(page) <= LARGEST:
        return page
    over = len(page) - LARGEST
    chosen = set()
    for section in sorted(
        _SECTION.finditer(page), key=lambda found: (found.group(1) == _HEART, found.start() - found.end())
    ):
        if over > 0:
            chosen.add(section.start())
            over -= len(section.group()) - len(_pointer(section, twin))
    return _SECTION.sub(
        lambda found: _pointer(found, twin) if found.start() in chosen else found.group(), page
    )


def _pointer(section: re.Match[bytes], twin: str) -> bytes:
    opening = section.group()[: section.start(2) - section.start()]
    words = f'<p>Too long for a page: it is in the <a href="{twin}">JSON twin</a>.</p></section>'
    return opening + section.group(2) + words.encode()
