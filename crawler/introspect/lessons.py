"""What a service that is played to a server has yet to answer, going by what the server says of its answers."""

import re
from collections.abc import Iterator

#: A field of the answers, its parts joined by dots, and of which kind it is to be; `POST` is how such requests are answered.
Lesson = tuple[str, str]

CREATED: Lesson = ("POST", "created")
#: The whole answer is the field without a name.
LIST: Lesson = ("", "array")
_PATH = r"[A-Za-z_][\w-]{0,60}(?:\.[A-Za-z_][\w-]{0,60}){0,6}"
_KIND = "object|array|string|number|boolean"
#: How libraries say that a field is missing or of another kind: in one line, in a list of faults, above the fault.
_TOLD = (
    re.compile(
        rf"(?:Required|expected (?P<kind>{_KIND}), received \w+) at \\?[\"'](?P<path>{_PATH})\\?[\"']",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\"expected\": ?\"(?P<kind>{_KIND})\",\s*(?:\"\w+\": ?\"\w+\",\s*){{0,3}}\"path\": ?\[\s*(?P<parts>\"[^\]\n]{{1,60}}\"(?:,\s*\"[^\]\n]{{1,60}}\"){{0,6}})\s*\]"
    ),
    re.compile(
        rf"^(?P<path>{_PATH})\n\s+(?:Field required|Input should be a valid (?P<kind>dictionary|list|string|integer|number|boolean))",
        re.MULTILINE,
    ),
    re.compile(rf"^KeyError: '(?P<path>{_PATH})'", re.MULTILINE),
)
#: What our own part of a server of Node.js tells, where the server gives no kind.
_IN_VAIN = re.compile(rf"^looked for in vain in an answer: (?P<path>{_PATH})$", re.MULTILINE)
_ALIKE = {"dictionary": "object", "list": "array", "integer": "number"}
#: A request that succeeded, told as a failure: the service was to say that something was made.
_ONLY_DONE = re.compile(r"\b(?:HTTP|status(?:[ _-]?code)?)[ :=]{1,3}200\b", re.IGNORECASE)
#: What only a list can do.
_NO_LIST = re.compile(
    r"TypeError: [\w$.]{1,80}\.(?:map|filter|forEach|find|reduce|some|every|flatMap) is not a function"
)
_MOST = 20


def lessons(errors: str) -> tuple[Lesson, ...]:
    """What the words on stderr miss in the answers, each field once and of the kind that is named last; hostile text."""
    found = dict(_lessons(errors))
    return tuple(found.items())[:_MOST]


def _lessons(errors: str) -> Iterator[Lesson]:
    yield from ((match["path"], "string") for match in _IN_VAIN.finditer(errors))
    for pattern in _TOLD:
        for match in pattern.finditer(errors):
            groups = match.groupdict()
            path = groups.get("path") or ".".join(re.findall(r'"([^"]+)"', groups.get("parts") or ""))
            # Which kind is not said is most often one with further fields, and if not the server tells.
            kind = (groups.get("kind") or "object").lower()
            yield path, _ALIKE.get(kind, kind)
    if _ONLY_DONE.search(errors):
        yield CREATED
    if _NO_LIST.search(errors):
        yield LIST
