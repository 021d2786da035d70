"""The commands that relay: they open what a gate needs and hand it over."""

import argparse
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from enforce.approvals import Approvals
from enforce.audit.heads import load_key
from enforce.audit.log import AuditLog
from enforce.cli import FINE, FOUND, USAGE
from enforce.cli.places import audit_file, key_file, state_file
from enforce.cli.words import tell
from enforce.clocks import Clock, steady_clock
from enforce.counters import Counters
from enforce.counters.opening import is_redis, open_counters
from enforce.counters.sqlite import SqliteCounters
from enforce.gate import Gate
from enforce.judge import Judge, Party
from enforce.law import Law
from enforce.pins import Pins
from enforce.policy import Policy
from enforce.policyfile import PolicyErrors
from enforce.reload import PolicyFile
from enforce.state import open_state

#: On these a gate asks for no token, since only programs of this machine can reach it.
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Equipment(Struct, frozen=True, kw_only=True):
    """What all the gates of one process share."""

    counters: Counters
    pins: Pins
    approvals: Approvals
    audit: AuditLog
    clock: Clock
    dry_run: bool

    def judge(self, law: Law, party: Party) -> Judge:
        """A judge for one connection."""
        return Judge(law, self.counters, self.pins, self.approvals, party, dry_run=self.dry_run)

    def gate(self, judge: Judge) -> Gate:
        """A gate for one connection."""
        return Gate(judge, self.audit, clock=self.clock)


def equipment(options: argparse.Namespace) -> Equipment:
    """Open the state and the log; raises StateUnusable, StoreFailed or AuditFailed."""
    redis = is_redis(options.state)
    state = open_state(state_file(None if redis else options.state), options.sync)
    return Equipment(
        counters=open_counters(options.state) if redis else SqliteCounters(state),
        pins=Pins(state),
        approvals=Approvals(state, load_key(key_file(None))),
        audit=AuditLog(audit_file(options.audit), sync=options.sync == "full"),
        clock=steady_clock(),
        dry_run=options.dry_run,
    )


def stdio(options: argparse.Namespace) -> int:
    """Relay between standard input and output and a child."""
    from enforce.transports.stdio import StdioProxy

    if not options.command:
        tell("name the server's command after --")
        return USAGE
    policy = _policy(options.policy)
    if policy is None:
        return FOUND
    server = server_name(policy.law.policy, options.command)
    party = Party(
        server=server, grant=options.identity, session=os.urandom(8).hex(), identity=options.identity
    )
    shared = equipment(options)
    gate = shared.gate(shared.judge(policy.law, party))
    return StdioProxy(gate, options.command, tell, policy).run()


def http(options: argparse.Namespace) -> int:
    """Relay between HTTP clients and one HTTP upstream, for programs of this machine."""
    from enforce.identities import Identities
    from enforce.transports.http.asking import Address, Upstream
    from enforce.transports.http.booth import Booth
    from enforce.transports.http.doorway import Doorway
    from enforce.transports.http.gateway import LOCAL, Door, Gateway
    from enforce.transports.http.relay import HttpRelay
    from enforce.transports.http.running import listen

    host, port = _listen_address(options.listen)
    if host not in LOOPBACK:
        tell(f"{host} can be reached from elsewhere: that needs identities")
        return USAGE
    policy = _policy(options.policy)
    if policy is None:
        return FOUND
    address = Address.read(options.upstream)
    shared = equipment(options)
    server = policy.law.policy.server or f"{address.host}:{address.port}{address.path}"

    def booth(law: Law, identity: str) -> Booth:
        return Booth(law, server, identity, shared.judge, shared.gate)

    path = address.path.partition("?")[0]
    door = Door(HttpRelay(Upstream(address), [], tell), {LOCAL: policy.law}, booth)

    def tick() -> None:
        law, words = policy.reread()
        if words:
            tell(words)
        if law is not None:
            door.adopt(LOCAL, law)

    def ready(port: int) -> None:
        own = [f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")]
        gateway = Gateway({path: door}, Identities([]), Doorway(own), shared.clock)
        handler.append(gateway)
        tell(f"listening on http://{host}:{port}{path}")

    handler: list[Gateway] = []
    listen(host, port, lambda request, reply: handler[0].handle(request, reply), ready=ready, tick=tick)
    return FINE


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


def _listen_address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)
