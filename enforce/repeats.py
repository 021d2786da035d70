"""Denials and refusals that come faster than anybody could read them: beyond the first ones of a minute they are counted."""

from msgspec import Struct, structs

from enforce.records import Decided, Noted, Record, Repeated

#: Denials of one identity at one server, and likewise refused messages, that are written one by one in a minute.
MOST_TOLD = 100

#: Different names by which the rest of a minute is counted; whoever makes up more is counted without them.
MOST_KINDS = 20

#: Questions to a person of which it is remembered that their call is on record.
MOST_QUESTIONS = 10_000

#: Of a record's time what is the same for a whole minute.
_MINUTE = len("2026-11-23T23:59")


class _Minute(Struct):
    """What came within one minute of one identity at one server."""

    minute: str
    told: int = 0
    #: By the method, the tool, the outcome and the rule.
    counted: dict[tuple[str, ...], Repeated] = {}


class Repeats:
    """Shared by all gates of a process, so that nobody gets more by opening another session."""

    def __init__(self) -> None:
        self._minutes: dict[tuple[str, ...], _Minute] = {}
        #: The minute in which it was last looked for counts of minutes that are over, and those counts.
        self._looked = ""
        self._due: list[Record] = []
        self._questions: set[str] = set()

    def tells(self, record: Decided | Noted, question: str | None = None) -> bool:
        """Whether a record of what was not let through is to be written now; else it is counted.

        A call about which a person is asked, by *question*, is written once however many there are.
        """
        if question is not None and question not in self._questions:
            if len(self._questions) >= MOST_QUESTIONS:
                self._questions.clear()
            self._questions.add(question)
            return True
        who = (record.event, record.server, record.grant, record.identity)
        minute = self._minutes.get(who)
        if minute is None or minute.minute != record.time[:_MINUTE]:
            if minute is not None:
                self._due += minute.counted.values()
            minute = self._minutes[who] = _Minute(record.time[:_MINUTE])
        if minute.told < MOST_TOLD:
            minute.told += 1
            return True
        _count(minute.counted, record)
        return False

    def take_due(self, time: str | None = None) -> list[Record]:
        """What was counted in the minutes before *time*, or ever, to be written now."""
        this = time[:_MINUTE] if time else ""
        if this != self._looked or not this:
            self._looked = this
            for who, minute in list(self._minutes.items()):
                if minute.minute != this:
                    self._due += minute.counted.values()
                    del self._minutes[who]
        due, self._due = self._due, []
        return due


def _count(counted: dict[tuple[str, ...], Repeated], record: Decided | Noted) -> None:
    one = _one(record)
    kind = (one.method or "", one.tool or "", one.outcome, one.rule)
    if kind not in counted and len(counted) >= MOST_KINDS:
        one = structs.replace(one, method=None, tool=None)
        kind = ("", "", one.outcome, one.rule)
    before = counted.get(kind)
    counted[kind] = (
        one if before is None else structs.replace(one, since=before.since, count=before.count + 1)
    )


def _one(record: Decided | Noted) -> Repeated:
    one = Repeated(
        time=record.time,
        since=record.time,
        event="repeated",
        server=record.server,
        grant=record.grant,
        identity=record.identity,
        outcome="refused",
        count=1,
    )
    if isinstance(record, Noted):
        return structs.replace(one, sender=record.sender)
    return structs.replace(
        one, method=record.method, tool=record.tool, outcome=record.outcome, rule=record.rule
    )
