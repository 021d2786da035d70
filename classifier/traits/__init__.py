"""Traits of parameters and annotations: one probe a file, one question a probe."""

from collections import defaultdict
from collections.abc import Sequence

from classifier.categories import Category
from classifier.evidence import Evidence, Trait
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
from classifier.view import Parameter, View

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


def find_all(view: View, category: Category) -> list[Trait]:
    """What every probe finds in a definition that was judged to be *category*, in the order of the probes."""
    named: dict[str, list[Parameter]] = defaultdict(list)
    for parameter in view.parameters:
        for code in _BY_WORDS[parameter.words]:
            named[code].append(parameter)
    return [
        Trait(code=probe.code, evidence=evidence)
        for probe in PROBES
        for evidence in (
            _fitting(probe.seek, named.get(probe.code, ()))
            if isinstance(probe.seek, Named)
            else probe.seek(view, category)
        )
    ]


def _fitting(seek: Named, parameters: Sequence[Parameter]) -> list[Evidence]:
    return [parameter.whole() for parameter in parameters if seek.fits(parameter)]


def _shown(words: tuple[str, ...]) -> tuple[str, ...]:
    present = frozenset(words)
    return tuple(
        probe.code
        for probe in PROBES
        if isinstance(probe.seek, Named) and probe.seek.cues.occurs(words, present)
    )


#: By the words of a parameter's name: the probes that they speak for.
_BY_WORDS = Memo(_shown, 50_000)
