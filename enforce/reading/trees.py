"""JSON and YAML text as plain values, with the line and column of every part."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Context, Decimal, InvalidOperation
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from crawler.tools import Json

Syntax = Literal["json", "yaml"]
#: The keys and positions that lead to a part of a text.
Path = tuple[str | int, ...]

#: Deeper nesting than this is no policy.
DEEPEST = 64
#: More digits than this, on either side of the point, is no number that a policy needs.
LONGEST_NUMBER = 40

_EXACT = Context(prec=2 * LONGEST_NUMBER)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_ODD = re.compile(
    r"[-+]?(?:0[0-7_]+|0x[0-9a-fA-F_]+|0o[0-7_]+|0b[01_]+|[0-9][0-9_]*\.?[0-9_]*(?:[eE][-+]?[0-9]+)?|\.[0-9_]+(?:[eE][-+]?[0-9]+)?"
    r"|\.(?:inf|Inf|INF|nan|NaN|NAN))"
)
_TOKEN = re.compile(r'[ \t\r\n]*(?:([{}\[\],:])|("(?:[^"\\]|\\.)*")|([^\s{}\[\],:"]+))')


class Place(NamedTuple):
    """Line and column, both counted from 1."""

    line: int
    column: int


class Unreadable(Struct, frozen=True):
    """A value that no policy may hold, with the reason."""

    why: str


class Tree(Struct, frozen=True, kw_only=True):
    """A text as values."""

    value: Json
    #: What is wrong with the text itself: duplicate keys, aliases.
    faults: Sequence[tuple[Path, Place, str]] = ()
    #: Finds the place of every part; JSON is read a second time for it, so ask only when there is something to say.
    places: Callable[[], Mapping[Path, Place]]


class BadText(Exception):
    """The text is no JSON or YAML at all; caught in this package, where it becomes a PolicyErrors."""

    def __init__(self, place: Place, fault: str) -> None:
        super().__init__(place, fault)
        self.place = place
        self.fault = fault


def read_tree(text: str, syntax: Syntax) -> Tree:
    """Read *text*; raises BadText."""
    return _read_json(text) if syntax == "json" else _read_yaml(text)


def number(text: str) -> int | Decimal | Unreadable:
    """The exact value of a number in JSON's spelling, whole numbers as int."""
    match = _NUMBER.fullmatch(text)
    if match is None or len(text) > LONGEST_NUMBER:
        return Unreadable(f"is no number of up to {LONGEST_NUMBER} digits")
    if not match[1] and not match[2]:
        return int(text)
    try:
        value = Decimal(text)
    except InvalidOperation:  # the exponent alone has too many digits
        return Unreadable(f"is no number of up to {LONGEST_NUMBER} digits")
    if value and abs(value.adjusted()) > LONGEST_NUMBER:
        return Unreadable(f"is no number of up to {LONGEST_NUMBER} digits")
    return int(value) if value == value.to_integral_value() else _EXACT.normalize(value)


def _read_json(text: str) -> Tree:
    twice: list[str] = []

    def members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice.append("")
        return found

    try:
        value = json.loads(
            text, object_pairs_hook=members, parse_int=number, parse_float=number, parse_constant=_constant
        )
    except json.JSONDecodeError as error:
        raise BadText(Place(error.lineno, error.colno), error.msg) from None
    except RecursionError:
        raise BadText(Place(1, 1), f"nested more than {DEEPEST} levels deep") from None
    if twice:
        built = _Builder(with_places=True).build(_json_events(text))
        return Tree(value=value, faults=built.faults, places=lambda: built.places)
    return Tree(value=value, places=lambda: _places(_json_events(text)))


def _constant(text: str) -> Unreadable:
    return Unreadable(f"{text} is no number")


def _read_yaml(text: str) -> Tree:
    built = _Builder(with_places=False).build(_yaml_events(text))
    return Tree(value=built.value, faults=built.faults, places=lambda: _places(_yaml_events(text)))


def _places(events: Iterator["_Event"]) -> Mapping[Path, Place]:
    return _Builder(with_places=True).build(events).places


class _Event(NamedTuple):
    """One step of a walk through a text: `{`, `[`, `}`, `]`, or a value."""

    kind: str
    place: Place
    value: Json = None


class _Open(Struct):
    """A list or object that is still being filled."""

    path: Path
    #: The list or object; `None` for the text as a whole, which holds one value.
    value: Any
    #: The key that waits for its value.
    key: str | None = None


