"""Text and identifiers as words: lower case, plural and third-person endings taken off, Chinese and Japanese in pairs."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from classifier.memo import Memo

#: A word of running text; an identifier such as `delete_file` is one word, so that mentioning a tool is not doing it.
_TEXT = re.compile(r"\w+")
#: The same for ASCII, where it is quicker to make everything else a space: lower case, and no marks.
_PLAIN = bytes(
    ord(chr(code).lower()) if chr(code).isalnum() or code == ord("_") else ord(" ") for code in range(128)
) + bytes(128)
#: The parts of an identifier in snake, kebab, dotted, camel or Pascal case.
_NAME = re.compile(r"[A-Z]{2,}s?(?![a-z])|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_A-Za-z]+")
#: Scripts written without spaces (Han, kana) and Hangul, whose particles stick to the word.
_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
#: Words that end in an `s` that is no plural.
_WHOLE = """
    access address alias always analysis as atlas aws axis basis bonus bus business campus canvas chaos chris
    class cms cors css dns ens focus gas has https ios is its js kubernetes lens less loss nexus news os pass
    plus process progress redis rss s3 sas series sms sns sqs status success this tls us virus vs was ws
"""
_KEEP = frozenset(_WHOLE.split())
#: Verbs that are written together with their object in names of lower case, and how long such a name must be.
_GLUED = re.compile(
    r"(get|list|create|delete|update|search|fetch|remove|send|query|execute|upload|download|read|write|find)[a-z]{4,}",
    re.IGNORECASE,
)
_LONG = 9
_ES = ("ches", "shes", "sses", "xes", "zzes")


def fold(text: str) -> str:
    """Lower case of the same length, so that offsets in one are offsets in the other."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(small if len(small := char.lower()) == 1 else char for char in text)


def stem(word: str) -> str:
    """A lower-case word without plural or third-person ending: `deletes` is `delete`, `queries` is `query`."""
    return _STEMS[word]


def _cut(word: str) -> str:
    if len(word) < 4 or word[-1] != "s" or word in _KEEP or word[-2:] in ("ss", "us", "is"):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(_ES):
        return word[:-2]
    return word[:-1]


#: Stems seen, so that a common word is cut once.
_STEMS = Memo(_cut, 100_000)
#: The words of a run of letters: itself, or pairs of characters.
_WORDS: Memo[str, tuple[str, ...]] = Memo(lambda run: tuple(word for word, _, _ in _runs(run, 0)), 20_000)
#: The same for the parts of identifiers, as they are written.
_PARTS: Memo[str, str] = Memo(lambda part: _cut(part.lower()), 100_000)


def plain_words(text: str) -> list[str]:
    """The words of ASCII text in order, in lower case and with their endings."""
    return text.encode().translate(_PLAIN).decode().split()


def words_of_text(text: str) -> list[str]:
    """The words of running text in order."""
    if text.isascii():
        return list(map(_STEMS.__getitem__, plain_words(text)))
    return [word for found in _TEXT.findall(fold(text)) for word in _WORDS[found]]


def words_of_name(name: str) -> list[str]:
    """The words of an identifier in order: `createPR`, `create_pr` and `create-pr` are all `create`, `pr`."""
    if name.isascii() and not _GLUED.match(name):
        return list(map(_PARTS.__getitem__, _NAME.findall(name)))
    return [word for word, _, _ in spans_of_name(name)]


def place_in_text(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the words of running text from *start* up to, not including, *end* begin and end in it."""
    if text.isascii():
        found = [match.span() for match in islice(_TEXT.finditer(text), start, end)]
        return found[0][0], found[-1][1]
    return _around(islice(spans_of_text(text), start, end))


def place_in_name(name: str, start: int, end: int) -> tuple[int, int]:
    """The same for the words of an identifier."""
    return _around(islice(spans_of_name(name), start, end))


def _around(spans: Iterable[tuple[str, int, int]]) -> tuple[int, int]:
    listed = list(spans)
    return listed[0][1], listed[-1][2]


def spans_of_text(text: str) -> Iterator[tuple[str, int, int]]:
    """Every word with where it begins and ends in *text*."""
    low = fold(text)
    for match in _TEXT.finditer(low):
        yield from _runs(match.group(), match.start())


def spans_of_name(name: str) -> Iterator[tuple[str, int, int]]:
    """Every word with where it begins and ends in *name*."""
    for match in _NAME.finditer(name):
        start, end = match.span()
        for begin, stop in _parts(name, start, end):
            yield from _runs(fold(name[begin:stop]), begin)


def _parts(name: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A verb and what is glued to it, as in `getnftsbyowner`, apart."""
    glued = _GLUED.match(name, start, end) if end - start >= _LONG and start == 0 else None
    if glued:
        yield start, glued.end(1)
        start = glued.end(1)
    yield start, end


def _runs(word: str, start: int) -> Iterator[tuple[str, int, int]]:
    """One word as it is, or its Chinese, Japanese and Korean runs as overlapping pairs of characters."""
    if word.isascii():
        yield stem(word), start, start + len(word)
        return
    end = 0
    for run in _RUN.finditer(word):
        if run.start() > end:
            yield stem(word[end : run.start()]), start + end, start + run.start()
        yield from _pairs(run.group(), start + run.start())
        end = run.end()
    if end < len(word):
        yield stem(word[end:]), start + end, start + len(word)


def _pairs(run: str, start: int) -> Iterator[tuple[str, int, int]]:
    if len(run) == 1:
        yield run, start, start + 1
    for at in range(len(run) - 1):
        yield run[at : at + 2], start + at, start + at + 2
