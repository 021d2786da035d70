"""The commands that relay: they open what the gate needs and hand it over."""

import argparse
import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from enforce.audit.log import AuditLog
from enforce.cli import FOUND, USAGE
from enforce.cli.places import audit_file, state_file
from enforce.clocks import steady_clock
from enforce.counters.opening import open_counters
from enforce.gate import Gate, Party
from enforce.law import Law
from enforce.policy import Policy
from enforce.policyfile import PolicyErrors, load_policy
from enforce.transports.stdio import StdioProxy


def stdio(options: argparse.Namespace) -> int:
    """Relay between standard input and output and a child."""
    if not options.command:
        tell("name the server's command after --")
        return USAGE
    try:
        policy = load_policy(options.policy)
    except PolicyErrors as error:
        tell(str(error))
        return FOUND
    party = Party(
        server=server_name(policy, options.command),
        grant=options.identity,
        session=os.urandom(8).hex(),
        identity=options.identity,
    )
    gate = Gate(
        Law(policy),
        open_counters(options.state or state_file(None), options.sync),
        AuditLog(audit_file(options.audit), sync=options.sync == "full"),
        party,
        clock=steady_clock(),
        dry_run=options.dry_run,
    )
    return StdioProxy(gate, options.command, tell).run()


def server_name(policy: Policy, command: Sequence[str]) -> str:
    """The name under which a server's calls are counted.

    Without one in the policy, the program's name and a digest of its command line, which may hold secrets.
    """
    digest = hashlib.sha256("\0".join(command).encode()).hexdigest()
    return policy.server or f"{Path(command[0]).name}#{digest[:8]}"


def tell(words: str) -> None:
    """Say something to the person who runs the proxy; whatever a server made up cannot steer their terminal."""
    for line in words.splitlines():
        print(
            "tollhouse-proxy:", line.encode("ascii", "backslashreplace").decode(), file=sys.stderr, flush=True
        )
