"""Cuts names and texts into the terms by which the site's search finds them; `lookup.js` cuts what people type alike."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain, filterfalse, islice

from classifier.memo import Memo

#: Terms of one tool or server that are indexed beside those of its name, and characters of text that they come from.
MOST, READ = 60, 1200
LONGEST = 24

_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W_]+")
#: What becomes of each byte so that the words of a text in ASCII stand apart.
_APART = bytes(byte if chr(byte).isalnum() and byte < 0x80 else 0x20 for byte in range(256))
#: Scripts written without spaces: terms are pairs of neighbouring characters.
_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
#: Too common to find anything by; a name may still hold them.
STOP_WORDS = (
    "a an and are as at be by can for from has have if in into is it its may not of on or that the their them then this "
    "to was were when which will with you your"
)
STOP = frozenset(STOP_WORDS.split())


def name_terms(*names: str) -> list[str]:
    """Terms of names, those in camel case cut at the humps; each once, in order."""
    return list(dict.fromkeys(chain.from_iterable(map(_terms, names))))


def text_terms(texts: Iterable[str], without: Iterable[str] = ()) -> list[str]:
    """The first terms of running texts, without the commonest words and those in *without*."""
    seen: dict[str, None] = dict.fromkeys(chain.from_iterable([_terms(text[:READ]) for text in texts]))
    for term in without:
        seen.pop(term, None)
    return list(islice(filterfalse(STOP.__contains__, seen), MOST))


def normal(word: str) -> str:
    """The word as terms are spelled: without the s of a plural."""
    if word[-1] != "s" or len(word) < 4 or word[-2] in "sui":
        return word
    return word[:-1]


def _terms(text: str) -> Iterable[str]:
    if len(text) <= READ and text.isascii():
        # Neither humps nor folding reach beyond a word there, so each word is cut up once and for all.
        found = dict.fromkeys(text.encode().translate(_APART).decode().split())
        return chain.from_iterable(map(_KNOWN.__getitem__, found))
    words = _WORD.findall(_folded(_CASE.sub(" ", text)))
    if text.isascii():
        return [normal(word) for word in words if len(word) <= LONGEST]
    return [
        term for word in words for term in (_pairs(word) if _RUN.search(word) else (normal(word[:LONGEST]),))
    ]


def _cut(word: str) -> tuple[str, ...]:
    """The terms of one word in ASCII."""
    parts = _CASE.sub(" ", word).lower().split()
    return tuple(normal(part) for part in parts if len(part) <= LONGEST)


#: Words repeat from text to text.
_KNOWN: Memo[str, tuple[str, ...]] = Memo(_cut, 20_000)


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


def _pairs(word: str) -> Iterator[str]:
    for run in _RUN.findall(word):
        yield from (run[i : i + 2] for i in range(len(run) - 1)) if len(run) > 1 else (run,)
    yield from (normal(rest) for rest in _RUN.split(word) if rest)