class _Builder:
    """Values from events, with the duplicate keys among them and, if wanted, the place of every part."""

    def __init__(self, with_places: bool) -> None:
        self.value: Json = None
        self.places: dict[Path, Place] = {}
        self.faults: list[tuple[Path, Place, str]] = []
        self._with_places = with_places

    def build(self, events: Iterator[_Event]) -> "_Builder":
        stack = [_Open((), None)]
        for kind, place, value in events:
            top = stack[-1]
            if kind in "}]":
                stack.pop()
            elif type(top.value) is dict and top.key is None:
                self._take_key(top, kind, place, value)
            elif kind == "v":
                self._put(top, value, place)
            elif len(stack) > DEEPEST:
                raise BadText(place, f"nested more than {DEEPEST} levels deep")
            else:
                inside: Json = {} if kind == "{" else []
                stack.append(_Open(self._put(top, inside, place), inside))
        return self

    def _take_key(self, top: _Open, kind: str, place: Place, value: Json) -> None:
        if kind != "v" or not isinstance(value, str):
            raise BadText(place, "a key must be a string; put it in quotes")
        if value in top.value:
            self.faults.append(((*top.path, value), place, f"{value!r} is here twice"))
        if self._with_places:
            self.places[(*top.path, value)] = place
        top.key = value

    def _put(self, top: _Open, value: Json, place: Place) -> Path:
        if type(top.value) is dict:
            path: Path = (*top.path, str(top.key))
            top.value[top.key], top.key = value, None
            return path
        if top.value is None:
            self.value, path = value, ()
        else:
            path = (*top.path, len(top.value))
            top.value.append(value)
        if self._with_places:
            self.places[path] = place
        return path


def _json_events(text: str) -> Iterator[_Event]:
    """Walk through a text that `json` has already found to be JSON."""
    line, start, offset = 1, 0, 0
    while match := _TOKEN.match(text, offset):
        token = match.start(match.lastindex or 0)
        line += text.count("\n", offset, token)
        start = max(start, text.rfind("\n", offset, token) + 1)
        offset = match.end()
        place = Place(line, token - start + 1)
        if match[1]:
            if match[1] not in ",:":
                yield _Event(match[1], place)
        elif match[2]:
            yield _Event("v", place, json.loads(match[2]))
        else:
            yield _Event("v", place, match[3])


def _yaml_events(text: str) -> Iterator[_Event]:
    import yaml  # only YAML files pay for loading it

    brackets = {
        yaml.MappingStartEvent: "{",
        yaml.MappingEndEvent: "}",
        yaml.SequenceStartEvent: "[",
        yaml.SequenceEndEvent: "]",
    }
    documents = 0
    try:
        # Events, not values: building values recurses, and libyaml's recursion can be made to crash the process.
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            place = _yaml_place(event.start_mark)
            kind = type(event)
            if getattr(event, "anchor", None) is not None:
                raise BadText(place, "anchors and aliases are not read here; write the value out")
            if isinstance(event, yaml.ScalarEvent):
                yield _Event("v", place, _scalar(event.value, event.tag, event.implicit[0]))
            elif kind in brackets:
                _refuse_tag(event, place)
                yield _Event(brackets[kind], place)
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise BadText(place, "a policy is one document")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        raise BadText(_yaml_place(mark), _yaml_sentence(error)) from None


def _refuse_tag(event: Any, place: Place) -> None:
    tag = getattr(event, "tag", None)
    if tag is not None:
        raise BadText(place, f"the tag {tag} is not read here")


def reads_as_itself(text: str) -> bool:
    """Whether *text*, without quotes in YAML, is read as this text."""
    return bool(_scalar(text, None, True) == text)


def _scalar(text: str, tag: str | None, plain: bool) -> Json:
    """A scalar as JSON would read it; what YAML 1.1 reads as something else must be put in quotes."""
    if tag not in (None, "!", "tag:yaml.org,2002:str"):
        return Unreadable(f"has the tag {tag}, which is not read here")
    if not plain or tag is not None:
        return text
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    if _NUMBER.fullmatch(text):
        return number(text)
    if text.lower() in ("yes", "no", "on", "off"):
        return Unreadable(
            f"is {text}, which YAML reads as true or false; write true or false, or put it in quotes"
        )
    if _odd_number(text):
        return Unreadable(f"is {text}, which YAML readers take for different things; put it in quotes")
    return text


def _odd_number(text: str) -> bool:
    """Octal, hexadecimal, underscores, a bare point, a plus sign, infinity: YAML 1.1 and 1.2 disagree on these."""
    return _ODD.fullmatch(text) is not None


def _yaml_place(mark: Any) -> Place:
    return Place(1, 1) if mark is None else Place(mark.line + 1, mark.column + 1)


def _yaml_sentence(error: Any) -> str:
    problem = getattr(error, "problem", None) or getattr(error, "reason", None)
    return str(problem) if problem else "it is no YAML"
