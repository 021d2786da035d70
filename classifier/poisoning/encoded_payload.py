"""Is a message wrapped in an encoding?"""

import base64
import binascii
import codecs
import re
from collections.abc import Callable, Iterator

from classifier.poisoning.conceals_from_user import PROBE as CONCEALS_FROM_USER
from classifier.poisoning.demands_secrets import PROBE as DEMANDS_SECRETS
from classifier.poisoning.disguises import undone, without_entities, without_percents
from classifier.poisoning.instructs_model import PROBE as INSTRUCTS_MODEL
from classifier.poisoning.patterns import Late, Pattern
from classifier.poisoning.probe import PoisoningProbe, graded
from classifier.poisoning.sayings import Saying, Suspicion
from classifier.poisoning.shadows_tool import PROBE as SHADOWS_TOOL
from classifier.poisoning.texts import Text

_BASE64 = Pattern(
    r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{24,4000}={0,2}(?![A-Za-z0-9+/=])", trace=r"[A-Za-z0-9+/_-]{24}"
)
_HEX = Pattern(
    r"(?<![0-9A-Z])(?:[0-9A-F]{2}[ :]?){20,2000}(?![0-9A-Z])|(?:\\x[0-9A-F]{2}){12,1000}|(?:0x[0-9A-F]{2}[, ]+){12,1000}",
    trace=r"(?:[0-9A-F]{2}[ :]?){20}|(?:\\x[0-9A-F]{2}){12}|(?:0x[0-9A-F]{2}[, ]+){12}",
)
_PERCENT = Pattern(
    r"(?:%[0-9A-F]{2}){8,1000}|\b(?:[A-Z]{1,30}(?:%20|\+)){4,200}[A-Z]+",
    trace=r"(?:%[0-9A-F]{2}){8}|%20|[a-z]\+[a-z]",
)
_ENTITIES = Pattern(r"(?:&#x?[0-9A-F]{2,6};){8,1000}", trace=r"(?:&#x?[0-9A-F]{2,6};){8}")
_UNICODE = Pattern(r"(?:\\{1,2}u[0-9A-F]{4}){8,1000}", trace=r"(?:\\+u[0-9A-F]{4}){8}")
#: Whether any of these is worth a try, and whether any disguise is.
_ENCODED = Pattern("|".join(each.trace for each in (_BASE64, _HEX, _PERCENT, _ENTITIES, _UNICODE)))
_WORN = Pattern(
    r"\b(?:[a-z][ .*_-]{1,3}){6}[a-z]\b|\b(?:[a-z]*[013457@$]+[a-z][a-z013457@$]*[ ,.;:!?]+){2}[a-z]*[013457@$]|\x{ad}"
    r"|%[0-9a-f]{2}[^%]*%[0-9a-f]{2}[^%]*%[0-9a-f]{2}|&#x?[0-9a-f][^&]*&#x?[0-9a-f]|\\+[ux][0-9a-f]{2}"
    r"|(?:ignore|disregard|forget|override|bypass)(?:all|any|every|previous|prior|earlier|your|the|user|system|safety)"
    r"|(?:dont|donot|never|without)(?:tell|inform|mention|reveal|notify|ask)|(?:send|steal|leak)(?:all|the|user)?(?:secrets|password|token|credential|privatekey|ssh)"
)
#: The same over a whole definition, as JSON writes it.
_TRACE = (
    r"[a-z0-9+]{34}|%[0-9a-f]{2}%|%20|\\\\[ux][0-9a-f]|[0-9a-f]{2} [0-9a-f]{2} [0-9a-f]{2} [0-9a-f]{2} |0x[0-9a-f]{2}, ?0x|[a-z]\+[a-z]+\+[a-z]+\+[a-z]|"
    + _WORN.trace
)
_WORDS = Late(r"[A-Za-z]{2,}")
_DECODE = r"\b(?:decode|decoded|decrypt|rot-?13|base64|hexadecimal|hex|backwards?|reversed?|morse|caesar|cipher)\b|解码|デコード|디코딩|decodifica|décode|dekodier"
_OBEY = r"\b(?:follow|obey|do what (?:it|they) says?|execute (?:it|them|the (?:instructions?|commands?|result))|carry (?:it |them )?out|comply|act on (?:it|them)|as (?:your )?instructions)\b|执行|実行|따르|sigue|suis|befolge"
_SAYINGS = (
    Saying(message="Wants a text decoded and obeyed.", ideas=(_OBEY, _DECODE), within=120, deniable=True),
)
_ORDER = Late(
    r"\b(?:ignore|disregard|rules|previous|send|read|pass|exfiltrat|password|secret|instruction|user|system|curl|bash|wget|http|\.ssh|api.?key|execute|tool|always|must|never|token|credential|rm -rf|eval|import os|subprocess|powershell)",
    re.I,
)


