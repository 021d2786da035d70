"""Makes the hidden characters of hostile text visible."""

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from typing import Any

import markupsafe
from markupsafe import Markup, escape

#: Escapes a text as `escape` does, and makes no Markup of it where the library lets itself be asked for that.
plainly: Callable[[str], str] = getattr(markupsafe, "_escape_inner", escape)

#: Everything that shows nothing, reorders what is shown, or cannot be written to a page.
_HIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0e\ufeff\uffa0\ufff0-\uffff"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)

#: Tag characters, each of which stands for one of ASCII: what several of them spell is what somebody wanted to hide.
_SPELLED = r"[\U000e0020-\U000e007e]{3,}"
_HIDDEN_OR_SPELLED = re.compile(f"{_SPELLED}|{_HIDDEN.pattern}")
_ASCII = {0xE0000 + point: point for point in range(0x20, 0x7F)}

#: Characters of a text up to which it is remembered.
_SHORT = 48
#: Characters of ASCII that hide nothing, those of them that mean something to HTML, and the others, as bytes. To take such
#: bytes out of a text and see what is left is the quickest way to find that most texts hold nothing else.
_SEEN = bytes({*range(0x20, 0x7F), *b"\t\n\r"})
_SPECIAL = b"&<>\"'"
_ORDINARY = bytes({*_SEEN} - {*_SPECIAL})

#: Characters of a name that always fit in one line.
_WRAPPED = 20
#: Where a name may go on in the next line, and what is to be left as it is: tags and entities.
_PARTED = re.compile(r"(<[^>]*>|&[^;]*;)|(?<=[/_:.@#])(?=[A-Za-z0-9])|(?<=[a-z0-9])(?=[A-Z])")

#: Hidden characters that are labelled in one run and in one text, and those that are shown of what a run of them spells.
RUN, LABELLED, SPELLED = 20, 40, 400


def visible(text: object) -> Markup:
    """The text escaped for HTML, with each hidden character as a labelled code point.

    In a run of hidden characters the first `RUN` are labelled, in a whole text the first `LABELLED`; any further one is
    shown as `⍰`, so that no text grows without bound. A run of tag characters is shown as the words that it spells.
    """
    return Markup(shown(text))  # noqa: S704  # escaped there


def wrapping(html: str) -> Markup:
    """HTML of a name that may go on in the next line behind a mark or before a capital, so that no word of it is cut in two."""
    return Markup(_PARTED.sub(lambda found: found[1] or "<wbr>", html))  # noqa: S704  # only adds to what was escaped


@lru_cache(maxsize=10_000)
def name(text: str) -> Markup:
    """A name for HTML, as `visible` makes it, and `wrapping` where it is long."""
    return wrapping(shown(text)) if len(text) > _WRAPPED else visible(text)


def escaped(value: Any) -> str:
    """The value as HTML. A plain text with nothing to escape comes back as it is, since only its characters are printed."""
    kind = type(value)
    if kind is str:
        return plainly(value)
    if kind is Markup:
        return value  # type: ignore[no-any-return]  # a text, as kind says
    if isinstance(value, StrEnum):
        return plainly(value)
    return str(value) if kind is int else escape(value)


def shown(text: object) -> str:
    """What `visible` gives, as a text that must not be escaped again; one with nothing to do comes back as it is."""
    if type(text) is str and len(text) <= _SHORT:
        return _remembered(text)
    return _shown(text if isinstance(text, str) else str(text))


def plain(text: object) -> str:
    """The text for an attribute or another format, with each hidden character as `[U+200B]`; not escaped."""
    plain = text if isinstance(text, str) else str(text)
    if not hidden(plain):
        return plain
    return _HIDDEN_OR_SPELLED.sub(_named, plain)


def _named(match: re.Match[str]) -> str:
    found = match.group()
    return f"[U+{ord(found):04X}]" if len(found) == 1 else f"[hidden: {found.translate(_ASCII)}]"


def one_line(text: object) -> str:
    """The same on one line, for a terminal."""
    return re.sub(r"[ \t\r\n]+", " ", plain(text))


def truncate(text: str, most: int) -> str:
    """The text with at most *most* characters, cut at a word where there is one."""
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0] + "…"


def hidden(text: str) -> bool:
    """Whether the text holds a character that a reader would not see."""
    if text.isascii() and text.isprintable():
        return False
    foreign = text.encode("utf-8", "surrogatepass").translate(None, _SEEN)
    return bool(foreign) and _HIDDEN.search(foreign.decode("utf-8", "surrogatepass")) is not None


def name_of(character: str) -> str:
    """What Unicode calls the character, such as `ZERO WIDTH SPACE`."""
    point = ord(character)
    if 0xE0020 <= point <= 0xE007E:
        return f"TAG {chr(point - 0xE0000)}"
    return unicodedata.name(character, "CONTROL" if unicodedata.category(character) == "Cc" else "UNASSIGNED")


def _shown(text: str) -> str:
    odd = text.encode("utf-8", "surrogatepass").translate(None, _ORDINARY)
    if not odd:
        return text
    foreign = odd.translate(None, _SPECIAL)
    if foreign and _HIDDEN.search(foreign.decode("utf-8", "surrogatepass")):
        return "".join(_pieces(text))
    if foreign == odd:
        return text
    return plainly(text) if type(text) is str else escape(text)


#: Names, types, releases: a site says them again and again. Only texts get here, never Markup, which is equal to its text.
_remembered = lru_cache(maxsize=10_000)(_shown)


def _pieces(text: str) -> list[Markup]:
    pieces: list[Markup] = []
    position, run, labelled = 0, 0, 0
    for match in _HIDDEN_OR_SPELLED.finditer(text):
        run = run + 1 if match.start() == position and pieces else 1
        if match.start() > position:
            pieces.append(escape(text[position : match.start()]))
        if run > RUN:
            pieces += [_MORE] if run == RUN + 1 else []
        elif labelled >= LABELLED:
            pieces.append(_UNNAMED)
        else:
            labelled += 1
            pieces.append(_label(match.group()) if len(match.group()) == 1 else _spelled(match.group()))
        position = match.end()
    pieces.append(escape(text[position:]))
    return pieces


_MORE = Markup('<span class="unseen">and more</span>')
_UNNAMED = Markup("\u2370")


def _spelled(run: str) -> Markup:
    words = truncate(run.translate(_ASCII), SPELLED)
    return Markup(
        '<span class="unseen spelled" title="{} invisible tag characters">hidden: {}</span>'
    ).format(len(run), words)


@lru_cache(maxsize=1000)
def _label(character: str) -> Markup:
    return Markup('<span class="unseen" title="{}">U+{:04X}</span>').format(
        name_of(character), ord(character)
    )
