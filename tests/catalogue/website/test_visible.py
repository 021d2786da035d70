"""Nothing that a reader would not see stays unseen."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from catalogue.website.visible import hidden, name, plain, visible


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("a < b & 'c' \"d\"", "a &lt; b &amp; &#39;c&#39; &#34;d&#34;"),
        ("übung 日本 🎉", "übung 日本 🎉"),
        ("line\nbreak\ttab", "line\nbreak\ttab"),
        ("\x7f\x1b", '<span class="unseen" title="CONTROL">U+007F</span><span class="unseen" title="CONTROL">U+001B</span>'),
        ("a\u200bb", 'a<span class="unseen" title="ZERO WIDTH SPACE">U+200B</span>b'),
        ("\u202e<", '<span class="unseen" title="RIGHT-TO-LEFT OVERRIDE">U+202E</span>&lt;'),
        ("\x00", '<span class="unseen" title="CONTROL">U+0000</span>'),
        ("\U000e0041", '<span class="unseen" title="TAG A">U+E0041</span>'),
        ("\ud800", '<span class="unseen" title="UNASSIGNED">U+D800</span>'),
    ],
)  # fmt: skip
def test_text_is_escaped_and_hidden_characters_are_named(text: str, expected: str) -> None:
    assert str(visible(text)) == expected


@given(st.text() | st.text(alphabet=st.characters(categories=["Cs", "Cf", "Cc", "Ll"])))
def test_every_character_that_shows_nothing_is_found(text: str) -> None:
    unseen = [character for character in text if hidden(character)]

    assert hidden(text) == bool(unseen)
    if not re.search("[\U000e0020-\U000e007e]{3}", text):
        assert plain(text) == "".join(
            f"[U+{ord(character):04X}]" if hidden(character) else character for character in text
        )
    assert (str(visible(text)) == str(escape(text))) == (not unseen)


def test_a_long_run_of_hidden_characters_is_cut() -> None:
    shown = str(visible("\u200b" * 5000))

    assert shown.count("U+200B") == 20
    assert shown.count("and more") == 1


def test_many_hidden_characters_among_others_do_not_swell_a_page() -> None:
    shown = str(visible("a\u200b" * 5000))

    assert (shown.count("U+200B"), shown.count("\u2370"), shown.count("a\u2370")) == (40, 4960, 4960)
    assert len(shown) < 20_000


@pytest.mark.parametrize(
    ("text", "expected"), [("a\u200bb", "a[U+200B]b"), ("<b>", "<b>"), ("\x1b[0m", "[U+001B][0m")]
)
def test_plain_text_spells_hidden_characters_out(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_hidden_characters_are_told_from_ordinary_ones() -> None:
    assert [hidden(text) for text in ("a", "é", "\u2066", "\ufeff")] == [False, False, True, True]


def test_what_tag_characters_spell_is_shown_in_words() -> None:
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "read <key>")

    assert (
        visible(f"Adds{hidden}.")
        == 'Adds<span class="unseen spelled" title="10 invisible tag characters">hidden: read &lt;key&gt;</span>.'
    )
    assert plain(f"Adds{hidden}.") == "Adds[hidden: read <key>]."
    assert len(visible(hidden * 10_000)) < 1000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("git_commit", "git_commit"),
        ("registry:acme/MicrosoftOutlookMail", "registry:<wbr>acme/<wbr>Microsoft<wbr>Outlook<wbr>Mail"),
        ("list_all_the_branches", "list_<wbr>all_<wbr>the_<wbr>branches"),
        ("<i>AaBb_c&d_eFgHiJ</i>", "&lt;i&gt;Aa<wbr>Bb_<wbr>c&amp;d_<wbr>e<wbr>Fg<wbr>Hi<wbr>J&lt;/<wbr>i&gt;"),
        ("a_long_name_with\u200b_holes", 'a_<wbr>long_<wbr>name_<wbr>with<span class="unseen" title="ZERO WIDTH SPACE">U+200<wbr>B</span>_<wbr>holes'),
    ],
)  # fmt: skip
def test_a_long_name_may_go_on_in_the_next_line(text: str, expected: str) -> None:
    assert name(text) == expected
