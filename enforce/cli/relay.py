"""The commands that relay: they open what a gate needs and hand it over."""

import argparse
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from enforce.approvals import Approvals
from enforce.audit.heads import load_key
from enforce.audit.log import AuditLog
from enforce.cli import FOUND, USAGE
from enforce.cli.places import audit_file, key_file, state_file, webhook_key_file
from enforce.cli.words import tell
from enforce.clocks import Clock, steady_clock
from enforce.counters import Counters
from enforce.counters.opening import is_redis, open_counters
from enforce.counters.sqlite import SqliteCounters
from enforce.elicitation import Elicitation
from enforce.gate import Gate
from enforce.judge import Judge, Party
from enforce.law import Law
from enforce.pins import Pins
from enforce.policy import Policy
from enforce.policyfile import PolicyErrors
from enforce.recorder import Audit
from enforce.reload import PolicyFile
from enforce.state import open_state

if TYPE_CHECKING:  # loaded where it is asked for: it would delay every start
    from enforce.webhook import Webhook


class Equipment(Struct, frozen=True, kw_only=True):
    """What all the gates of one process share."""

    counters: Counters
    pins: Pins
    approvals: Approvals
    audit: Audit
    clock: Clock
    dry_run: bool
    #: People are asked by way of the client too, where it shows questions.
    ask_client: bool = False

    def judge(self, law: Law, party: Party) -> Judge:
        """A judge for one connection."""
        return Judge(law, self.counters, self.pins, self.approvals, party, dry_run=self.dry_run)

    def gate(self, judge: Judge, *, keeps_calls_open: bool = False) -> Gate:
        """A gate for one connection; one on which calls can be *kept open* while their client is asked."""
        elicitation = Elicitation(keeps_calls_open=keeps_calls_open) if self.ask_client else None
        return Gate(judge, self.audit, clock=self.clock, elicitation=elicitation)


def equipment(options: argparse.Namespace) -> Equipment:
    """Open the state and the log; raises StateUnusable, StoreFailed or AuditFailed."""
    redis, clock = is_redis(options.state), steady_clock()
    state = open_state(state_file(None if redis else options.state), options.sync)
    own = SqliteCounters(state)
    own.tidy(clock())
    announce = _webhook(options).announce if options.webhook else lambda _: None
    return Equipment(
        counters=open_counters(options.state) if redis else own,
        pins=Pins(state),
        approvals=Approvals(state, load_key(key_file(None)), announce),
        audit=AuditLog(audit_file(options.audit), sync=options.sync == "full"),
        clock=clock,
        dry_run=options.dry_run,
        ask_client=options.ask_client,
    )


def _webhook(options: argparse.Namespace) -> "Webhook":
    from enforce.cli.answering import Desk
    from enforce.webhook import Webhook

    redis = is_redis(options.state)
    desk = Desk(
        state=state_file(None if redis else options.state),
        audit=audit_file(options.audit),
        key=key_file(None),
    )
    return Webhook(options.webhook, load_key(webhook_key_file()), desk.answer, tell)


def stdio(options: argparse.Namespace) -> int:
    """Relay between standard input and output and a child, or a server over HTTP."""
    only_upstream = options.headers or options.oauth or options.sse
    if bool(options.command) == bool(options.upstream) or (only_upstream and not options.upstream):
        tell("name the server's command after --, or its --upstream")
        return USAGE
    policy = _policy(options.policy)
    if policy is None:
        return FOUND
    server = server_name(policy.law.policy, options.command or [options.upstream])
    who = options.identity
    party = Party(server=server, grant=who, session=os.urandom(8).hex(), identity=who)
    shared = equipment(options)
    gate = shared.gate(shared.judge(policy.law, party), keeps_calls_open=True)
    return (_bridge if options.upstream else _child)(options, gate, policy)


def _child(options: argparse.Namespace, gate: Gate, policy: PolicyFile) -> int:
    from enforce.transports.stdio import StdioProxy

    return StdioProxy(gate, options.command, tell, policy).run()


def _bridge(options: argparse.Namespace, gate: Gate, policy: PolicyFile) -> int:
    import asyncio

    from enforce.cli.upstreams import credentials, old_server
    from enforce.transports.bridge import Bridge
    from enforce.transports.http.asking import Address, Upstream
    from enforce.transports.pair import Pair

    upstream = Upstream(Address.read(options.upstream))
    known = credentials(options.headers, options.oauth)

    async def run() -> int:
        if options.sse:
            return await Pair(gate, old_server(upstream, known), tell, policy).run()
        return await Bridge(gate, upstream, known, tell, policy).run()

    return asyncio.run(run())


def server_name(policy: Policy, command: Sequence[str]) -> str:
    """The name under which a server's calls are counted.

    Without one in the policy, the program's name and a digest of its command line, which may hold secrets.
    """
    digest = hashlib.sha256("\0".join(command).encode()).hexdigest()
    return policy.server or f"{Path(command[0]).name}#{digest[:8]}"


def _policy(path: str) -> PolicyFile | None:
    try:
        return PolicyFile(path)
    except PolicyErrors as error:
        tell(str(error))
        return None
