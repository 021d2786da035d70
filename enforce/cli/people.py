"""The commands by which a person answers: accepted definitions and held calls."""

import argparse
import difflib
import json
from contextlib import closing
from datetime import UTC, datetime
from typing import Literal

from enforce.approvals import Question
from enforce.audit.log import AuditLog
from enforce.cli import COULD_NOT, FINE
from enforce.cli.answering import Desk
from enforce.cli.person import person
from enforce.cli.places import audit_file, state_file
from enforce.cli.words import data, plain, straight, tell
from enforce.clocks import stamp, steady_clock
from enforce.pins import Pin, Pins
from enforce.state import existing_state

#: Digits of a digest that are shown, and with which it is accepted.
SHOWN = 12


def pins_list(options: argparse.Namespace) -> int:
    """List every definition, with the difference where it is not the accepted one."""
    pins = _pins(options).listing()
    if options.json:
        print(data(pins))
    else:
        for pin in pins:
            _show(_pin_lines(pin))
    return FINE


def pins_accept(options: argparse.Namespace) -> int:
    """Accept what was last seen."""
    pins = _pins(options)
    if not any(pin.server == options.server and options.tool in (None, pin.tool) for pin in pins.listing()):
        tell("nothing of that name was ever seen")
        return COULD_NOT
    with (
        closing(AuditLog(audit_file(options.audit))) as audit,
        pins.together(),
    ):  # unrecorded, nothing is accepted
        accepted = pins.accept(options.server, options.tool, options.digest)
        audit.write(
            {
                "time": stamp()(steady_clock()()),
                "event": "accepted",
                "server": options.server,
                "tool": options.tool or "*",
                "definitions": len(accepted),
                "by": person(options),
            }
        )
    for tool, digest in accepted:
        print(plain(f"{digest[:SHOWN]}  {tool or '(instructions)'}"))
    print(f"{len(accepted)} accepted")
    if options.digest and not accepted:
        tell("the definition that was last seen is another one; see `pins list`")
        return COULD_NOT
    return FINE


def approvals_list(options: argparse.Namespace) -> int:
    """List the calls that wait."""
    desk = _desk(options)
    questions = desk.listing() if options.all else desk.waiting()
    if options.json:
        print(data(questions))
    else:
        for question in questions:
            _show(_question_lines(question))
    return FINE


def approve(options: argparse.Namespace) -> int:
    """Let a call through."""
    return _answer(options, "approved")


def deny(options: argparse.Namespace) -> int:
    """Refuse a call."""
    return _answer(options, "denied")


def _answer(options: argparse.Namespace, state: Literal["approved", "denied"]) -> int:
    desk = _desk(options)
    if not desk.answer(options.id, state, person(options)):
        tell("no such call waits; it may have been answered or have expired")
        return COULD_NOT
    print(plain(f"{options.id} {state}"))
    return FINE


def _pins(options: argparse.Namespace) -> Pins:
    return Pins(existing_state(state_file(options.state)))


def _desk(options: argparse.Namespace) -> Desk:
    return Desk(state=state_file(options.state), audit=audit_file(getattr(options, "audit", None)))


def _pin_lines(pin: Pin) -> list[str]:
    name = pin.tool or "(instructions)"
    if not pin.drifted:
        return [f"accepted  {pin.server}  {name}"]
    if pin.accepted_definition is None:
        return [f"new       {pin.server}  {name}  {pin.digest[:SHOWN]}", *_pretty(pin.definition)]
    changes = difflib.unified_diff(
        _pretty(pin.accepted_definition), _pretty(pin.definition), "accepted", "now", n=1, lineterm=""
    )
    return [f"changed   {pin.server}  {name}  {pin.digest[:SHOWN]}", *changes]


def _pretty(definition: str) -> list[str]:
    try:
        return json.dumps(json.loads(definition), indent=2, sort_keys=True).splitlines()
    except ValueError:  # it was too long to be kept whole
        return [definition]


def _question_lines(question: Question) -> list[str]:
    expires = datetime.fromtimestamp(question.expires, UTC).strftime("%H:%M:%S UTC")
    by = f" by {question.answered_by}" if question.answered_by else ""
    lines = [
        f"{question.id}  {question.state}{by}  until {expires}  {question.identity}  {question.server}  {question.tool}"
    ]
    lines.append(f"          {question.arguments}")
    return lines + ([f"          why: {straight(question.why)}"] if question.why else [])


def _show(lines: list[str]) -> None:
    for line in lines:
        print(plain(line))
