"""How well tricks are found, and honest texts pass, that no weights were learned from; never learn from these."""

from pathlib import Path

import pytest

from classifier import poisoning
from crawler.tools import Tool

HERE = Path(__file__).parent
#: Of 110 tricks that say what they want in the usual words, of 40 that do not, of 200, 200 and 150 that three others wrote, and of 758
#: honest texts: what was found when this was written. What was missed of the first 200 was looked at since, and examples of its kind
#: were written; of the second 200 only quotations of attacks are told better since, and what became of the last decided on the margin.
PLAIN, UNUSUAL, BLIND, WIDE, CLOSING, HONEST = 105, 10, 173, 94, 113, 42


def rows(name: str, columns: int) -> list[list[str]]:
    """The columns of every row."""
    lines = (HERE / name).read_text(encoding="utf-8").replace("\\n", "\0").splitlines()
    return [
        line.replace("\0", "\n").split(" | ", columns - 1)
        for line in lines
        if line and not line.startswith("# ")
    ]


def poisoned(field: str, text: str) -> bool:
    """Whether a definition is called poisoned that holds the text in one field."""
    if field == "instructions":
        found = poisoning.find_in_instructions(text)
    else:
        found = poisoning.find_all(Tool.read(_in(field, text)))
    return any(one.strength == "hard" for one in found)


def _in(field: str, text: str) -> dict[str, object]:
    match field:
        case "name" | "title" | "description" | "x-note":
            return {"name": "add", field: text}
        case "argument name":
            return _taking({text: {"type": "string"}})
        case "description of an argument":
            return _taking({"a": {"type": "string", "description": text}})
        case "enum" | "examples":
            return _taking({"a": {"type": "string", field: ["1", text]}})
        case "nested":
            return _taking({"a": {"items": {"properties": {"b": {"description": text}}}}})
        case "output":
            return {"name": "add", "outputSchema": {"properties": {"a": {"description": text}}}}
    return _taking({"a": {"type": "string", field: text}})


def _taking(properties: dict[str, object]) -> dict[str, object]:
    return {"name": "add", "inputSchema": {"type": "object", "properties": properties}}


@pytest.mark.parametrize(
    ("told", "least"),
    [("plain", PLAIN), ("unusual", UNUSUAL), ("blind", BLIND), ("wide", WIDE), ("closing", CLOSING)],
)
def test_so_many_unseen_tricks_are_found(told: str, least: int) -> None:
    tricks = [(field, text) for kind, field, text in rows("unseen_overt.txt", 3) if kind == told]

    assert sum(poisoned(field, text) for field, text in tricks) >= least


def test_so_few_unseen_honest_texts_are_called_poisoned() -> None:
    texts = rows("unseen_honest.txt", 2)

    assert sum(poisoned(field, text) for field, text in texts) <= HONEST
