"""Where the top-level statements of a source without line breaks end, found without parsing it.

Whatever cannot end a statement is passed over in one step of the regular expression engine: strings, comments, regular
expressions, templates with little code in them, and brackets with few brackets inside each other.
"""

import re

_TEMPLATE_TEXT = r"(?:[^`\\$]++|\\[\s\S]|\$(?!\{))*+"

#: A slash begins a regular expression behind what cannot end a value.
_REGEX = (
    r"(?:(?<=[=(,:;!&|?{}\[+\-*%~^<>\n])|(?<=[=(,:;!&|?{}\[+\-*%~^<>] )|"
    r"(?<=return)|(?<=return )|(?<=typeof)|(?<=typeof )|(?<=case)|(?<=case ))"
    r"/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*+\])++/"
)

#: What holds no bracket that counts; quotes and slashes that begin nothing at last.
_PLAIN = (
    r"[^\"'`/(){}\[\];]++|"
    r"\"(?:[^\"\\\n]++|\\.)*+\"|'(?:[^'\\\n]++|\\.)*+'|"
    r"`(?:[^`\\$]++|\\[\s\S]|\$(?!\{)|\$\{[^{}`\"'/()\[\]]*+\})*+`|"
    r"//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)|" + _REGEX + r"|[\"'/]"
)


#: Pairs of brackets inside each other that are passed over in one step.
_DEEPEST = 3


def _brackets(opening: str, closing: str, levels: int) -> str:
    """A pair of brackets with no more than `levels` of them inside; which kinds they are decides nothing."""
    inner = rf"|{_brackets('({[', ')}]', levels - 1)}" if levels else ""
    return rf"[{re.escape(opening)}](?:{_PLAIN}|;{inner})*+[{re.escape(closing)}]"


#: Outside of all brackets: up to a sign, or over a pair of braces, behind which a statement may end.
_OUTSIDE = re.compile(
    rf"(?:{_PLAIN}|{_brackets('([', ')]', _DEEPEST)})*+({_brackets('{', '}', _DEEPEST)}|[{{}}()\[\];`]|\Z)"
)
_INSIDE = re.compile(rf"(?:{_PLAIN}|;|{_brackets('({[', ')}]', _DEEPEST)})*+([{{}}()\[\]`]|\Z)")
_TEMPLATE = re.compile(_TEMPLATE_TEXT)

#: What may follow a brace that ends a statement, and nothing else.
_NEXT = re.compile(r"\n|(?:async )?function\b|class\b|var\b|let\b|const\b|export\b|import\b")


def ends_of_statements(source: str) -> list[int]:
    """The offsets behind semicolons and braces that end a statement of the top level."""
    ends: list[int] = []
    depth, position = 0, 0
    templates: list[int] = []
    while position < len(source):
        match = (_INSIDE if depth else _OUTSIDE).match(source, position)
        if match is None:
            break
        sign, position = match[1], match.end()
        if sign == ";" or (len(sign) > 1 and _NEXT.match(source, position)):
            ends.append(position)
        elif sign == "`":
            position, depth = _behind_text(source, position, depth, templates)
        elif sign in {"(", "[", "{"}:
            depth += 1
        elif sign in {")", "]", "}"}:
            depth = max(depth - 1, 0)
            if templates and templates[-1] == depth:
                templates.pop()
                position, depth = _behind_text(source, position, depth, templates)
            elif depth == 0 and sign == "}" and _NEXT.match(source, position):
                ends.append(position)
    return ends


def _behind_text(source: str, position: int, depth: int, templates: list[int]) -> tuple[int, int]:
    """Behind the closing back quote, or behind `${`, which is a bracket more; and how deep that is."""
    match = _TEMPLATE.match(source, position)
    end = match.end() if match else position
    if source.startswith("${", end):
        templates.append(depth)
        return end + 2, depth + 1
    return end + 1, depth
