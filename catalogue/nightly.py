"""What happens every night: crawl what changed, judge it, build the site, write down what is new."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from catalogue.entries import Change
from catalogue.reviews import outdated
from catalogue.showing import change_text
from catalogue.store import Store
from classifier.verdicts import VERSION, classify_all

if TYPE_CHECKING:
    from catalogue.crawling import Tally
    from catalogue.website.render import BuildReport


#: Under this name the record keeps the number of the last change that a report told.
TOLD = "report"


class Night(Struct, frozen=True, kw_only=True):
    """What a run did."""

    tally: "Tally"
    #: Definitions that were judged: new ones, or all of them after a new release of the classifier.
    judged: int
    built: "BuildReport"
    changes: int
    #: File that tells the changes.
    report: Path
    #: Reviews whose tool has changed since.
    outdated: int


def run_night(
    store: Store, crawl: Callable[[], "Tally"], build: Callable[[], "BuildReport"], reports: Path
) -> Night:
    """One run; raises AlreadyRunning. Killed anywhere and started again, it does what is left.

    The report tells what changed since the last report, so that nothing of a night that was killed goes untold.
    """
    with store.alone():
        started = store.now()
        tally = crawl()
        judged = store.judge(classify_all, VERSION)
        built = build()
        report = reports / f"{started.replace(':', '')}.txt"
        told = int(store.cursor(TOLD) or 0)
        changes, newest = _write(report, store.changes_after(told))
        store.advance(TOLD, str(newest or told))
        wanting = sum(1 for _ in outdated(store))
    return Night(tally=tally, judged=judged, built=built, changes=changes, report=report, outdated=wanting)


def _write(file: Path, changes: Iterable[tuple[int, Change]]) -> tuple[int, int]:
    """Write the report, so that it is there whole or not at all; how many changes, and the newest one's number."""
    count = newest = 0
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".unfinished")
    with unfinished.open("w", encoding="utf-8") as stream:
        for number, change in changes:
            stream.write(change_text(change) + "\n")
            count, newest = count + 1, number
    unfinished.replace(file)
    return count, newest
