"""The attack patterns that the site describes, and which of them a tool fits."""

import tomllib
from collections.abc import Collection, Iterable
from functools import cache
from typing import Literal

import msgspec
from msgspec import Struct

from catalogue.website import assets
from classifier.categories import Category
from classifier.verdicts import Verdict

Kind = Literal["agent", "arguments", "definition", "protocol", "supply"]

KINDS: dict[Kind, str] = {
    "agent": "What agents do",
    "arguments": "What arguments carry",
    "definition": "What definitions say",
    "protocol": "What the protocol allows",
    "supply": "Where servers come from",
}


class Attack(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One pattern. It fits a tool of one of its categories that shows one of its signals, traits or findings."""

    slug: str
    title: str
    kind: Kind
    #: One sentence.
    summary: str
    #: How it works, step by step.
    how: tuple[str, ...]
    defence: str
    #: A policy that stops it, as a file.
    policy: str
    #: An incident or a paper, where one is known.
    example: str = ""
    #: None means all of them.
    categories: tuple[Category, ...] = ()
    signals: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    #: It needs nothing of a tool but that it exists.
    everything: bool = False


@cache
def attacks() -> tuple[Attack, ...]:
    """Every pattern, by title."""
    files = (assets.folder() / "attacks").glob("*.toml")
    found = (
        msgspec.convert({"slug": file.stem, **tomllib.loads(file.read_text("utf-8"))}, Attack)
        for file in files
    )
    return tuple(sorted(found, key=lambda attack: attack.title))


@cache
def by_slug() -> dict[str, Attack]:
    """Every pattern by its slug."""
    return {attack.slug: attack for attack in attacks()}


def fitting(verdict: Verdict) -> tuple[Attack, ...]:
    """The patterns that a tool fits, those first that more of it speaks for."""
    return _fitting(verdict.category, frozenset(_codes(verdict)))


def unspecific(besides: Collection[str]) -> list[Attack]:
    """The patterns that need nothing of a tool but that it exists, without those of the slugs in *besides*."""
    return [attack for attack in attacks() if attack.everything and attack.slug not in besides]


def _codes(verdict: Verdict) -> Iterable[str]:
    yield from (signal.code for signal in verdict.signals)
    yield from (trait.code for trait in verdict.traits)
    yield from (finding.code for finding in verdict.findings)


@cache
def _fitting(category: Category, codes: frozenset[str]) -> tuple[Attack, ...]:
    scored = [(-_score(attack, category, codes), attack.title, attack) for attack in attacks()]
    return tuple(attack for score, _, attack in sorted(scored) if score)


def _score(attack: Attack, category: Category, codes: frozenset[str]) -> int:
    """How many of its marks the tool shows; findings count most, since they are rarest."""
    found = len(codes.intersection(attack.findings))
    if attack.categories and category not in attack.categories and not found:
        return 0
    return 4 * found + 2 * len(codes.intersection(attack.signals)) + len(codes.intersection(attack.traits))
