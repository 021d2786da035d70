"""The values of string literals in any of the languages, and names in the cases that SDKs make of them."""

import re
import textwrap

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f"}
_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r?\n[ \t]*|[\s\S])")


def unquoted(literal: str) -> str:
    """The value of a literal in any of the languages."""
    if literal[:1] in {'"', "'"} and literal[:3] != '"""':
        inner = literal[1:-1]
        return _ESCAPE.sub(_character, inner) if "\\" in inner else inner
    if literal.startswith(":"):
        return literal[1:].strip('"')
    for raw in ('@"', "`"):
        if literal.startswith(raw):
            return literal[len(raw) : -1].replace('""', '"')
    if match := re.match(r"b?r(#*)\"", literal):
        return literal[match.end() : -1 - len(match[1])]
    if literal.startswith('"""'):
        return block_of(literal, set())
    inner = literal[1:-1]
    return _ESCAPE.sub(_character, inner) if "\\" in inner else inner


def block_of(literal: str, kinds: set[str]) -> str:
    """A text of three quotes: Kotlin's as it stands, Java's and C#'s without the indentation that its lines share."""
    inner = literal.strip('"')
    if "string_content" in kinds or not inner.lstrip(" \t\r").startswith("\n"):
        return inner
    *lines, last = inner.replace("\r\n", "\n").split("\n")[1:]
    # The line of the closing quotes counts towards the indentation, which an empty line would not.
    text = textwrap.dedent("\n".join([*lines, last + "."]))[:-1]
    if "raw_string_content" in kinds:
        return text.rstrip(" ").removesuffix("\n")
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] in "ux" and len(code) > 1:
        number = int(code.strip("ux{}"), 16)
        return chr(number) if number <= 0x10FFFF else "�"
    return _ESCAPES.get(code, "" if "\n" in code else code)


def snake_case(name: str) -> str:
    """`GetIssue2Text` as `get_issue2_text`, `HTTPServer` as `http_server`."""
    spaced = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", spaced).lower()


def kebab_case(name: str) -> str:
    """`CurrentWeatherTool` as `current-weather-tool`."""
    return snake_case(name).replace("_", "-")
