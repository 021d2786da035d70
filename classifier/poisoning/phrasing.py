"""Wording shared by probes that read sentences: who is addressed, what is secret, and what only speaks of attacks."""

import re

#: A stretch within a sentence; bounded, so that no text can make a search slow.
NEAR = r"[^.!?\n。！？]{0,60}?"
FAR = r"[^\n]{0,160}?"

#: Things that a model holds and no ordinary argument needs.
CONTEXT = (
    r"(?:system (?:prompt|message|instructions?)|conversation(?: history| so far| context)?|chat (?:history|log|transcript)"
    r"|(?:previous|prior|earlier|all|full|entire|complete) (?:messages?|conversations?|chats?|context|tool (?:results?|outputs?|calls?))"
    r"|(?:user'?s?|their|your) (?:messages?|secrets?|passwords?|credentials?|api keys?|tokens?|private keys?)"
    r"|list of (?:all )?(?:the )?(?:available )?tools|environment variables?|env vars?)"
)
#: Files that hold secrets.
PRIVATE_FILES = (
    r"(?:~?/?\.ssh\b[/\w.-]*|\bid_(?:rsa|ed25519|ecdsa|dsa)\b|\.aws/credentials|/etc/(?:passwd|shadow)|\.netrc|\.npmrc|\.pypirc|\.git-credentials"
    r"|\.kube/config|\.gnupg|\.docker/config\.json|\.bash_history|\.zsh_history|\.cursor/mcp\.json|\bmcp\.json|claude_desktop_config\.json"
    r"|(?<![\w/])\.env\b(?!ironment)|wallet\.dat|login\.keychain|cookies\.sqlite|\bssh (?:private )?keys?\b|\bprivate ssh keys?\b|\bseed phrases?\b)"
)
#: Verbs that bring something into an argument or out of the machine.
HAND = (
    r"(?:pass|include|send|put|provide|append|attach|encode|transmit|forward|submit|post|upload|insert|embed|copy|paste|place|fill|supply|add"
    r"|exfiltrate|leak|write|report|email|e-mail|deliver|base64)"
)
#: Verbs that open something.
OPEN = r"(?:read|cat|open|load|fetch|get|retrieve|access|collect|grab|obtain|extract|dump|gather|locate|find|scan|look up)"

#: A text about attacks, tests or detection quotes them without playing them.
_SPEAKS_OF = re.compile(
    r"\b(?:detect(?:s|ed|ion|ing|or)?|scan(?:s|ner|ning)?|test(?:s|ing)? (?:for|whether|if|against)|protect(?:s|ion)?|prevent(?:s|ion)?|block(?:s|ed|ing)?"
    r"|flag(?:s|ged)?|filter(?:s|ed|ing)?|sanitiz|sanitis|red.?team|adversarial|classif(?:y|ies|ier)|guardrail|identif(?:y|ies)|attempts?"
    r"|attacks?|injections?|jailbreaks?|malicious|suspicious|examples?|such as|e\.g\.|for instance|like [\"'“‘`]|patterns?|payloads?|vulnerab|benchmark|defen[cs]e"
    r"|moderat|evaluat|check(?:s|ing)? (?:for|whether|if))",
    re.I,
)
_AROUND = 160


def speaks_of_attacks(text: str, start: int, end: int) -> bool:
    """Whether the words around a find describe attacks rather than play one: quoted, or beside talk of detection."""
    before = text[max(0, start - _AROUND) : start]
    after = text[end : end + _AROUND // 2]
    if not _SPEAKS_OF.search(before + " " + after):
        return False
    return _quoted(text, start, end) or bool(_SPEAKS_OF.search(before))


def _quoted(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 40) : start], text[end : end + 80]
    return any(
        left in before and right in after
        for left, right in (('"', '"'), ("'", "'"), ("“", "”"), ("`", "`"), ("‘", "’"))
    )
