"""Does a text pretend to come from the system?"""

import re
from collections.abc import Iterator

from classifier.poisoning.patterns import Pattern
from classifier.poisoning.probe import PoisoningProbe, graded
from classifier.poisoning.sayings import Suspicion, speaks_of_attacks
from classifier.poisoning.texts import Text

#: Marks of chat formats; no definition needs them.
_MARKS = Pattern(
    r"<\|(?:im_start|im_end|system|user|assistant|endoftext|begin_of_text|eot_id|start_header_id|end_header_id)\|?>|\[/?INST\]|<</?SYS>>|<start_of_turn>|</?(?:function_results|tool_results?|tool_response|function_calls|function_response)>|\bend of (?:the )?(?:tool )?(?:description|documentation|definition)\b|\bnew system (?:message|prompt|instructions?)\b"
    r"|</?(?:system|assistant|developer)[_-]?(?:prompt|message|instructions?|reminder|override|note)?>|[{,] ?[\"']role[\"'] ?: ?[\"'](?:system|developer)[\"'] ?, ?[\"']content[\"']|\[\[(?:admin|system|developer|root)\]\]|\bnotes? (?:for|to) (?:the )?(?:llms?|ais?|models?|assistants?|agents?)(?: only)?\b[^.\n]{0,12}\b(?:humans?|users?|people)\b[^.\n]{0,30}\b(?:skip|ignore|not)\b|\b(?:begin|start of|end of|end) system (?:message|prompt|instructions?)\b"
)
#: A line that begins as if the system spoke, and goes on with what it would say.
_SPEAKERS = Pattern(
    r"(?:^|\n)\s*(?:#{1,4} ?|\*\*|\[)?(?-i:SYSTEM|System|ADMIN|Admin|DEVELOPER|Developer)(?: (?:PROMPT|MESSAGE|OVERRIDE|NOTE|NOTICE|UPDATE|INSTRUCTIONS?|ALERT))?(?:\*\*|\])?\s*:\s*"
    r"(?=\S*(?:you|the|ignore|all|from|this|always|never|do|before|user|new|please|assistant)\b)"
    r"|\[ ?(?:SYSTEM|ADMIN|DEVELOPER) (?:PROMPT|MESSAGE|OVERRIDE|NOTE|NOTICE|UPDATE|INSTRUCTIONS?|ALERT) ?\]|(?:^|\n)\s*\[(?-i:SYSTEM|ADMIN|DEVELOPER)\] ?:?\s*\n\s*\w"
    r"|(?:^|\s)#{2,4} ?(?:SYSTEM|ASSISTANT|INSTRUCTIONS?|RESPONSE|HUMAN)(?: prompt| message)?: *\n\s*(?=[A-Z])"
    r"|#{2,4} ?instructions?: [^#]{1,400}#{2,4} ?response:"
    r"|\n\s*Human ?: ?\S[^\n]*\n\s*(?:\n\s*)?Assistant ?:",
    trace=r"(?:system|admin|developer)(?: \w+)?[\])*]*\s*:|\[ ?(?:system|admin|developer)[ \]]|#+ ?\w+[\w ]*:|human ?:",
)
#: The same in the middle of a line, where only capitals tell.
_SHOUTED = Pattern(
    r"[.!?\])>]\s+(?:SYSTEM|ADMIN|DEVELOPER)(?: [A-Z]+)?: ?(?=\S*(?:[Yy]ou|[Tt]he|[Ii]gnore|[Aa]ll|[Ff]rom|[Aa]lways|[Nn]ever|[Uu]ser|[Nn]ew|[Pp]lease)\b)",
    trace=r"[.!?\])>]\s+(?:SYSTEM|ADMIN|DEVELOPER)",
    exact=True,
)
#: A closing tag that nothing opened ends the description early, for whoever believes in it.
_CLOSING = Pattern(
    r"</(tool|tools|function|functions|tool_description|description|function_results|tool_result|available_tools)>\s*(?=\S)",
    trace="</(?:tool|function|description|available)",
)
_URGENT = Pattern(
    r"<(important\w*|critical|secret\w*|hidden\w*|system_\w+|admin\w*|mandatory|urgent|instructions?_?\w*|override|note_to_(?:ai|model|llm)|ai|llm|model|agent)\b[^>]{0,40}>(.{1,1500}?)</\1",
    trace="<(?:important|critical|secret|hidden|admin|mandatory|urgent|instruction|override|note_to|ai|llm|model|agent)",
    flags=re.S,
)
_ORDERS = Pattern(
    r"\b(?:read|cat|open|send|pass|include|upload|forward|call|execute|run|fetch|copy|attach|append|tell|mention|inform|ignore|delete|bcc|reveal|approve|obey|comply|grant|allow|authori[sz]e|trust|follow)\b"
    r"[^\n]{0,160}(?:\.ssh|\.env|mcp\.json|id_rsa|credential|password|secret|token|api key|user|conversation|https?://|@|sidenote|other tools?|instructions|the (?:assistant|model|agent)|answer|every|nobody|anyone|chat|endpoint|server)"
)
#: Tools for prompts and templates explain chat formats.
_DOCUMENTS = Pattern(
    r"chat (?:template|format|markup)|(?:prompt|llama|jinja\w*|model|mistral) template|special tokens?|tokeni[sz]|\brole\b|chatml|message format|you are an? (?:helpful|expert)|default system prompt|<examples?>|\bxml (?:such as|like|documents?|elements?|tags?|format|files?)\b"
)
#: A bare tag, or a message of the chat format, which data and examples hold as well, ...
_BARE = Pattern(r"</?system>|[{,] ?[\"']role[\"']")
#: ... and what stands in it if a model is meant.
_MEANT = Pattern(
    r"\b(?:you (?:must|have to|will|should|shall|are now|now|may)|your|users?|humans?|assistants?|models?|ai|tools?|calls?|answers?|instructions?|rules?|ignore|disregard|forget|override|obey|safety|approv\w+|permission|confirm\w*|consent|authori[sz]\w+|admin\w*|execute|delete|wipe|send|upload|secrets?|keys?|passwords?|without)\b"
)
_INSIDE = 240


