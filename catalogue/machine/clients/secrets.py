"""The secrets that people write into launch commands, addresses and configurations, found so that none is ever shown."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SHOWN = "***"

#: Words in the name of a flag, variable or header whose value is nobody's business.
_NAMES = re.compile(
    r"(?i)(?:^|[-_.])(?:\w*(?:key|token|secret|passw(?:or)?d|passwd|pwd|credential|auth(?:orization|entication)?|bearer|cookie|dsn|pat)s?)(?:$|[-_.])"
)
#: How well-known services begin their tokens, at the beginning of a word: `task-manager` holds none.
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9])(?:sk-|pk_|sk_|rk_|ghp_|gho_|ghs_|ghu_|github_pat_|glpat-|xox[a-z]-|AKIA|ASIA|AIza|hf_|npm_|pypi-AgE|eyJ|ya29\.|shpat_|SG\.)[\w.~+/=-]{6,}"
)
#: A setting given as one word, as `docker run -e` and `env` take it; or a header, as curl does.
_SETTING = re.compile(r"(?:--?[\w-]+=)?([A-Za-z_][\w-]*)=(.+)", re.DOTALL)
_HEADER = re.compile(r"[A-Za-z][\w-]*:\s*(\S.*)", re.DOTALL)
#: A package, a path or a program: long, and no secret.
_PLAIN = re.compile(r"[a-z@./~_-][a-z0-9@./~_=^:-]*", re.ASCII)
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}|\$\w+")

#: Characters and bits a character from which on a word looks drawn by lot.
_LONG, _RANDOM = 20, 3.5
#: What is shorter stands in every text by chance.
_SHORTEST = 3


def secrets_in(command: Iterable[str]) -> Iterator[str]:
    """The parts of a command's words that must not be shown."""
    before = ""
    for word in command:
        yield from _in_word(word, before)
        before = word


def secrets_in_url(url: str) -> Iterator[str]:
    """Password, query values, fragment, and the parts of the path that look like tokens."""
    try:
        parts = urlsplit(url)
        user = parts.netloc.rpartition("@")[0]
    except ValueError:
        yield url
        return
    if user and not _PLACEHOLDER.fullmatch(user):
        yield user
    for _, value in parse_qsl(parts.query):
        yield from _given(value)
    if parts.fragment:
        yield parts.fragment
    for step in parts.path.split("/"):
        if _looks_secret(unquote(step)):
            yield step


def secrets_of(entry: Any) -> Iterator[str]:
    """Every secret in one server's entry of a configuration: values of variables and headers, and those in its command."""
    if not isinstance(entry, dict):
        return
    for key in ("env", "headers", "http_headers"):
        table = entry.get(key)
        for value in table.values() if isinstance(table, dict) else ():
            yield from _given(value) if isinstance(value, str) else ()
    arguments = entry.get("args")
    words = [entry.get("command"), *(arguments if isinstance(arguments, list) else ())]
    yield from secrets_in(word for word in words if isinstance(word, str))
    for key in ("url", "httpUrl", "serverUrl"):
        if isinstance(url := entry.get(key), str):
            yield from secrets_in_url(url)


def masked(text: str, secrets: Iterable[str]) -> str:
    """The text with each secret blotted out, also where it is written with JSON's escapes."""
    for secret in sorted({one for one in secrets if len(one) >= _SHORTEST}, key=len, reverse=True):
        for spelled in (secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]):
            text = text.replace(spelled, SHOWN)
    return text


def masked_url(url: str) -> str:
    """An address without its secrets."""
    return masked(url, secrets_in_url(url))


def masked_words(command: Iterable[str]) -> tuple[str, ...]:
    """A command without its secrets."""
    words = tuple(command)
    found = tuple(secrets_in(words))
    return tuple(masked(word, found) for word in words)


def _in_word(word: str, before: str) -> Iterator[str]:
    if before.startswith("-") and "=" not in before and _NAMES.search(before.lstrip("-")):
        yield from _given(word)
    elif "://" in word:
        url = word[re.search(r"[A-Za-z][A-Za-z0-9+.-]*://", word).start() :] if "=" in word else word  # type: ignore[union-attr]  # it is there
        yield from secrets_in_url(url)
    elif match := _SETTING.fullmatch(word):
        environment = before in ("-e", "--env", "--build-arg") or word.startswith(("--env=", "-e="))
        if environment or _NAMES.search(match[1]) or _looks_secret(match[2]):
            yield from _given(match[2])
        elif word.startswith("--") and _NAMES.search(word.partition("=")[0].lstrip("-")):
            yield from _given(word.partition("=")[2])
    elif word.startswith("--") and "=" in word and _NAMES.search(word.partition("=")[0].lstrip("-")):
        yield from _given(word.partition("=")[2])
    elif before in ("-H", "--header", "--headers") and (match := _HEADER.fullmatch(word)):
        yield from _given(match[1])
    elif _looks_secret(word):
        yield word
    else:
        yield from (found[0] for found in _TOKEN.finditer(word))


def _given(value: str) -> Iterator[str]:
    """A value that is written out, and not merely named."""
    if value and not _PLACEHOLDER.fullmatch(value):
        yield value


def _looks_secret(word: str) -> bool:
    if _TOKEN.fullmatch(word):
        return True
    if (
        len(word) < _LONG
        or not re.fullmatch(r"[\w.~+/=-]+", word, re.ASCII)
        or word.startswith(("/", "./", "--"))
    ):
        return False
    if re.fullmatch(r"[0-9a-fA-F]{32,}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", word):
        return True
    return not _PLAIN.fullmatch(word) and bool(re.search(r"\d", word)) and _bits(word) > _RANDOM


def _bits(word: str) -> float:
    return -sum(n / len(word) * math.log2(n / len(word)) for n in Counter(word).values())
