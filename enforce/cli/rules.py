"""The commands that judge calls by a policy: explain, replay."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from crawler.mcp.jsonrpc import Refused, parse
from enforce.audit.files import chains
from enforce.cli import COULD_NOT, FINE, FOUND, USAGE
from enforce.cli.words import data, plain, say
from enforce.clocks import steady_clock
from enforce.counters.memory import MemoryCounters
from enforce.decide import Call
from enforce.explain import explain as explain_call
from enforce.law import Law
from enforce.policyfile import PolicyErrors, load_policy
from enforce.recordings import from_audit, from_session
from enforce.replay import Replayed
from enforce.replay import replay as replay_calls


def explain(options: argparse.Namespace) -> int:
    """Print the steps of one decision, counted from empty counters."""
    try:
        arguments = _arguments(options.args)
    except (Refused, msgspec.DecodeError, UnicodeError) as error:
        say(f"--args cannot be read: {error}")
        return USAGE
    law = _law(options.file)
    if law is None:
        return FOUND
    call = Call(tool=options.tool, arguments=arguments, identity=options.identity, grant=options.identity)
    steps = explain_call(law, call, MemoryCounters(), steady_clock()())
    if options.json:
        print(data(steps))
    else:
        for step in steps:
            print(plain(f"{step.verdict:11} {step.rule}"))
            print(plain(f"            {step.text}"))
    return FINE if steps[-1].verdict == "allows" else FOUND


def _arguments(text: str) -> dict[str, Any]:
    """The arguments as the gate would read them."""
    typed = text.encode("utf-8", "surrogateescape")  # what the locale could not read stands as it was typed
    msgspec.json.decode(typed)  # so that a mistake is told by its place in that
    line = b'{"jsonrpc":"2.0","id":0,"method":"tools/call","params":{"name":"","arguments":%s}}'
    arguments: dict[str, Any] = parse(line % typed).params["arguments"]
    return arguments


def replay(options: argparse.Namespace) -> int:
    """Judge recorded tool calls anew: those of an audit log, or the messages of a recorded session."""
    law = _law(options.file)
    if law is None:
        return FOUND
    try:
        chains_of_lines = _lines(Path(options.audit))
    except OSError as error:
        say(f"{options.audit}: {error.strerror or error}")
        return COULD_NOT
    chains_of_records = [list(filter(None, map(_record, lines))) for lines in chains_of_lines]
    # Whoever wrote beside one another has drawn on the same limits.
    records = list(merge(*chains_of_records, key=lambda record: str(record.get("time"))))
    lines = list(chain.from_iterable(chains_of_lines))
    # A client may say to its server what looks like a record of ours.
    recorded = from_audit(records) if 2 * len(records) > len(lines) else from_session(lines)
    replayed = list(replay_calls(law, recorded))
    told = [one for one in replayed if one.differs or (one.was is None and one.becomes != "allow")]
    for one in told:
        line = f"{one.seq}: {one.name}: {one.was or 'not judged'} -> {one.becomes} by {one.rule}"
        print(data(one) if options.json else plain(line))
    for words in _what_is_not_known(law, records, replayed):
        print(words, file=sys.stderr)
    return FOUND if told else FINE


def _what_is_not_known(
    law: Law, records: Sequence[dict[str, Any]], replayed: Sequence[Replayed]
) -> Iterator[str]:
    """Sentences about what nobody can tell from the records."""
    if counted := sum(_whole(record.get("count")) for record in records):
        yield f"{counted} requests that were not let through were only counted, and are not judged"
    if unknown := sum(one.becomes == "unknown" for one in replayed):
        yield f"{unknown} of {len(replayed)} requests depend on what was not recorded: values of arguments, definitions of tools, or limits on which such requests draw"
    drift = law.policy.drift
    if {drift.changed, drift.new, drift.shadowing} != {"report"}:
        yield "whether a tool's definition had drifted is not recorded: those that were not stopped for it are taken for the accepted ones"


def _lines(path: Path) -> list[list[bytes]]:
    """The lines of each chain of a log, or of a recorded session."""
    found = chains(path) or [[path]]
    return [[line for file in files for line in file.read_bytes().split(b"\n") if line] for files in found]


def _record(line: bytes) -> dict[str, Any] | None:
    """A record of an audit log; `None` for any other line."""
    try:
        record = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return (
        record
        if isinstance(record, dict) and "event" in record and isinstance(record.get("seq"), int)
        else None
    )


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _law(path: str) -> Law | None:
    try:
        return Law(load_policy(path))
    except PolicyErrors as error:
        say(error)
        return None
