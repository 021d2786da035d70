"""A book of many cues finds what each set of cues finds by itself."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.cues import CueBook, Cues
from classifier.hints import HINTS
from classifier.signals import PROBES

SETS = [cues for probe in PROBES for cues in (probe.name, probe.text, probe.parameters)]
SETS += [cues for hint in HINTS for cues in (hint.name, hint.text)]
BOOK = CueBook(SETS)


def _phrases(cues: Cues) -> Iterator[list[str]]:
    """One way to say each phrase, word by word."""
    for head, rests in cues.phrases.items():
        for rest in rests:
            yield [head, *(min(fitting) for _, fitting in rest)]


PHRASES = sorted(phrase for cues in SETS for phrase in _phrases(cues))
FILLERS = [["not"], ["without"], ["zebra"], ["the"], ["of", "a"], []]


@given(st.lists(st.one_of(st.sampled_from(PHRASES), st.sampled_from(FILLERS)), min_size=1, max_size=8))
def test_a_book_misses_nothing(parts: list[list[str]]) -> None:
    """Whatever stands before, between and behind the phrases; of each set the first find."""
    words = [word for part in parts for word in part]
    present = frozenset(words)
    first = {
        owner: min(finds)[0] for owner, cues in enumerate(SETS) if (finds := list(cues.find(words, present)))
    }

    found = BOOK.find(words, present)

    assert {owner: start for owner, (start, _) in found.items()} == first
    assert all(found[owner] in list(SETS[owner].find(words, present)) for owner in found)


WORDINGS = [
    ("start ~1 vm|virtual+machine|pod", "start virtual machine", True),
    ("start ~1 vm|virtual+machine|pod", "start a pod", True),
    ("start ~1 vm|virtual+machine|pod", "start a machine", False),
    ("pull+request|issue ~1 comment", "issue comment", True),
    ("pull+request|issue ~1 comment", "pull request comment", True),
    ("pull+request|issue ~1 comment", "pull comment", False),
]


@pytest.mark.parametrize(("phrase", "text", "found"), WORDINGS)
def test_an_alternative_may_be_several_words(phrase: str, text: str, found: bool) -> None:
    """They stand next to each other, and leave the other alternatives as they are."""
    words = text.split()

    assert Cues(phrase).occurs(words, frozenset(words)) == found
