"""The signals of the guide: one probe a file, one question a probe."""

from msgspec import Struct

from classifier.evidence import Evidence
from classifier.probe import Probe
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
from classifier.view import Parameter, Segment

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


class Hit(Struct, frozen=True, gc=False):
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
