"""The commands about the audit log."""

import argparse
import json
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from enforce.audit.files import chains
from enforce.audit.heads import BadHead, Head, load_key, read_heads
from enforce.audit.ocsf import event
from enforce.audit.verify import verify as verify_log
from enforce.cli import COULD_NOT, FINE, FOUND
from enforce.cli.places import audit_file, key_file
from enforce.cli.words import plain, tell


def verify(options: argparse.Namespace) -> int:
    """Read the whole log and say where it is damaged."""
    path = audit_file(options.file)
    if not chains(path):
        tell(f"there is no audit log {path}")
        return COULD_NOT
    report = verify_log(path, _kept(options) if options.head else None)
    if options.json:
        print(
            msgspec.json.encode(
                {"records": report.records, "damages": [str(each) for each in report.damages]}
            ).decode()
        )
    else:
        for damage in report.damages:
            print(plain(str(damage)))
        for torn in report.torn:
            print(plain(f"{torn}: its last line is unfinished; the next writer will set it aside"))
        print(f"{report.records} records, {'damaged' if report.damages else 'whole'}")
    return FOUND if report.damages else FINE


def _kept(options: argparse.Namespace) -> dict[str, Head]:
    """The heads that were kept elsewhere; raises BadHead and BadKey."""
    text = Path(options.head).read_bytes()
    try:
        return read_heads(text, load_key(key_file(options.key), make=False))
    except BadHead as error:
        raise BadHead(f"{options.head}: {error}") from error


def head(options: argparse.Namespace) -> int:
    """Print a signed head for every chain, one JSON object a line."""
    path = audit_file(options.file)
    if not chains(path):
        tell(f"there is no audit log {path}")
        return COULD_NOT
    key = load_key(key_file(options.key))
    report = verify_log(path)
    if report.damages:  # to sign it would make it the log that was written
        for damage in report.damages:
            tell(str(damage))
        return FOUND
    for each in report.heads:
        print(msgspec.json.encode(each.signed(key)).decode())
    return FINE


def export(options: argparse.Namespace) -> int:
    """Print the decisions of all chains, each chain from its beginning."""
    path = audit_file(options.file)
    if not chains(path):
        tell(f"there is no audit log {path}")
        return COULD_NOT
    for files in chains(path):
        for file in files:
            for record in _read(file, None):
                try:
                    found = event(record)
                except (ValueError, TypeError, LookupError):
                    tell(f"{file}: a line is no record of ours; see `audit verify`")
                    continue
                if found is not None:
                    print(json.dumps(found))
    return FINE


#: What a record is about, by its kind: a call, another message, whoever was turned away, a question, a counter, a definition.
_NAMES = ("gen_ai.tool.name", "mcp.method.name", "from", "question", "counter", "tool")


def tail(options: argparse.Namespace) -> int:
    """Print the latest records of all chains by time."""
    path = audit_file(options.file)
    if not chains(path):
        tell(f"there is no audit log {path}")
        return COULD_NOT
    latest = sorted(_records(path, options.n), key=lambda record: str(record.get("time")))
    for record in latest[-options.n :] if options.n > 0 else []:
        print(json.dumps(record) if options.json else _line(record))
    return FINE


def _records(path: Path, most: int) -> Iterator[dict[str, Any]]:
    for files in chains(path):
        yield from _read(files[-1], max(1, most))


def _read(path: Path, most: int | None) -> Iterator[dict[str, Any]]:
    """The records of one file, or its last ones."""
    with path.open("rb") as file:
        for line in file if most is None else deque(file, maxlen=most):
            try:
                yield msgspec.json.decode(line, type=dict[str, Any])
            except (ValueError, RecursionError):
                tell(f"{path}: a line is no record; see `audit verify`")


def _would(found: Any) -> list[str]:
    """What a dry run has only recorded."""
    parts = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    return [f"would {each.get('outcome')} by {each.get('rule')}: {each.get('reason')}" for each in parts]


def _line(record: dict[str, Any]) -> str:
    """One record for a terminal: in ASCII, so that nothing an agent chose can steer it."""
    said = record.get("outcome") or record.get("status") or record.get("event")
    of, by, count = (record.get(key) for key in ("of", "by", "count"))
    details = (
        next((record[key] for key in _NAMES if record.get(key)), None),
        count and f"{count} times since {record.get('since')}",
        record.get("reason") or record.get("rule") or (None if of is None else f"of {of}"),
        by and f"by {by}",
        *_would(record.get("would")),
    )
    words = " ".join(str(detail) for detail in details if detail)
    return plain(f"{record.get('time')} {record.get('seq')!s:>6} {said!s:10} {words}")
