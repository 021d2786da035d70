"""A saying: ideas that stand close together and mean something that no honest definition says."""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import islice
from typing import Literal

from msgspec import Struct

from classifier.poisoning.ideas import SLOT
from classifier.poisoning.patterns import Late, known
from classifier.poisoning.texts import Text

Strength = Literal["hard", "soft"]
#: How strong, a sentence, and the first and last offset in the text.
Suspicion = tuple[Strength, str, int, int]
#: Matches of one idea that are looked at in one text; nobody needs a hundred.
_MOST = 40
_DENIED = Late(
    r"(?:\b(?:do not|don'?t|never|must not|mustn'?t|should not|shouldn'?t|avoid|without|cannot|can'?t|not to|no need to|does not|doesn'?t|won'?t|will not|nor|not)|不要|请勿|切勿|勿|不得)[ \"'`]*(?:\w+ ){0,2}[\"'`]?$",
    re.I,
)
#: Shorter texts are no sentence; most names and values of a definition are.
_LEAST = 10
#: Nor are names of fewer words.
_FEWEST = 4
#: Where one sentence ends and another begins.
_ENDS = Late(r"[.!?][\"'`)]?\s+[A-Z#*-]|[.!?]\s+[^\x00-\x7f]|\n\s*\n|\n\s*[-*#]|:\s*\n|[。！？]")
#: What texts about attacks are about ...
_ATTACKS = Late(
    r"\b(?:prompt.?injections?|injections?|jailbreaks?|jailbreaking|attacks|attack (?:patterns?|prompts?|payloads?)|adversarial|poison(?:ed|ing)|red.?team\w*|malicious|phishing|hostile inputs?|exfiltration|threats?|guardrails?|moderation|vulnerab\w+|owasp|social engineering|canary|honeypot|secret scan\w*|leaked|hidden instructions|(?:planted|suspicious) instructions?|untergeschobene\w* Befehle|zero.width|ansi escapes?|homoglyphs?|look-?alikes?|confusables?|spoof\w*|untrusted|as (?:plain |mere |untrusted )?data|instructions (?:that are |which are )?(?:found|contained|embedded) (?:in|there|inside|within))\b|提示词?注入|攻击|注入检测|プロンプトインジェクション|인젝션|inyección|injeção|инъекц|скрыт[а-я]+ указани|внедр[её]нн|consignes? cachées?|enjeksiyon|حقن",
    re.I,
)
#: ... and what they do with them.
_STUDIES = Late(
    r"\b(?:detect\w*|scan(?:s|ner|ning)?|treat|do not follow|never follow|checks?|checking|reviews?|verdicts?|feeds|tests?|testing|protects?|blocks?|flags?|filters?|sanitiz\w*|sanitis\w*|classif\w+|identif\w+|analy[sz]\w+|evaluat\w+|recogni[sz]\w+|finds?|returns?|labels?|labelled|research|prüft|helper|benchmark|simulat\w+|examples?|such as|e\.g\.|phrases?|patterns?|payloads?|attempts?)\b|检测|识别|扫描|検出|탐지|detecta|analiza|encuentra|erkennt|findet|détecte|repère|обнаруж|ищет|наход|检查|判断|識別|検査|찾|bulur|يكشف",
    re.I,
)
#: Somebody else's words, told.
_REPORTED = Late(
    r"\bwhether (?:an? |the |some )?\w+ (?:asks|tells|tries|attempts|wants|contains|instructs)\b[^.\n]{0,60}$|\b(?:asked|told|trying|attempts?|attempting|tries) to [^.\n]{0,20}$|\b(?:which|that) (?:asks?|tells?|instructs?) (?:the |an? )?(?:model|assistant|agent) to [^.\n]{0,20}$",
    re.I,
)
_QUOTED_IN = Late(
    r"\b(?:phrases?|such as|for example|like|examples?|pattern|string|text|says?|prompt|input|etwa|wie|beispiel|comme|exemple|como|ejemplo|exemplo|например|örneğin)\b|\b(?:e\.g|p\. ?ej|p\. ?ex|z\. ?B)\.|例如|比如|一句|例[:：]|예[:：]|مثل",
    re.I,
)
#: What stands behind a quotation that is only an example of its kind.
_OF_THE_KIND = Late(r"[^\n]{0,30}[」”»\"](?:など|という|といった|等|之类|这类|같은)")
_QUOTES = (('"', '"'), ("'", "'"), ("“", "”"), ("`", "`"), ("‘", "’"), ("「", "」"), ("«", "»"), ("„", "“"))
#: Signs that open a quotation and never close one.
_OPENS = Late(r"[«「]|[“„](?=\w)")
#: A quotation of some words.
_QUOTATION = Late(
    r"\"[^\"\n]{8,200}\"|“[^”\n]{8,200}”|«[^»\n]{8,200}»|„[^“”\n]{8,200}[“”]|「[^」\n]{4,200}」"
)
_AROUND = 200
#: Where a text says what it is about.
_HEAD = 600
#: Where an exception is looked for.
_BEFORE, _AFTER = 25, 60
#: Somebody or something of the person's, not the person.
_OF_HIS = Late(r"(?:['’]s|(?<=s)['’]) (?!knowledge|consent|permission|approval|awareness|attention)", re.I)
#: Ideas that the description of an argument holds without saying them.
_SAID_BY_PLACE = frozenset({SLOT})
#: Addresses say nothing about what a text speaks of.
_ADDRESSES = Late(r"\S*(?:@|://|\w\.\w)\S*")