#: What speaks in words.
_WORDY = (INSTRUCTS_MODEL, CONCEALS_FROM_USER, DEMANDS_SECRETS, SHADOWS_TOOL)


def _base64(text: str) -> str:
    padded = text.rstrip("=").replace("-", "+").replace("_", "/")
    return base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True).decode("utf-8")


def _hex(text: str) -> str:
    return bytes.fromhex(re.sub(r"\\x|0x|[\s:,]", "", text)).decode("utf-8")


def _escapes(text: str) -> str:
    return codecs.decode(text.replace("\\\\", "\\"), "unicode_escape")


_DECODERS: tuple[tuple[Pattern, Callable[[str], str]], ...] = (
    (_BASE64, _base64),
    (_HEX, _hex),
    (_PERCENT, without_percents),
    (_ENTITIES, without_entities),
    (_UNICODE, _escapes),
)


def _payloads(text: Text) -> Iterator[Suspicion]:
    for pattern, decoder in _DECODERS:
        for match in pattern.finditer(text.text):
            plain = _decoded(decoder, match.group())
            if plain and _reads_like_text(plain):
                yield (
                    graded(_is_hostile(plain)),
                    f"An encoded text that reads: {plain[:120]!r}",
                    match.start(),
                    match.end(),
                )


def _disguised(text: Text) -> Iterator[Suspicion]:
    for bare in undone(text.text):
        if _says_worse(Text("undone", bare.plain), text):
            message = f"A disguised text that reads: {bare.plain[bare.start : bare.start + 120]!r}"
            yield "hard", message, bare.start, bare.end
            return


def _suspicions(text: Text) -> Iterator[Suspicion]:
    if _ENCODED.seen(text.text):
        yield from _payloads(text)
    if _WORN.seen(text.text):
        yield from _disguised(text)


def _says_worse(plain: Text, worn: Text) -> bool:
    """Whether a text that is bare of its disguise says what it did not say in it."""
    return _overt(plain) and not _overt(worn)


def _overt(text: Text) -> bool:
    return any(finding.strength == "hard" for probe in _WORDY for finding in probe.find(text))


def _decoded(decoder: Callable[[str], str], text: str) -> str | None:
    try:
        return decoder(text)
    except (ValueError, binascii.Error):
        return None


def _reads_like_text(plain: str) -> bool:
    """Whether the decoded bytes are a sentence: words with spaces, and nothing that text does not have."""
    if sum(not char.isprintable() and char not in "\r\n\t" for char in plain):
        return False
    words = _WORDS.findall(plain)
    return len(words) >= 3 and " " in plain.strip() and sum(map(len, words)) * 3 >= len(plain) * 2


def _is_hostile(plain: str) -> bool:
    return _overt(Text("decoded", plain)) or len(set(_ORDER.findall(plain.lower()))) >= 2


PROBE = PoisoningProbe(
    code="encoded-payload",
    label="Encoded message",
    question="Is a message wrapped in base64, hexadecimal or another encoding?",
    meaning="A string in a text decodes to sentences.",
    matters="A model can decode it and obey; a person and most filters pass over it.",
    advice="Decode it and judge what it says; honest examples are short and harmless.",
    sayings=_SAYINGS,
    trace=_TRACE,
    suspect=_suspicions,
)
