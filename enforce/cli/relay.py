"""The commands that relay: they open what a gate needs and hand it over."""

import argparse
import hashlib
import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from enforce.cli import FOUND, USAGE
from enforce.cli.careless import readable_by_all, writable_by_all
from enforce.cli.words import speak_aside, tell
from enforce.decisions import Party
from enforce.policyfile import PolicyErrors
from enforce.reload import PolicyFile
from enforce.transports.launch import start

if TYPE_CHECKING:
    from enforce.gate import Gate


def stdio(options: argparse.Namespace) -> int:
    """Relay between standard input and output and a child, or a server over HTTP."""
    only_upstream = options.headers or options.oauth or options.sse
    if bool(options.command) == bool(options.upstream) or (only_upstream and not options.upstream):
        tell("name the server's command after --, or its --upstream")
        return USAGE
    speak_aside()
    policy = _policy(options.policy)
    if policy is None:
        return FOUND
    return (_bridge if options.upstream else _child)(options, policy)


def _child(options: argparse.Namespace, policy: PolicyFile) -> int:
    child = start(options.command)  # first of all, so that it comes up while we do
    try:
        from enforce.transports.stdio import relay

        gate, finish = _gate(options, policy)
    except BaseException:
        _forsake(child)
        raise
    code = relay(gate, child, tell, policy)
    finish()
    return code


def _forsake(child: subprocess.Popen[bytes]) -> None:
    """End a server that nobody has spoken to. What it had started may hold its output open, so the end of that is not waited for."""
    child.kill()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()
    child.wait()


def _gate(options: argparse.Namespace, policy: PolicyFile) -> "tuple[Gate, Callable[[], None]]":
    """The gate of the one connection, and what to do at its end; raises StateUnusable, StoreFailed or AuditFailed."""
    from enforce.cli.equipment import equipment

    place = place_of(options.command or [options.upstream])
    who = options.identity
    server = policy.law.policy.server or place
    party = Party(server=server, place=place, grant=who, session=os.urandom(8).hex(), identity=who)
    shared = equipment(options)
    return shared.gate(shared.judge(policy.law, party)), shared.finish


def _bridge(options: argparse.Namespace, policy: PolicyFile) -> int:
    import asyncio

    from enforce.cli.loops import tell_of_loops
    from enforce.cli.upstreams import credentials, old_server
    from enforce.transports.bridge import Bridge
    from enforce.transports.http.address import Address
    from enforce.transports.http.asking import Upstream
    from enforce.transports.pair import Pair

    tell_of_loops()
    upstream = Upstream(Address.read(options.upstream))
    known = credentials(options.headers, options.oauth)
    gate, finish = _gate(options, policy)
    secrets = [Path(file) for file in (options.headers, options.oauth) if file]
    for words in (*writable_by_all(secrets), *readable_by_all(secrets)):
        tell(words)

    async def run() -> int:
        if options.sse:
            return await Pair(gate, old_server(upstream, known), tell, policy).run()
        return await Bridge(gate, upstream, known, tell, policy).run()

    code = asyncio.run(run())
    finish()
    return code


def place_of(command: Sequence[str]) -> str:
    """The program's name and a digest of its command line, which may hold secrets; a server without a name is counted as this."""
    digest = hashlib.sha256("\0".join(command).encode()).hexdigest()
    name = Path(command[0].partition("?")[0]).name  # what follows in an address may be a secret too
    return f"{name}#{digest[:8]}"


def _policy(path: str) -> PolicyFile | None:
    try:
        policy = PolicyFile(path)
    except PolicyErrors as error:
        tell(str(error))
        return None
    for words in (*policy.warnings, *writable_by_all([path])):
        tell(words)
    return policy
