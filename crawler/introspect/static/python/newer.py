"""Source in the syntax of a newer Python, rewritten line for line into what the interpreter here can parse."""

import re

#: `type Name[T] = ...`, type parameters of functions and classes, and `except A, B:`.
_ALIAS = re.compile(r"(?m)^([ \t]*)type[ \t]+(\w+)[ \t]*(?:\[[^\]=]{0,500}\])?[ \t]*=(?!=)")
_GENERIC = re.compile(r"(?m)^([ \t]*(?:(?:async[ \t]+)?def|class)[ \t]+\w+)\[")
_EXCEPT = re.compile(r"(?m)^([ \t]*except\*?[ \t]+)([\w.]+(?:,[ \t]*[\w.]+)+)[ \t]*:")

#: What decides where strings begin: comments, and quotes with their prefix.
_TOKEN = re.compile(r"#[^\n]*|(?<![\w])([a-zA-Z]{0,2})(\"\"\"|'''|\"|')")


def older_syntax(source: str) -> str:
    """The same source, as many lines, without what is new in Python 3.12 to 3.14; what it says of types is lost."""
    source = _ALIAS.sub(r"\1\2 =", source)
    source = _EXCEPT.sub(r"\1(\2):", source)
    return _plain_strings(_without_parameters(source))


def _without_parameters(source: str) -> str:
    """Functions and classes without their type parameters."""
    pieces: list[str] = []
    position = 0
    for match in _GENERIC.finditer(source):
        end = _closing(source, match.end())
        if match.start() >= position and end > 0:
            # A line break may stand behind the opening parenthesis, or behind a backslash before it.
            breaks = "\\\n" * source.count("\n", match.end(), end)
            pieces += [source[position : match.end(1)], breaks]
            position = end
    return "".join([*pieces, source[position:]])


def _closing(source: str, start: int) -> int:
    """Behind the bracket that closes the one before `start`; 0 where none does soon."""
    depth = 1
    for position in range(start, min(start + 2_000, len(source))):
        depth += {"[": 1, "]": -1}.get(source[position], 0)
        if depth == 0:
            return position + 1
    return 0


def _plain_strings(source: str) -> str:
    """Formatted strings whose expressions hold quotes, backslashes or line breaks have an unknown name in their place."""
    pieces: list[str] = []
    position = copied = 0
    while (match := _TOKEN.search(source, position)) is not None:
        position = match.end()
        if not match[2]:
            continue
        formatted = "f" in match[1].lower()
        end, holes = _string_end(source, position, match[2], formatted)
        if any(_is_new(source[start:stop], match[2]) for start, stop in holes):
            pieces += [source[copied : match.start(2)], _rewritten(source, position, end, match[2], holes)]
            copied = end
        position = end
    return "".join([*pieces, source[copied:]])


def _string_end(source: str, start: int, quote: str, formatted: bool) -> tuple[int, list[tuple[int, int]]]:
    """Behind the closing quote, and where the expressions of a formatted string stand."""
    holes: list[tuple[int, int]] = []
    position = start
    while position < len(source):
        if source.startswith(quote, position):
            return position + len(quote), holes
        character = source[position]
        if formatted and character == "{" and not source.startswith("{{", position):
            end = _hole_end(source, position + 1)
            holes.append((position + 1, end))
            position = end + 1
        elif len(quote) == 1 and character == "\n":
            return position, holes
        else:
            position += 2 if character == "\\" or source.startswith("{{", position) else 1
    return len(source), holes


def _hole_end(source: str, start: int) -> int:
    """Where the brace stands that ends an expression, which may hold strings and brackets."""
    depth = 0
    position = start
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is not None and match[2]:
            position = _string_end(source, match.end(), match[2], "f" in match[1].lower())[0]
            continue
        character = source[position]
        if character == "}" and depth == 0:
            return position
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(character, 0)
        position += 1
    return position


def _is_new(expression: str, quote: str) -> bool:
    """Whether an older Python does not take the expression inside this string, nor the strings inside that."""
    broken = quote in expression or "\\" in expression or (len(quote) == 1 and "\n" in expression)
    return broken or ("{" in expression and _plain_strings(expression) != expression)


def _rewritten(source: str, start: int, end: int, quote: str, holes: list[tuple[int, int]]) -> str:
    """The string in three quotes, with an unknown name and as many line breaks in place of each expression."""
    pieces: list[str] = []
    position = start
    for hole, stop in holes:
        pieces += [source[position:hole], "__newer__" + "\n" * source.count("\n", hole, stop)]
        position = stop
    pieces.append(source[position : end - len(quote)])
    wide = quote[0] * 3
    text = "".join(pieces)
    return f"{wide}{text}{' ' if text.endswith(quote[0]) else ''}{wide}"
