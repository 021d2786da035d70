"""The command `http`: one server by the command line, or many by a gateway's file."""

import argparse
from pathlib import Path

from msgspec.structs import replace

from enforce.cli import FINE, FOUND, USAGE
from enforce.cli.cautions import unsafe
from enforce.cli.equipment import equipment
from enforce.cli.loops import tell_of_loops
from enforce.cli.service import Means, PolicyFiles, Service
from enforce.cli.words import speak_aside, tell
from enforce.gatewayfile import Behind, GatewayConfig, load_gateway
from enforce.metrics import Meter
from enforce.policyfile import PolicyErrors
from enforce.transports.http.address import Address
from enforce.transports.http.running import listen
from enforce.watched import Watched


def http(options: argparse.Namespace) -> int:
    """Relay for HTTP clients until a signal comes."""
    named = [bool(options.config), bool(options.upstream), bool(options.command)]
    only_upstream = options.headers or options.oauth or options.sse
    if (
        sum(named) != 1
        or bool(options.config) == bool(options.policy)
        or (only_upstream and not options.upstream)
    ):
        tell("name either --config, or --policy with --upstream or with a command after --")
        return USAGE
    speak_aside()
    tell_of_loops()
    try:
        file = Watched(options.config) if options.config else None
        config = load_gateway(options.config) if options.config else _of_command_line(options)
    except PolicyErrors as error:
        tell(str(error))
        return FOUND
    fault = unsafe(config)
    if fault:
        tell(fault)
        return USAGE
    if options.config:
        options.audit = options.audit or (str(config.audit) if config.audit else None)
        options.state = options.state or config.state
        options.webhook = options.webhook or config.webhook
    try:
        files = PolicyFiles(config)
    except PolicyErrors as error:
        tell(str(error))
        return FOUND
    means = Means(config)  # before anything is made in a folder
    shared = equipment(options)
    meter = Meter(shared.audit)
    service = Service(config, file, files, means, replace(shared, audit=meter), meter)
    listen(config.host, config.port, service, service.tls)
    return FINE


def _of_command_line(options: argparse.Namespace) -> GatewayConfig:
    address = Address.read(options.upstream) if options.upstream else None
    path = address.path.partition("?")[0] if address else "/mcp"
    server = Behind(
        name="server",
        path=path,
        command=tuple(options.command),
        upstream=options.upstream or "",
        sse=options.sse,
        headers_file=Path(options.headers) if options.headers else None,
        oauth_file=Path(options.oauth) if options.oauth else None,
        policy=Path(options.policy),
    )
    host, port = options.listen
    return GatewayConfig(host=host, port=port, servers=(server,))
