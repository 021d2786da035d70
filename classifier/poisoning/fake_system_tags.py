"""Does a text pretend to come from the system?"""

import re
from collections.abc import Iterator

from classifier.poisoning.probe import PoisoningProbe, graded
from classifier.poisoning.sayings import Suspicion, speaks_of_attacks
from classifier.poisoning.texts import Text

#: Marks of chat formats; no definition needs them.
_MARKS = re.compile(
    r"<\|(?:im_start|im_end|system|user|assistant|endoftext|begin_of_text|eot_id|start_header_id|end_header_id)\|?>|\[/?INST\]|<</?SYS>>|<start_of_turn>|</?(?:system|assistant|developer)[_-]?(?:prompt|message|instructions?|reminder|override|note)?>|<(?:/?s)>\[INST"
    r"|(?:^|\n)\s*(?:#{1,4} ?|\*\*|\[)?(?:SYSTEM|System|ADMIN|DEVELOPER)(?: (?:PROMPT|MESSAGE|OVERRIDE|NOTE|NOTICE|Prompt|Message|Override|Notice|UPDATE|INSTRUCTIONS?|Instructions?|Update))?(?:\*\*|\])?\s*:\s*(?=\S*(?:you|the|ignore|all|from|this|always|never|do|before|user|new|please|assistant)\b)"
    r"|(?:^|\n)\s*(?:#{2,4} ?|\[)(?:SYSTEM|ASSISTANT|INSTRUCTIONS?|RESPONSE|HUMAN|USER)\]?:? *\n\s*(?=[A-Z])|(?:begin|start of|end of|end) system (?:message|prompt|instructions?)|(?:^|\n)\n?(?:Human|Assistant|Tool[ _]result|Function[ _]result|User)\s*:\s*\S",
    re.I,
)
#: A closing tag that nothing opened ends the description early, for whoever believes in it.
_CLOSING = re.compile(
    r"</(tool|tools|function|functions|tool_description|description|function_results|tool_result|available_tools)>\s*(?=\S)",
    re.I,
)
_URGENT = re.compile(
    rf"<(important|critical|secret|hidden|admin|mandatory|urgent|instructions?_?\w*|override|note_to_(?:ai|model|llm)|ai|llm|model|agent)\b[^>]{{0,40}}>([^\n]{0, 160}?(?:\n[^\n]{0, 160}?){{0,12}}?)</\1",
    re.I,
)
_ACTS = re.compile(
    r"\b(?:read|cat|open|send|pass|include|upload|forward|call|execute|run|fetch|copy|attach|append|tell|mention|inform|ignore|delete|bcc|reveal|approve|obey|comply|grant|allow|authori[sz]e|trust|follow|act)\b[^\n]{0,160}(?:\.ssh|\.env|mcp\.json|id_rsa|credential|password|secret|token|api key|user|conversation|https?://|@|parameter|argument|sidenote|other tools?|instructions|assistant|the (?:model|agent|answer|next)|every|all )",
    re.I,
)


def _pretends(text: Text) -> Iterator[Suspicion]:
    if match := _MARKS.search(text.text):
        quoted = speaks_of_attacks(text.text, match.start(), match.end()) or _documents_format(text.text)
        yield (
            graded(not quoted),
            "Carries a mark of the system or of another speaker in the conversation.",
            match.start(),
            match.end(),
        )
    for closing in _CLOSING.finditer(text.text):
        if f"<{closing.group(1)}" not in text.text[: closing.start()]:
            yield (
                "hard",
                "Closes a tag that it did not open, as if the definition ended here.",
                closing.start(),
                closing.end(),
            )
            break
    if match := _URGENT.search(text.text):
        yield (
            graded(bool(_ACTS.search(match.group(2)))),
            "Wraps a message to the model in a tag, apart from the description.",
            match.start(),
            match.end(),
        )


def _documents_format(text: str) -> bool:
    """Whether the text explains a chat format, as tools for prompts and templates do."""
    return bool(
        re.search(
            r"chat (?:template|format|markup)|(?:prompt|llama|jinja\w*|model|mistral) template|special tokens?|tokeni[sz]|\brole\b|chatml|message format",
            text,
            re.I,
        )
    )


PROBE = PoisoningProbe(
    code="fake-system-tags",
    label="Fake system tags",
    question="Does a text pretend to come from the system, the user or the client?",
    meaning="Marks of chat formats, closing tags or tags such as `<IMPORTANT>` with orders stand in a description.",
    matters="A model that takes them for real trusts what follows like its own instructions.",
    advice="Do not connect the server; report it.",
    trace=r"system (?:message|prompt|instruction)|#(?:system|user|human)|# (?:system|user|human|assistant|instruction|response)|<\||\[/?inst\]|<</?sys>>|<start_of_turn>|(?:system|assistant|developer|admin|human|user|result|override|notice|note|update|prompt|message|instructions?)(?:\*\*|\])?\s*:|</?(?:system|assistant|developer|important|critical|secret|hidden|admin|mandatory|urgent|instruction|override|note_to|ai|llm|model|agent|tool|function|description|available_tools)",
    suspect=_pretends,
)
