"""What servers say of a service's answers tells what these lack."""

import json
import subprocess

import pytest

from crawler.introspect.hooks import stub
from crawler.introspect.lessons import CREATED, LIST, Lesson, lessons
from crawler.introspect.live import NODE_STUB


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ('Error: Validation error: Required at \\"server\\"; Expected string, received object at "server.version"',
         (("server", "object"), ("server.version", "string"))),
        ("Invalid input: expected number, received undefined at 'a.b_c'", (("a.b_c", "number"),)),
        ('[ { "code": "invalid_type", "expected": "array", "received": "undefined", "path": [ "a", "b" ], "message": "Required" } ]',
         (("a.b", "array"),)),
        ('"expected": "string",\n  "code": "invalid_type",\n  "path": [\n    "a"\n  ],', (("a", "string"),)),
        ("1 validation error for X\na.b\n  Field required [type=missing]\nc\n  Input should be a valid integer [type=int_type]",
         (("a.b", "object"), ("c", "number"))),
        ("Traceback:\n  x\nKeyError: 'data'", (("data", "object"),)),
        ("Authentication failed (HTTP 200). Check it.", (CREATED,)),
        ("status code: 200", (CREATED,)),
        ("langCode must be given\n\nlooked for in vain in an answer: data.code\n", (("data.code", "string"),)),
        ("Required at \"code\"\nlooked for in vain in an answer: code", (("code", "object"),)),
        ("TypeError: obj.map is not a function\n    at x", (LIST,)),
        ("HTTP 2000; status 500; Required at \"../x\"; KeyError: 3", ()),
    ],
)  # fmt: skip
def test_a_service_learns_what_is_missed(errors: str, expected: tuple[Lesson, ...]) -> None:
    """In the words of several libraries."""
    assert lessons(errors) == expected


def test_what_was_learned_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there already stays, unless it is of another kind."""
    monkeypatch.setattr(stub, "_ANSWER", {"a": {"b": 1}, "version": "x"})
    monkeypatch.setattr(stub._Yes, "posted", 200)
    monkeypatch.setattr(stub._Yes, "listed", False)
    stub.learn(
        [
            ["a", "object"],
            ["a.c", "string"],
            ["version.number", "number"],
            ["d", "array"],
            ["POST", "created"],
        ]
    )

    stub.learn([["", "array"]])

    assert stub._ANSWER == {"a": {"b": 1, "c": "1"}, "version": {"number": 1}, "d": []}
    assert (stub._Yes.posted, stub._Yes.listed) == (201, True)


@pytest.mark.node
@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        ("if (answer.ok) process.exit(1)", ""),
        ("answer.version.major || process.exit(1)", "version.major"),
        ("answer.items; answer.languages; Promise.resolve(answer).then(() => answer.error)", "languages"),
        ("[...[answer]].map(({ name }) => name)", "name"),
        ("answer.map((one) => one)", ""),
        ("JSON.parse('{}').elsewhere", ""),
    ],
)
def test_what_is_looked_for_in_vain_is_told(reading: str, expected: str) -> None:
    """Of the answers alone, the last such field; not what may well be missing."""
    program = f"const answer = JSON.parse({json.dumps(json.dumps(stub._ANSWER))});\n{reading}"
    done = subprocess.run(
        ["node", f"--require={NODE_STUB}", "-e", program], capture_output=True, text=True, check=False
    )

    assert [path for path, kind in lessons(done.stderr) if kind == "string"] == [expected] * bool(expected)
