"""Traits of parameters and annotations: one probe a file, one question a probe."""

from operator import itemgetter

from classifier.categories import Category
from classifier.cues import CueBook
from classifier.evidence import Trait
from classifier.memo import Memo
from classifier.trait import Named, TraitProbe
from classifier.traits.action_argument import PROBE as ACTION_ARGUMENT
from classifier.traits.declared_change_but_reads import PROBE as DECLARED_CHANGE_BUT_READS
from classifier.traits.declared_read_only_but_changes import PROBE as DECLARED_READ_ONLY_BUT_CHANGES
from classifier.traits.hints_absent import PROBE as HINTS_ABSENT
from classifier.traits.nested_arguments import PROBE as NESTED_ARGUMENTS
from classifier.traits.takes_amount import PROBE as TAKES_AMOUNT
from classifier.traits.takes_code import PROBE as TAKES_CODE
from classifier.traits.takes_command import PROBE as TAKES_COMMAND
from classifier.traits.takes_credential import PROBE as TAKES_CREDENTIAL
from classifier.traits.takes_html import PROBE as TAKES_HTML
from classifier.traits.takes_path import PROBE as TAKES_PATH
from classifier.traits.takes_query import PROBE as TAKES_QUERY
from classifier.traits.takes_recipient import PROBE as TAKES_RECIPIENT
from classifier.traits.takes_url import PROBE as TAKES_URL
from classifier.traits.unbounded_string import PROBE as UNBOUNDED_STRING
from classifier.view import View

#: Every probe: what an argument takes, how the arguments are built, what the annotations claim.
PROBES: tuple[TraitProbe, ...] = (
    TAKES_URL,
    TAKES_PATH,
    TAKES_COMMAND,
    TAKES_QUERY,
    TAKES_CODE,
    TAKES_HTML,
    TAKES_RECIPIENT,
    TAKES_AMOUNT,
    TAKES_CREDENTIAL,
    UNBOUNDED_STRING,
    ACTION_ARGUMENT,
    NESTED_ARGUMENTS,
    DECLARED_READ_ONLY_BUT_CHANGES,
    DECLARED_CHANGE_BUT_READS,
    HINTS_ABSENT,
)


#: By position: probes that go by the names of parameters ...
_NAMED = {at: probe.seek for at, probe in enumerate(PROBES) if isinstance(probe.seek, Named)}
#: ... and those that look for themselves.
_SEEKING = [(at, probe.seek) for at, probe in enumerate(PROBES) if not isinstance(probe.seek, Named)]


def find_all(view: View, category: Category) -> list[Trait]:
    """What every probe finds in a definition that was judged to be *category*, in the order of the probes."""
    found = [
        (at, parameter.whole())
        for parameter in view.parameters
        for at in _BY_WORDS[parameter.words]
        if _NAMED[at].fits(parameter)
    ]
    found += [(at, evidence) for at, seek in _SEEKING for evidence in seek(view, category)]
    found.sort(key=itemgetter(0))
    return [Trait(code=PROBES[at].code, evidence=evidence) for at, evidence in found]


_NAMES = CueBook(seek.cues for seek in _NAMED.values())


def _shown(words: tuple[str, ...]) -> tuple[int, ...]:
    places = tuple(_NAMED)
    return tuple(sorted(places[found] for found in _NAMES.find(words, frozenset(words))))


#: By the words of a parameter's name: the probes that they speak for.
_BY_WORDS = Memo(_shown, 50_000)
