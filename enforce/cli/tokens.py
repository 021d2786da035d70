"""The commands about identities and their tokens."""

import argparse
import secrets
import sys
from datetime import UTC, datetime

import msgspec

from enforce.cli import FINE, FOUND
from enforce.cli.words import plain
from enforce.gatewayfile import load_gateway
from enforce.identities import token_digest
from enforce.policyfile import PolicyErrors


def new(options: argparse.Namespace) -> int:
    """Make a token. It is printed once, and nobody keeps it; the gateway's file gets its digest."""
    token = f"th_{secrets.token_urlsafe(32)}"
    print(token)
    print("Put this into the gateway's file, and the token into the client:", file=sys.stderr)
    print(f"  {plain(options.name)}: {{token_sha256: {token_digest(token)}, grants: {{}}}}", file=sys.stderr)
    return FINE


def show(options: argparse.Namespace) -> int:
    """List who may come, until when, and to which servers."""
    try:
        identities = load_gateway(options.file).identities
    except PolicyErrors as error:
        print(error, file=sys.stderr)
        return FOUND
    if options.json:
        print(msgspec.json.encode(identities).decode())
    else:
        for each in identities:
            until = (
                f"until {datetime.fromtimestamp(each.expires, UTC):%Y-%m-%d %H:%M} UTC"
                if each.expires is not None
                else "without end"
            )
            print(plain(f"{each.name}  {until}  {', '.join(each.grants) or 'no server'}"))
    return FINE
