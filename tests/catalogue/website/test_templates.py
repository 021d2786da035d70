"""What templates are handed to print with says what it should, and lets nothing through unescaped."""

from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemBytecodeCache

from catalogue.website import templates
from catalogue.website.addresses import Addresses
from catalogue.website.press import MOST_PARTS, Press
from catalogue.website.templates import environment

BASE = "https://example.org/"


@pytest.mark.parametrize(
    ("source", "given", "expected"),
    [
        ("{{ x|data }}", {"b": 1, "a": "</script><!--&"}, '{"a":"\\u003c/script\\u003e\\u003c!--\\u0026","b":1}'),
        ("{{ x|data }}", ["ü", "\ud800"], '["\\u00fc","\\ud800"]'),
        ("{{ x|when }}", "2026-11-20T03:00:00Z", '<time datetime="2026-11-20T03:00:00Z">2026-11-20</time>'),
        ("{{ x|when }}", '"><b>', '<time datetime="&#34;&gt;&lt;b&gt;">&#34;&gt;&lt;b&gt;</time>'),
        ("{{ x|join(', ') }}", ["<b>", "c"], "&lt;b&gt;, c"),
        ("{{ x|join('<') }}", ["a", "b"], "a&lt;b"),
        ("{{ x|label }}", "deletes-data", "Deletes data"),
        ("{{ x|label }}", "an_older-<code>", "an older &lt;code&gt;"),
        ("{{ x|client }}", "codex", "Codex"),
        ("{{ x|coded }}", "Such as `<b>`", "Such as <code>&lt;b&gt;</code>"),
        ("{{ x|name }}", "registry:acme/some-server", "registry:<wbr>acme/<wbr>some-server"),
        ("{{ x|percentage }}", 0.6984, "69.8"),
        ("{{ x|percent }}", 0.001, "&lt; 1 %"),
        ("{{ x|truncate(8) }}", "two words", "two…"),
        ("{{ x }}", 5, "5"),
    ],
)  # fmt: skip
def test_a_filter_prints(source: str, given: object, expected: str) -> None:
    assert environment(Addresses(BASE)).from_string(source).render(x=given) == expected


def test_a_part_is_printed_once_for_what_it_is_made_from() -> None:
    press = Press(BASE)
    first = press.part("listed_tools.html", "none", tools=())

    assert first == '<ul class="tolls"><li>None so far.</li></ul>'
    assert press.part("listed_tools.html", "none", tools=()) is first
    for number in range(MOST_PARTS):
        press.part("listed_tools.html", number, tools=())
    assert press.part("listed_tools.html", "none", tools=()) == first


def test_compiled_templates_are_kept_for_the_next_press(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside the register, where the next build reads them."""
    monkeypatch.setattr(templates, "FileSystemBytecodeCache", FileSystemBytecodeCache)
    Press(BASE, compiled=tmp_path)
    monkeypatch.delattr(Environment, "compile")

    Press(BASE, compiled=tmp_path)
    assert any(tmp_path.iterdir())
