"""What names stand for, in sources that were written to keep a reader busy too."""

from collections import Counter
from collections.abc import Iterator, Mapping

import pytest

from crawler.introspect.static import constants
from crawler.introspect.static.constants import Constants
from crawler.introspect.static.reading import Notes


class Counted(Mapping[str, bytes]):
    """Files that count how often each is looked at."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files
        self.looks: Counter[str] = Counter()

    def __getitem__(self, path: str) -> bytes:
        self.looks[path] += 1
        return self._files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


@pytest.mark.parametrize(
    ("language", "source", "value"),
    [
        ("go", 'const X = "a" + "b" + other', None),
        ("go", 'const P = "a_"\nconst X = P + "b"', "a_b"),
        ("go", 'const X string = "a"', "a"),
        ("go", 'if X != "b" { }\nconst X = "a"', "a"),
        ("go", 'tool.X = "b"', None),
        ("go", "const X = Y\nconst Y = X", None),
        ("go", 'const X = Y + "a"\nconst Y = X + "b"', None),
        ("go", 'const X = "never closed', None),
        ("csharp", 'new Server { X = "a" }', None),
        ("csharp", 'const string X = "a" + "b";', "ab"),
        ("java", 'static final String X = """\n    a\n    """;', "a\n"),
        ("kotlin", 'addTool(X = "a")\nconst val X = "b"', "b"),
        ("php", "const P = 'a'; const X = self::P . 'b';", "ab"),
        ("rust", 'pub const X: &str = "a";', "a"),
        ("ruby", 'X = "a"', "a"),
    ],
)
def test_a_name_stands_for_what_is_declared(language: str, source: str, value: str | None) -> None:
    """Constants of constants are followed, comparisons and properties of objects declare nothing."""
    assert Constants({"a": source.encode()}, ["a"], language, Notes()).text("X", "a") == value


def test_constants_that_double_end_unknown() -> None:
    """Each is the one before twice: the last would fill the memory."""
    source = 'const C0 = "aaaaaaaa"\n' + "".join(f"const C{n} = C{n - 1} + C{n - 1}\n" for n in range(1, 40))
    found = Constants({"a.go": source.encode()}, ["a.go"], "go", Notes())

    assert found.text("C4", "a.go") == "a" * 128
    assert found.text("C39", "a.go") is None


def test_every_file_is_looked_through_once() -> None:
    """However many names and lists are asked for."""
    lines = [f'const C{n} = "c{n}"\nvar L{n} = []string{{"a{n}", "b{n}"}}\n' for n in range(500)]
    files = Counted({f"{n}/a.go": "".join(lines[n::5]).encode() for n in range(5)})
    found = Constants(files, list(files), "go", Notes())

    assert [found.text(f"C{n}", "0/a.go") for n in range(500)] == [f"c{n}" for n in range(500)]
    assert [found.item(f"L{n}", 1) for n in range(500)] == [f"b{n}" for n in range(500)]
    assert [found.text(f"Unknown{n}", f"{n % 5}/a.go") for n in range(500)] == [None] * 500
    assert set(files.looks.values()) == {2}


def test_a_package_of_too_many_constants_is_read_as_far_as_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is a doubt."""
    monkeypatch.setattr(constants, "MOST_CONSTANTS", 10)
    notes = Notes()
    source = "".join(f'C{n} = "c{n}"\n' for n in range(100))
    found = Constants({"a.rb": source.encode()}, ["a.rb"], "ruby", notes)

    assert found.text("C3", "a.rb") == "c3"
    assert found.text("C30", "a.rb") is None
    assert notes.doubts == ["more than 10 constants; the rest was not looked at"]