class Saying(Struct, frozen=True, kw_only=True):
    """Ideas, how close together they stand, and what a person is told about it."""

    message: str
    #: Patterns in which RE2 and Python agree.
    ideas: tuple[str, ...]
    #: Position of the rarest of them: without it no text is looked at.
    anchor: int = 0
    #: Characters from the first to the last of them.
    within: int = 120
    strength: Strength = "hard"
    #: Whether the ideas stand in this order.
    ordered: bool = False
    #: Whether they may stand in neighbouring sentences.
    across: bool = False
    #: What, in or right after it, makes it harmless in most definitions.
    unless: str = ""
    #: Whether a denial right before takes the meaning away.
    deniable: bool = False


def heard(text: Text, sayings: Sequence[Saying]) -> Iterator[Suspicion]:
    """The first overt place of every saying in a text, else the first one that is only spoken about or honest."""
    if len(text.text) < _LEAST or (text.joined and len(text.folded.split()) < _FEWEST):
        return
    folded, given = text.folded, _SAID_BY_PLACE if text.argument else frozenset()
    for saying in Presence(folded, given).possible(sayings) if sayings else ():
        found = [
            (_strength(saying, folded, start, end), saying.message, start, end)
            for start, end in islice(_places(saying, folded, given), _MOST)
            if _stands(saying, folded, start, end)
        ]
        yield from sorted(found, key=lambda one: one[0])[:1]


class Presence(dict[str, bool]):
    """Which ideas are in a text, or in any of several that are given one to a line; each is looked for once."""

    def __init__(self, text: str, given: Iterable[str] = ()) -> None:
        super().__init__(dict.fromkeys(given, True))
        self._raw = text.encode("utf-8", "replace")

    def __missing__(self, idea: str) -> bool:
        seen = self[idea] = known(idea).seen_in(self._raw)
        return seen

    def possible(self, sayings: Sequence[Saying]) -> Iterator[Saying]:
        """The sayings of which all ideas are there."""
        for saying in sayings:
            if self[saying.ideas[saying.anchor]] and all(self[idea] for idea in saying.ideas):
                yield saying


def _stands(saying: Saying, text: str, start: int, end: int) -> bool:
    """Whether a place is neither denied nor cut by the end of a sentence."""
    if saying.deniable and _denied(saying, text, start, end):
        return False
    return saying.across or not _ENDS.search(text, start + 2, end)


def _strength(saying: Saying, text: str, start: int, end: int) -> Strength:
    harmless = _harmless(saying, text, start, end) or speaks_of_attacks(text, start, end)
    return "soft" if harmless else saying.strength


def _harmless(saying: Saying, text: str, start: int, end: int) -> bool:
    if not saying.unless:
        return False
    around = text[max(0, start - _BEFORE) : end + _AFTER]
    return _OF_HIS.match(text, end) is not None or known(saying.unless).search(around) is not None


def _denied(saying: Saying, text: str, start: int, end: int) -> bool:
    """Whether a denial stands right before the whole, or before its rarest part."""
    rarest = known(saying.ideas[saying.anchor]).first(text, start, end)
    return any(_DENIED.search(text[max(0, at - 40) : at]) for at in {start, rarest})


def speaks_of_attacks(text: str, start: int, end: int) -> bool:
    """Whether the words around a find describe attacks rather than play one: talk of detection, or quotes."""
    before = text[max(0, start - _AROUND) : start]
    around = _ADDRESSES.sub(" ", before + " " + text[end : end + _AROUND])
    if _ATTACKS.search(around) and _STUDIES.search(before or around):
        return True
    if _REPORTED.search(before):
        return True
    opening = _opening(text, start, end)
    if not _quoted(text, opening, end):
        return False
    head = text[: min(start, _HEAD)]
    if _QUOTED_IN.search(text[max(0, opening - 60) : opening]) or _OF_THE_KIND.match(text, end):
        return True
    return bool(_ATTACKS.search(head) and _STUDIES.search(head))


def only_quotes(passage: str) -> str:
    """What a passage about attacks says besides the examples that it quotes; empty if it quotes none or is about something else."""
    if not (_ATTACKS.search(passage) and _STUDIES.search(passage)):
        return ""
    rest = _QUOTATION.sub(" ", passage)
    return rest if rest != passage else ""


def _opening(text: str, start: int, end: int) -> int:
    """Where a quotation is opened in the midst of a find, else where the find begins."""
    inside = _OPENS.search(text, start, end)
    return inside.end() if inside else start


def _quoted(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 30) : start], text[end : end + 60]
    return any(left in before and right in after for left, right in _QUOTES)


def _places(saying: Saying, text: str, given: Container[str] = ()) -> Iterator[tuple[int, int]]:
    """Where all ideas of a saying but those that are *given* stand close enough together."""
    patterns = [known(idea) for idea in saying.ideas if idea not in given]
    spans = [[match.span() for match in islice(pattern.finditer(text), _MOST)] for pattern in patterns]
    if not all(spans):
        return
    for start, end in spans[0]:
        for others in spans[1:]:
            nearest = _nearest(others, start, end, ordered=saying.ordered)
            if nearest is None:
                break
            start, end = min(start, nearest[0]), max(end, nearest[1])
        else:
            if end - start <= saying.within:
                yield start, end


def _nearest(
    spans: Sequence[tuple[int, int]], start: int, end: int, *, ordered: bool
) -> tuple[int, int] | None:
    fitting = [span for span in spans if span[0] >= end] if ordered else spans
    return min(fitting, key=lambda span: max(0, span[0] - end, start - span[1]), default=None)
