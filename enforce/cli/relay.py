"""The commands that relay: they open what the gate needs and hand it over."""

import argparse
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from enforce.approvals import Approvals
from enforce.audit.heads import load_key
from enforce.audit.log import AuditLog
from enforce.cli import FOUND, USAGE
from enforce.cli.places import audit_file, key_file, state_file
from enforce.cli.words import tell
from enforce.clocks import steady_clock
from enforce.counters.opening import is_redis, open_counters
from enforce.counters.sqlite import SqliteCounters
from enforce.gate import Gate
from enforce.judge import Judge, Party
from enforce.pins import Pins
from enforce.policy import Policy
from enforce.policyfile import PolicyErrors
from enforce.reload import PolicyFile
from enforce.state import open_state
from enforce.transports.stdio import StdioProxy


def stdio(options: argparse.Namespace) -> int:
    """Relay between standard input and output and a child."""
    if not options.command:
        tell("name the server's command after --")
        return USAGE
    try:
        policy = PolicyFile(options.policy)
    except PolicyErrors as error:
        tell(str(error))
        return FOUND
    party = Party(
        server=server_name(policy.law.policy, options.command),
        grant=options.identity,
        session=os.urandom(8).hex(),
        identity=options.identity,
    )
    state = open_state(state_file(None if is_redis(options.state) else options.state), options.sync)
    counters = (
        open_counters(options.state, options.sync) if is_redis(options.state) else SqliteCounters(state)
    )
    approvals = Approvals(state, load_key(key_file(None)))
    judge = Judge(policy.law, counters, Pins(state), approvals, party, dry_run=options.dry_run)
    audit = AuditLog(audit_file(options.audit), sync=options.sync == "full")
    gate = Gate(judge, audit, clock=steady_clock())
    return StdioProxy(gate, options.command, tell, policy).run()


def server_name(policy: Policy, command: Sequence[str]) -> str:
    """The name under which a server's calls are counted.

    Without one in the policy, the program's name and a digest of its command line, which may hold secrets.
    """
    digest = hashlib.sha256("\0".join(command).encode()).hexdigest()
    return policy.server or f"{Path(command[0]).name}#{digest[:8]}"
