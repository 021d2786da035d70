"""The few facts of a server and its tools that lists, counts and neighbours are made of."""

from msgspec import Struct

from catalogue.entries import Change


class ToolFacts(Struct, frozen=True, kw_only=True):
    """One tool, as lists name it."""

    name: str
    path: str
    category: str
    gravity: int
    confidence: float
    poisoned: bool
    says: str
    #: Tools with the same key are of the same kind, whoever serves them.
    key: str
    signals: tuple[str, ...]
    #: Codes of what is suspected.
    findings: tuple[str, ...]
    #: What the search finds it by, separated by spaces: terms of its names, terms of its text.
    name_terms: str
    text_terms: str
    #: What the search shows of it, as JSON.
    record: bytes


class ServerFacts(Struct, frozen=True, kw_only=True):
    """One server, as lists name it."""

    name: str
    path: str
    title: str
    says: str
    #: Empty where it has no grade.
    grade: str
    points: float
    #: All of the grade as its page shows it, packed; empty as well.
    graded: bytes
    #: The gravest category, empty where no tool is known.
    gravest: str
    suspected: bool
    method: str
    release: str
    skipped: str
    first_seen: str
    last_seen: str
    name_terms: str
    text_terms: str
    tools: tuple[ToolFacts, ...]
    changes: tuple[Change, ...]