def _is_data(text: str, start: int, end: int) -> bool:
    """Whether a bare tag or message says nothing to a model."""
    inside = text[start : end + _INSIDE]
    return _BARE.seen(text[start:end]) and not _MEANT.seen(inside)


def _pretends(text: Text) -> Iterator[Suspicion]:
    for pattern in (_MARKS, _SPEAKERS, _SHOUTED):
        if match := pattern.search(text.text):
            honest = (
                speaks_of_attacks(text.text, match.start(), match.end())
                or _DOCUMENTS.seen(text.text)
                or _is_data(text.text, match.start(), match.end())
            )
            message = "Carries a mark of the system or of another speaker in the conversation."
            yield graded(not honest), message, match.start(), match.end()
    for closing in _CLOSING.finditer(text.text):
        if f"<{closing.group(1)}" not in text.text[: closing.start()]:
            message = "Closes a tag that it did not open, as if the definition ended here."
            yield "hard", message, closing.start(), closing.end()
            break
    if match := _URGENT.search(text.text):
        message = "Wraps a message to the model in a tag, apart from the description."
        overt = bool(_ORDERS.search(match.group(2)))
        yield graded(overt), message, match.start(), match.end()


PROBE = PoisoningProbe(
    code="fake-system-tags",
    label="Fake system tags",
    question="Does a text pretend to come from the system, the user or the client?",
    meaning="Marks of chat formats, closing tags or tags such as `<IMPORTANT>` with orders stand in a description.",
    matters="A model that takes them for real trusts what follows like its own instructions.",
    advice="Do not connect the server; report it.",
    suspect=_pretends,
    trace=(
        r"\brole\W{1,3} ?:|\[\[(?:admin|system|developer|root)\]|notes? (?:for|to) (?:the )?(?:llm|ai|model|assistant|agent)|<\||\[/?inst\]|<</?sys>>|<start.of.turn>|</?(?:function.res|tool.res|function.calls)|\[(?:system|admin|developer)\]|end of (?:the )?(?:tool )?(?:descr|docum|defin)|</?(?:system|assistant|developer|important|critical|secret|hidden|admin|mandatory|urgent|instruction|override|note.to|ai|llm|model|agent)"
        r"|</(?:tool|function|description|available)|system (?:message|prompt|instruction)|(?:  |\"|#|\*|\[|[.!?>] ) ?(?:system|admin|developer)(?: [a-z]+)?[\])*]* *:|# ?(?:system|assistant|instruction|response|human)|\[ ?(?:system|admin|developer) |  human ?:"
    ),
)
