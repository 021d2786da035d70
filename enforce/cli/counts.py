"""The commands about counters."""

import argparse
import json
from contextlib import closing
from pathlib import Path

from enforce.audit.log import AuditLog
from enforce.cli import COULD_NOT, FINE
from enforce.cli.person import person
from enforce.cli.places import audit_file, state_file
from enforce.cli.words import plain, tell
from enforce.clocks import stamp, steady_clock
from enforce.counters.opening import Store, open_counters
from enforce.state import must_exist


def show(options: argparse.Namespace) -> int:
    """List every counter."""
    counts = _counters(options).counts(steady_clock()())
    if options.json:
        print(
            json.dumps([{"key": each.key, "window": each.window, "used": str(each.used)} for each in counts])
        )
    else:
        for each in counts:
            print(plain(f"{each.used:>10}  in {each.window} s  {each.key}"))
    return FINE


def reset(options: argparse.Namespace) -> int:
    """Empty one counter, or all."""
    key = None if options.all else options.key
    counters, now = _counters(options), steady_clock()()
    if key is not None and key not in {count.key for count in counters.counts(now)}:
        tell("there is no such counter; see `counters list`")
        return COULD_NOT
    with closing(AuditLog(audit_file(options.audit))) as audit:  # what cannot be recorded is not emptied
        record = {"event": "reset", "counter": key or "*", "by": person(options)}
        audit.write({"time": stamp()(now), **record})
        emptied = counters.reset(key)
    print(f"{emptied} emptied")
    return FINE


def _counters(options: argparse.Namespace) -> Store:
    """The counters that are looked at; raises NoState, StateUnusable or StoreFailed."""
    place = options.state or str(state_file(None))
    if "://" not in place:
        must_exist(Path(place))
    return open_counters(place)
