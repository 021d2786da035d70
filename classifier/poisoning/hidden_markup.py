"""Is something written where only the model reads it?"""

import re
from collections.abc import Iterator

from classifier.poisoning.patterns import Late
from classifier.poisoning.probe import PoisoningProbe, graded
from classifier.poisoning.sayings import Suspicion
from classifier.poisoning.texts import Text

_COMMENT = Late(
    r"<!--((?:(?!-->|<!--).){3,2000}+)-->|\[//\]: ?#? ?\(([^)]{3,500})\)|^\[comment\]: ?<> ?\(([^)]{3,500})\)",
    re.S | re.M,
)
_TO_MODEL = Late(
    r"\b(?:you|assistant|model|ai|llm|agent|user|tool|must|always|never|ignore|secret|password|credentials?|send|read|pass|include|call|execute|instructions?|before|silently|forward|key|token|override|system)\b",
    re.I,
)
_HARMLESS = Late(
    r"^\s*(?:todo|fixme|prettier|eslint|markdownlint|toc|start|end|begin|example|comment|generated|more|endregion|region|doctoc|badges?|noqa)\b",
    re.I,
)
_INVISIBLE = Late(
    r"<\w+\s+hidden\s*>\s*[^<\s]|<\w+[^>]{0,80}style\s*=\s*[\"'][^\"']{0,120}(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?![.\d])|(?<!-)color\s*:\s*(?:white|#fff(?:fff)?|transparent))[^>]{0,120}>\s*[^<\s]",
    re.I,
)
#: More space than any layout needs: what follows is pushed out of sight.
#: It begins where text ends, and gives nothing back, so that it is looked at once however long it is.
_PADDING = Late(r"(?<!\s)(?:[ \t\u00a0\u3000]{120,}+|(?:[ \t]*+\n){25,}+)(?=\s*+\S)")
_LOADED = Late(
    r"!\[[^\]]{0,80}\]\(https?://[^)\s]{1,200}[?&/=][^)\s]{0,100}(?:\{\{?|<|\$\{?|%s|\[)(?:\w+)", re.I
)


def _unseen(text: Text) -> Iterator[Suspicion]:
    for match in _COMMENT.finditer(text.text):
        inside = next(group for group in match.groups() if group is not None)
        if not _HARMLESS.match(inside):
            yield (
                graded(len(_TO_MODEL.findall(inside)) >= 2),
                "A comment that no rendering shows.",
                match.start(),
                match.end(),
            )
            break
    if styled := _INVISIBLE.search(text.text):
        shown = text.text[styled.end() - 1 : styled.end() + 400].partition("<")[0]
        yield (
            graded(_TO_MODEL.search(shown) is not None),
            "Text that is styled to be invisible.",
            styled.start(),
            styled.end(),
        )
    if padding := _PADDING.search(text.text):
        rest = text.text[padding.end() :]
        yield (
            graded(len(_TO_MODEL.findall(rest[:600])) >= 3),
            "Text that is pushed out of sight by empty space.",
            padding.start(),
            padding.end(),
        )
    if loaded := _LOADED.search(text.text):
        yield (
            "hard",
            "A picture whose address carries out what the model fills in.",
            loaded.start(),
            loaded.end(),
        )


PROBE = PoisoningProbe(
    code="hidden-markup",
    label="Hidden markup",
    question="Is something written where only the model reads it?",
    meaning="Comments, invisible styles or long empty stretches hide a text from people, or a picture's address carries data out.",
    matters="The person who reviews the tool sees a harmless description, the model sees the rest.",
    advice="Read the definition as raw text before you trust the tool.",
    # Where a line ends the look that goes by this has two spaces.
    trace=r"<!--|\[//\]|\[comment\]|style| hidden|[ \x{a0}\x{3000}]{50}|!\[",
    suspect=_unseen,
)
