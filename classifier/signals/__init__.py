"""The signals of the guide: one probe a file, one question a probe."""

from collections.abc import Iterator

from msgspec import Struct

from classifier.cues import CueBook
from classifier.evidence import Evidence
from classifier.memo import Memo
from classifier.probe import IN_LEAD, IN_NAME, IN_PARAMETER, Probe, in_text
from classifier.signals.bulk_operation import PROBE as BULK_OPERATION
from classifier.signals.changes_access import PROBE as CHANGES_ACCESS
from classifier.signals.changes_infrastructure import PROBE as CHANGES_INFRASTRUCTURE
from classifier.signals.delegates_to_agent import PROBE as DELEGATES_TO_AGENT
from classifier.signals.deletes_data import PROBE as DELETES_DATA
from classifier.signals.drives_interface import PROBE as DRIVES_INTERFACE
from classifier.signals.fetches_url import PROBE as FETCHES_URL
from classifier.signals.handles_secrets import PROBE as HANDLES_SECRETS
from classifier.signals.moves_money import PROBE as MOVES_MONEY
from classifier.signals.overwrites_data import PROBE as OVERWRITES_DATA
from classifier.signals.personal_data import PROBE as PERSONAL_DATA
from classifier.signals.physical_world import PROBE as PHYSICAL_WORLD
from classifier.signals.publishes import PROBE as PUBLISHES
from classifier.signals.raw_query import PROBE as RAW_QUERY
from classifier.signals.reads_files import PROBE as READS_FILES
from classifier.signals.runs_code import PROBE as RUNS_CODE
from classifier.signals.runs_shell import PROBE as RUNS_SHELL
from classifier.signals.sends_message import PROBE as SENDS_MESSAGE
from classifier.signals.spends_credits import PROBE as SPENDS_CREDITS
from classifier.signals.untrusted_content import PROBE as UNTRUSTED_CONTENT
from classifier.signals.uploads_data import PROBE as UPLOADS_DATA
from classifier.signals.writes_files import PROBE as WRITES_FILES
from classifier.view import Parameter, Segment, View

#: Every probe, in the order of the guide.
PROBES: tuple[Probe, ...] = (
    SPENDS_CREDITS,
    MOVES_MONEY,
    DELETES_DATA,
    OVERWRITES_DATA,
    BULK_OPERATION,
    RUNS_CODE,
    RUNS_SHELL,
    RAW_QUERY,
    DRIVES_INTERFACE,
    CHANGES_ACCESS,
    HANDLES_SECRETS,
    PERSONAL_DATA,
    READS_FILES,
    WRITES_FILES,
    FETCHES_URL,
    SENDS_MESSAGE,
    PUBLISHES,
    CHANGES_INFRASTRUCTURE,
    PHYSICAL_WORLD,
    UNTRUSTED_CONTENT,
    UPLOADS_DATA,
    DELEGATES_TO_AGENT,
)


class Hit(Struct, frozen=True):
    """A place that shows a signal, not yet quoted."""

    #: Position of the probe in PROBES.
    probe: int
    weight: float
    place: Segment | Parameter
    start: int
    end: int

    def evidence(self) -> Evidence:
        """The words that show it."""
        return self.place.evidence(self.start, self.end)


_IN_NAMES = CueBook(probe.name for probe in PROBES)
_IN_TEXTS = CueBook(probe.text for probe in PROBES)
_IN_PARAMETERS = CueBook(probe.parameters for probe in PROBES)


def hits(view: View) -> Iterator[Hit]:
    """For every probe its first find in the name, the title, the description and the parameters' names."""
    for probe, (start, end) in _IN_NAMES.find(view.name.words, view.name.present).items():
        yield Hit(probe, IN_NAME, view.name, start, end)
    for probe, (start, end) in _IN_NAMES.find(view.title.words, view.title.present).items():
        yield Hit(probe, IN_LEAD, view.title, start, end)
    for probe, (start, end) in _IN_TEXTS.find(view.description.words, view.description.present).items():
        yield Hit(probe, in_text(view, start), view.description, start, end)
    for parameter in view.parameters:
        for probe, start, end in _BY_KEY[parameter.words]:
            yield Hit(probe, IN_PARAMETER, parameter, start, end)


def _in_key(words: tuple[str, ...]) -> tuple[tuple[int, int, int], ...]:
    found = _IN_PARAMETERS.find(words, frozenset(words))
    return tuple((probe, start, end) for probe, (start, end) in found.items())


#: Finds by parameter name.
_BY_KEY = Memo(_in_key, 50_000)
