"""What the model looks at, found by name and in the vocabulary of the weights."""

from typing import Any

import pytest

from classifier import model
from classifier.features import Features, names
from classifier.sight import look
from classifier.view import View
from classifier.vocabulary import Vocabulary
from crawler.tools import Tool

TOOLS: list[dict[str, Any]] = [
    {"name": "x"},
    {"name": "delete_file", "description": "Deletes a file for ever. Deletes it from the disk, too."},
    {
        "name": "runQuery",
        "title": "Run a read-only query",
        "description": "Run SQL against the database. Only SELECT is allowed.",
        "inputSchema": {
            "type": "object",
            "properties": {
                "sql": {"type": "string"},
                "mode": {"enum": ["read", "write"]},
                "rows": {"type": "array", "items": {"type": "integer"}},
                "output_path": {"type": ["string", "null"], "format": "uri"},
                "options": {"type": "object", "properties": {"sql": {"type": "boolean"}}},
            },
        },
    },
    {"name": "发送消息", "description": "向用户发送消息。"},
]


@pytest.mark.parametrize("entry", TOOLS, ids=lambda entry: entry["name"])
def test_the_vocabulary_holds_what_the_names_say(entry: dict[str, Any]) -> None:
    """The same features in the same order, less those that have no weights."""
    weights, view = model.shipped(), View(Tool.read(entry))
    every = names(view, look(view))

    assert len(set(every)) == len(every)
    assert [row.name for row in weights.features.find(view, look(view))] == [
        name for name in every if name in weights.rows
    ]


def test_what_is_unknown_is_no_feature() -> None:
    """It is not asked for, either."""
    view = View(Tool.read({"name": "list_files"}))
    known = {"n0:list": 1, "np:0": 2}

    assert list(Features(Vocabulary(known.__getitem__, known)).find(view, look(view))) == [1, 2]


def test_what_is_denied_is_not_said() -> None:
    """The words behind a denial say what does not happen, up to the third."""
    one = {"name": "validate", "description": "Checks the code without ever deleting any of the files."}
    view = View(Tool.read(one))

    every = names(view, look(view))

    assert "l:without" in every
    assert "l:file" in every
    assert not {"l:ever", "l:deleting", "l:any"} & set(every)
