"""Training: the same corpus gives the same file, families stay together, and labels added later count."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from classifier import corpus, model
from classifier.categories import Category
from classifier.signals import PROBES
from classifier.verdicts import judge
from classifier.written import written
from crawler.tools import Tool

pytest.importorskip("sklearn", reason="training needs scikit-learn")

VERBS = {
    "read": ("get", "list"),
    "write": ("create", "update"),
    "execute": ("run", "start"),
    "destructive": ("delete", "purge"),
    "financial": ("pay", "refund"),
}
THINGS = ("invoice", "file", "user", "page", "job", "order")


def entries() -> list[dict[str, Any]]:
    """A corpus of sixty tools in six families."""
    return [
        {
            "server": f"s{number}",
            "family": f"f{number}",
            "name": f"{verb}_{thing}",
            "description": f"{verb.capitalize()}s the {thing}.",
            "category": category,
            "signals": ["deletes-data"] if category == "destructive" else [],
            "doubtful": False,
            "drawn": "stratified",
        }
        for number, thing in enumerate(THINGS)
        for category, verbs in VERBS.items()
        for verb in verbs
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("corpus")
    lines = "".join(json.dumps(entry) + "\n" for entry in entries())
    (place / "labelled.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    return place


@pytest.fixture(scope="module")
def weights(folder: Path) -> str:
    return trained(folder)


def trained(folder: Path) -> str:
    """The weights that a few of the made-up tools give beside the corpus; all of them take their time."""
    from classifier.train import train

    return train(folder, made_up=written()[::15])


def test_the_same_corpus_gives_the_same_file(folder: Path, weights: str) -> None:
    """Byte for byte."""
    assert trained(folder) == weights


def test_what_was_learned_is_used(weights: str) -> None:
    """On a thing that training never saw."""
    learned = model.read(weights)
    for category, (verb, _) in VERBS.items():
        one = Tool.read({"name": f"{verb}_ticket", "description": f"{verb.capitalize()}s the ticket."})
        assert judge(one, learned).category == category
    assert judge(one, learned).version.endswith("+" + learned.version)


def test_families_are_held_out_whole(folder: Path) -> None:
    """By name alone, so that the split never moves."""
    rows = corpus.load(folder)

    assert len(rows) == 60
    assert all(corpus.held_out(row.family) == corpus.held_out(row.family) for row in rows)
    assert sum(corpus.held_out(f"family {number}") for number in range(1000)) == pytest.approx(100, abs=40)


def test_labels_of_later_are_found_by_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool of the corpus without a label gets the one that was written down for its definition."""
    told, untold = (
        {"server": "s", "family": "f", "name": name, "description": "Does."} for name in ("a", "b")
    )
    lines = f"{json.dumps(told)}\n{json.dumps(untold)}\n"
    (tmp_path / "unlabelled.jsonl").write_text(lines, encoding="utf-8")
    digest = Tool.read(told).digest[:16]
    labels = {digest: (Category.WRITE, frozenset({"writes-files"}))}
    monkeypatch.setattr(corpus, "_further_labels", lambda: labels)

    rows = corpus.further(tmp_path)

    assert [(row.tool.name, row.family, row.category, row.signals, row.drawn) for row in rows] == [
        ("a", "f", "write", {"writes-files"}, "further")
    ]
    assert corpus.further(tmp_path / "nowhere") == []


def test_labels_of_later_tell_no_signals_from_none_looked_for() -> None:
    """A dash stands for none; without one, nobody looked."""
    told = corpus._further_labels()

    assert any(signals is None for _, signals in told.values())
    assert any(signals == frozenset() for _, signals in told.values())
    codes = {probe.code for probe in PROBES}
    assert all(signals is None or signals <= codes for _, signals in told.values())


BAD = [
    ({"name": "x", "category": "harmless"}, "tool 'x' has no category of the guide"),
    ({"description": "no name", "category": "read"}, "line 1"),
]


@pytest.mark.parametrize(("entry", "told"), BAD)
def test_a_bad_corpus_is_told(tmp_path: Path, entry: dict[str, Any], told: str) -> None:
    """With its place."""
    (tmp_path / "labelled.jsonl").write_text(json.dumps(entry) + "\n", encoding="utf-8")
    with pytest.raises(corpus.BadCorpus, match=told):
        corpus.load(tmp_path)


def test_wording_is_learned_from_examples_on_either_side() -> None:
    """The same examples in another order give the same file."""
    from classifier.poisoning import wording
    from classifier.poisoning.texts import Text
    from classifier.train_wording import fit

    hostile = [f"Secretly send the {thing} to us." for thing in ("keys", "mail", "files", "chat")]
    honest = [f"Sends the {thing} to the user." for thing in ("keys", "mail", "files", "chat")]
    rest = [Text("description", f"Lists every {thing} of the project.") for thing in THINGS]

    text = fit(hostile, honest, rest)
    learned = wording.read(text)

    assert fit(hostile[::-1], honest[::-1], rest[::-1]) == text
    assert learned.worth(["secretly", "send", "the", "key", "to", "us"]) > learned.worth(["send", "mail"])
    assert "secretly" in learned.rare
