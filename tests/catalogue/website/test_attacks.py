"""Attack patterns say what they need in words that exist, and stop it with policies that work."""

import pytest

from catalogue.website.attacks import Attack, attacks, fitting, unspecific
from classifier.categories import Category
from classifier.evidence import Evidence, Finding, Signal, Trait
from classifier.poisoning import PROBES as TRICKS
from classifier.signals import PROBES
from classifier.traits import PROBES as TRAITS
from classifier.verdicts import Verdict
from enforce.policyfile import read_policy

HERE = Evidence(field="name", quote="x", start=0, end=1)


@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: attack.slug)
def test_a_pattern_is_whole(attack: Attack) -> None:
    assert set(attack.signals) <= {probe.code for probe in PROBES}
    assert set(attack.traits) <= {probe.code for probe in TRAITS}
    assert set(attack.findings) <= {probe.code for probe in TRICKS}
    assert attack.everything or attack.signals or attack.traits or attack.findings
    assert len(attack.how) >= 3
    assert read_policy(attack.policy, f"{attack.slug}.json").default == "deny"


def test_every_trick_belongs_to_a_pattern() -> None:
    assert {probe.code for probe in TRICKS} <= {code for attack in attacks() for code in attack.findings}


def test_there_are_about_thirty() -> None:
    assert len(attacks()) >= 30


def slugs(
    category: Category,
    *,
    signals: tuple[str, ...] = (),
    traits: tuple[str, ...] = (),
    findings: tuple[str, ...] = (),
) -> list[str]:
    verdict = Verdict(
        category=category,
        confidence=0.9,
        version="1",
        signals=tuple(Signal(code=code, evidence=HERE) for code in signals),
        traits=tuple(Trait(code=code, evidence=HERE) for code in traits),
        findings=tuple(Finding(code=code, strength="soft", message="m", evidence=HERE) for code in findings),
    )
    return [attack.slug for attack in fitting(verdict)]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (slugs(Category.READ), []),
        (slugs(Category.DESTRUCTIVE, signals=("deletes-data",)), ["destructive-autonomy"]),
        (slugs(Category.READ, signals=("fetches-url",), traits=("takes-url",)), ["exfiltration-by-url", "server-side-request-forgery"]),
        (slugs(Category.FINANCIAL, signals=("moves-money",), traits=("takes-amount", "takes-recipient")), ["unbounded-spending", "recipient-substitution"]),
        (slugs(Category.READ, findings=("hidden-characters",)), ["hidden-text", "tool-poisoning"]),
    ],
)  # fmt: skip
def test_a_tool_fits_what_it_shows(found: list[str], expected: list[str]) -> None:
    assert set(expected) <= set(found)
    assert bool(found) == bool(expected)


def test_every_tool_is_told_what_any_tool_is_open_to_and_nothing_twice() -> None:
    specific = slugs(Category.READ, signals=("fetches-url",), findings=("asks-for-secrets",))
    unspecific_ones = {attack.slug for attack in unspecific(specific)}

    assert {"rug-pull", "supply-chain"} <= unspecific_ones
    assert not unspecific_ones & set(specific)
    assert unspecific_ones | set(specific) >= {attack.slug for attack in attacks() if attack.everything}


def test_a_tool_is_told_the_likeliest_first() -> None:
    found = slugs(Category.READ, traits=("takes-url",), findings=("hidden-characters",))

    assert {"hidden-text", "tool-poisoning"} <= set(found[:3])
    assert "server-side-request-forgery" in found
