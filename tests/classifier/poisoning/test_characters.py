"""Characters that nobody sees, letters that look like others, and escapes, each beside its honest use."""

import pytest

from classifier.poisoning import PROBES
from classifier.poisoning.texts import Text

PROBE = {probe.code: probe for probe in PROBES}
#: The finding, the text, whether it is a name, and what is quoted.
HARD = [
    ("hidden-characters", "Adds.\U000e0048\U000e0069", False, "\U000e0048\U000e0069"),
    ("hidden-characters", "in\u200bvisible", False, "\u200b"),
    (
        "hidden-characters",
        "Adds.\u200b\u200c\u200b\u200c\u200b Sum.",
        False,
        "\u200b\u200c\u200b\u200c\u200b",
    ),
    ("hidden-characters", "Adds \u202enoitcurtsni\u202c.", False, "\u202e"),
    ("hidden-characters", "read\u3164file", True, "\u3164"),
    ("hidden-characters", "Adds.\ufe00\ufe01\ufe02\ufe03", False, "\ufe00\ufe01\ufe02\ufe03"),
    ("lookalike-letters", "re\u0430d_file", True, "\u0430"),
    ("lookalike-letters", "s\u0435nd_\u0435mail", True, "\u0435"),
    ("lookalike-letters", "Sends by p\u0430yp\u0430l.", False, "p\u0430yp\u0430l"),
    ("lookalike-letters", "\uff53\uff45\uff4e\uff44", True, "\uff53\uff45\uff4e\uff44"),
    ("terminal-escapes", "Adds.\x1b[8mhidden\x1b[0m", False, "\x1b[8mhidden"),
    ("terminal-escapes", "Adds.\x1b]0;title\x07", False, "\x1b]0;title"),
    ("terminal-escapes", "Adds.\x08\x08\x08\x08\x08Deletes.", False, "\x08\x08\x08\x08\x08"),
]
#: The finding that an honest text must not raise, the text, whether it is a name.
HONEST = [
    (
        "hidden-characters",
        "Family \U0001f468\u200d\U0001f469\u200d\U0001f467 and \u2764\ufe0f\u200d\U0001f525",
        False,
    ),
    (
        "hidden-characters",
        "The flag \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        False,
    ),
    ("hidden-characters", "\u06a9\u062a\u0627\u0628\u200c\u0647\u0627 (API)", False),
    ("hidden-characters", "\u05d7\u05d9\u05e4\u05d5\u05e9\u200e (API)\u200f", False),
    ("hidden-characters", "\u0915\u094d\u200d\u0937", False),
    ("hidden-characters", "\u67e5\u8be2\u5929\u6c14\uff0c\u4e2d\u6587", False),
    ("hidden-characters", "\ufeffAdds.", False),
    ("lookalike-letters", "\u03bcs, \u03a9, \u0394t, k\u03a9 and \u03b1-helix", False),
    ("lookalike-letters", "\u041f\u043e\u0438\u0441\u043a API \u0438 JSON", False),
    ("lookalike-letters", "\u043f\u043e\u0438\u0441\u043a", True),
    ("lookalike-letters", "caf\u00e9 na\u00efve", True),
    ("terminal-escapes", "Line one.\nLine two.\tTabbed.\r\n", False),
    ("terminal-escapes", r"Removes \x1b[0m and other codes.", False),
]


@pytest.mark.parametrize(("code", "text", "name", "quote"), HARD)
def test_a_trick_of_characters_is_quoted(code: str, text: str, name: bool, quote: str) -> None:
    [finding] = PROBE[code].find(Text("field", text, identifier=name))

    assert (finding.strength, finding.evidence.quote) == ("hard", quote)
    assert text[finding.evidence.start : finding.evidence.end] == quote


@pytest.mark.parametrize(("code", "text", "name"), HONEST)
def test_an_honest_use_of_characters_passes(code: str, text: str, name: bool) -> None:
    assert [
        one for one in PROBE[code].find(Text("field", text, identifier=name)) if one.strength == "hard"
    ] == []
