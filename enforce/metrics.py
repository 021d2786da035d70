"""Numbers for a monitoring system: what was decided and how it ended, in the text format that Prometheus reads."""

from collections import Counter
from collections.abc import Collection
from contextlib import AbstractContextManager

from enforce.recorder import Audit
from enforce.records import Alike, Decided, Ended, Noted, Record, Repeated

_HELP = {
    "tollhouse_decisions_total": "Requests judged, by server and outcome.",
    "tollhouse_outcomes_total": "Forwarded requests that ended, by status.",
    "tollhouse_refused_total": "Messages that were none or that nobody had asked for, by who sent them.",
    "tollhouse_drift_total": "Definitions seen that were not the accepted ones, by server.",
    "tollhouse_request_seconds_total": "Seconds that forwarded requests took, in sum.",
}
#: What tells the values of one name apart.
_LABELS = {
    "tollhouse_decisions_total": ("server", "outcome"),
    "tollhouse_outcomes_total": ("status",),
    "tollhouse_refused_total": ("side",),
    "tollhouse_drift_total": ("server",),
}


class Meter:
    """Counts what passes on its way into the audit log."""

    def __init__(self, audit: Audit) -> None:
        self._audit = audit
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._seconds = 0.0

    def write(self, *records: Record) -> int:
        """Write the records, and count them."""
        seq = self._audit.write(*records)
        counts = self._counts
        for record in records:
            if type(record) is Decided or type(record) is Alike:
                counts["tollhouse_decisions_total", record.server, record.outcome] += 1
            else:
                self._count(record)
        return seq

    def together(self) -> AbstractContextManager[None]:
        """As the log does."""
        return self._audit.together()

    def text(self, servers: Collection[str] | None = None) -> str:
        """The numbers, one a line, after what each of them means: all, or those of *servers* alone."""
        values: list[tuple[str, str, float]] = [
            (name, _labels(**dict(zip(_LABELS[name], found, strict=False))), count)
            for (name, *found), count in self._counts.items()
            if servers is None or ("server" in _LABELS[name] and found[0] in servers)
        ]
        if servers is None:
            values.append(("tollhouse_request_seconds_total", "", round(self._seconds, 6)))
        lines = []
        for name, words in _HELP.items():
            lines += [f"# HELP {name} {words}", f"# TYPE {name} counter"]
            lines += [f"{name}{labels} {value}" for other, labels, value in sorted(values) if other == name]
        return "\n".join([*lines, ""])

    def _count(self, record: Record) -> None:
        match record:
            case Ended():
                self._counts["tollhouse_outcomes_total", record.status, ""] += 1
                self._seconds += record.seconds
            case Repeated(outcome="refused"):
                self._counts["tollhouse_refused_total", record.sender, ""] += record.count
            case Repeated():
                self._counts["tollhouse_decisions_total", record.server, record.outcome] += record.count
            case Noted(event="refused"):
                self._counts["tollhouse_refused_total", record.sender, ""] += 1
            case Noted():
                self._counts["tollhouse_drift_total", record.server, ""] += 1


def _labels(**labels: str) -> str:
    """Names and values in the format's own quoting. Servers are named by the operator, so there are few values."""
    quoted = (f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return "{" + ",".join(quoted) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
