"""The commands about counters."""

import argparse
import json

from enforce.cli import COULD_NOT, FINE
from enforce.cli.places import state_file
from enforce.cli.words import tell
from enforce.clocks import steady_clock
from enforce.counters.opening import open_counters


def show(options: argparse.Namespace) -> int:
    """List every counter."""
    counts = open_counters(options.state or state_file(None)).counts(steady_clock()())
    if options.json:
        print(
            json.dumps([{"key": each.key, "window": each.window, "used": str(each.used)} for each in counts])
        )
    else:
        for each in counts:
            print(f"{each.used:>10}  in {each.window} s  {each.key}")
    return FINE


def reset(options: argparse.Namespace) -> int:
    """Empty one counter, or all."""
    emptied = open_counters(options.state or state_file(None)).reset(None if options.all else options.key)
    if emptied == 0 and not options.all:
        tell("there is no such counter")
        return COULD_NOT
    print(f"{emptied} emptied")
    return FINE
