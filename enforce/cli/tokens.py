"""The commands about identities and their tokens."""

import argparse
import json
import os
import re
import secrets
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from enforce.cli import COULD_NOT, FINE, FOUND, USAGE
from enforce.cli.words import data, plain, say, tell
from enforce.gatewayfile import REVOKED, fault_of_name, load_gateway, read_gateway
from enforce.identities import Identity, token_digest
from enforce.policyfile import PolicyErrors, read_source

#: Names that need no quotation marks in YAML; a single word could mean yes or no there.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)+")

#: Seconds in an hour, for which an old token is kept beside a new one.
HOUR = 3600


def new(options: argparse.Namespace) -> int:
    """Make a token. It is printed once, and nobody keeps it; the gateway's file gets its digest."""
    if fault := fault_of_name(options.name):
        tell(f"{options.name!r}: {fault}")
        return USAGE
    token = _token()
    print(token)
    print("Put this into the gateway's file, and the token into the client:", file=sys.stderr)
    name = options.name if _PLAIN.fullmatch(options.name) else json.dumps(options.name)
    print(f"  {name}: {{token_sha256: {token_digest(token)}, grants: {{}}}}", file=sys.stderr)
    return FINE


def rotate(options: argparse.Namespace) -> int:
    """Make another token for an identity, and write its digest into the file; the old one may live on for a while."""
    token = _token()
    fresh = f'"{token_digest(token)}"'

    def instead(identity: Identity) -> str:
        if not options.keep:
            return fresh
        until = datetime.fromtimestamp(datetime.now(UTC).timestamp() + options.keep * HOUR, UTC)
        return f'[{fresh}, "{identity.token_sha256} until {until:%Y-%m-%dT%H:%M:%SZ}"]'

    code = _rewrite(options, instead)
    if code == FINE:
        print(token)
        print("Put the token into the client; the gateway knows it already.", file=sys.stderr)
    return code


def revoke(options: argparse.Namespace) -> int:
    """Take a token back: a running gateway refuses it within a second."""
    code = _rewrite(options, lambda _: f'"{REVOKED}"')
    if code == FINE:
        print(f"{plain(options.name)} revoked")
    return code


def show(options: argparse.Namespace) -> int:
    """List who may come, until when, and to which servers."""
    try:
        identities = load_gateway(options.file).identities
    except PolicyErrors as error:
        say(error)
        return FOUND
    if options.json:
        print(data(identities))
    else:
        for each in identities:
            print(plain(f"{each.name}  {_until(each)}  {', '.join(each.grants) or 'no server'}"))
    return FINE


def _rewrite(options: argparse.Namespace, instead: Callable[[Identity], str]) -> int:
    """Put something else in place of an identity's digest; everything around it, comments too, stays as it was."""
    path = Path(options.file).resolve()  # where it is a link, what it leads to is what a gateway reads
    # Who changes the file at the same time would bring a token back that was taken back meanwhile.
    fresh = path.with_name(f".{path.name}.new")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        tell(f"{path} is being changed already; if it is not, remove {fresh}")
        return COULD_NOT
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            return _replace(path, fresh, file, options.name, instead)
    except PolicyErrors as error:
        say(error)
        return FOUND
    finally:
        fresh.unlink(missing_ok=True)


def _replace(path: Path, fresh: Path, file: IO[str], name: str, instead: Callable[[Identity], str]) -> int:
    """Write the changed text into *file*, and put it in the place of *path* at once, if it can still be read; raises PolicyErrors."""
    text = read_source(path)
    found = next((each for each in load_gateway(path).identities if each.name == name), None)
    if found is None or not found.token_sha256:
        tell(f"there is no identity {name!r} with a token in {path}")
        return COULD_NOT
    changed, count = re.subn(_pattern(found), lambda _: instead(found), text)
    if count != 1:
        tell(f"the digest of {name!r} stands in {count} places of {path}; change it by hand")
        return COULD_NOT
    try:
        read_gateway(changed, path)
    except PolicyErrors as error:
        say(error)
        return COULD_NOT
    file.write(changed)
    file.close()
    if not _look_alike(fresh, path.stat()):
        tell(
            f"{path} belongs to somebody else, and a gateway of theirs could not read it any more: run this as its owner"
        )
        return COULD_NOT
    fresh.replace(path)
    return FINE


def _look_alike(fresh: Path, old: os.stat_result) -> bool:
    """Give a file the owner and the mode of the one that it replaces; false where that may not be."""
    new = fresh.stat()
    if sys.platform != "win32" and (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
        try:
            os.chown(fresh, old.st_uid, old.st_gid)
        except PermissionError:
            return False
    fresh.chmod(old.st_mode & 0o777)
    return True


def _pattern(identity: Identity) -> str:
    """The digest as it may stand in YAML or JSON: bare, quoted, or in a list before the old one."""
    digest = rf"""(["']?){identity.token_sha256}\1"""
    old = rf"""(["']?){identity.old_sha256} until [^"'\]]*\2"""
    return rf"\[\s*{digest}\s*,\s*{old}\s*,?\s*\]" if identity.old_sha256 else digest


def _until(identity: Identity) -> str:
    if not identity.token_sha256 and not identity.jwt_subject:
        return "revoked"
    kind = f"signed for {identity.jwt_subject}, " if identity.jwt_subject else ""
    if identity.expires is None:
        return f"{kind}without end"
    return f"{kind}until {datetime.fromtimestamp(identity.expires, UTC):%Y-%m-%d %H:%M} UTC"


def _token() -> str:
    return f"th_{secrets.token_urlsafe(32)}"
