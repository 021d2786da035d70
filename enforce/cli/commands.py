"""The commands of `tollhouse-proxy` and what stands after each: the tree that `argparse` reads arguments by."""

import argparse
import os
from collections.abc import Callable
from typing import TypeAlias

from enforce.cli import values

PROGRAM = "tollhouse-proxy"

_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # it has no public name


def parser(only: str | None = None) -> argparse.ArgumentParser:
    """The whole command tree, or the one branch that *only* names: building all of it would delay every start."""
    top = argparse.ArgumentParser(
        prog=PROGRAM,
        formatter_class=_Help,
        description="A gate in front of an MCP server: it lets through what a policy allows.",
    )
    top.add_argument("--version", action=_Version, nargs=0, help="print the release")
    commands = top.add_subparsers(required=True, metavar="COMMAND", prog=PROGRAM)
    for name, branch in _BRANCHES.items():
        if only == name or only not in _BRANCHES:
            branch(commands)
    return top


class _Version(argparse.Action):
    """Looks the release up only for who asks, since that takes as long as all else that a start does."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"{PROGRAM} {version('tollhouse')}")
        parser.exit()


class _Help(argparse.HelpFormatter):
    """Help as wide as the terminal, found without `shutil`, which argparse would load at every start."""

    def __init__(self, prog: str) -> None:
        try:
            columns = os.get_terminal_size().columns
        except (OSError, ValueError):
            columns = 80
        super().__init__(prog, width=max(columns, 40) - 2)


def _command(commands: _Commands, name: str, run: str, words: str) -> argparse.ArgumentParser:
    """A command that the function *run* of this package carries out, as `module:function`."""
    command = commands.add_parser(name, help=words, description=words, formatter_class=_Help)
    command.set_defaults(run=f"enforce.cli.{run}")
    return command


def _group(commands: _Commands, name: str, words: str) -> _Commands:
    group = commands.add_parser(name, help=words, description=words, formatter_class=_Help)
    return group.add_subparsers(required=True, metavar="COMMAND", prog=f"{PROGRAM} {name}")


# The gate.


def _stdio(commands: _Commands) -> None:
    words = "Stand between a client on standard input and output and a server: one started with -- COMMAND ..., or one at a URL."
    stdio = _command(commands, "stdio", "relay:stdio", words)
    stdio.add_argument("--upstream", metavar="URL", help="an HTTP server, in place of a command")
    _upstream(stdio)
    stdio.add_argument(
        "--identity", default="local", metavar="NAME", help="on whose account calls are counted and recorded"
    )
    _gate(stdio)


def _http(commands: _Commands) -> None:
    words = "Stand between HTTP clients and an HTTP server, a program started with: -- COMMAND ..., or many of either."
    http = _command(commands, "http", "gateway:http", words)
    http.add_argument(
        "--config", metavar="FILE", help="a gateway's file: many servers, identities and policies"
    )
    http.add_argument("--upstream", metavar="URL", help="the server, such as http://127.0.0.1:9000/mcp")
    http.add_argument(
        "--listen",
        type=values.address,
        default="127.0.0.1:8700",
        metavar="HOST:PORT",
        help="a loopback address; by default 127.0.0.1:8700",
    )
    _upstream(http)
    _gate(http, policy_required=False)


def _upstream(command: argparse.ArgumentParser) -> None:
    how = command.add_mutually_exclusive_group()
    how.add_argument(
        "--headers", metavar="FILE", help="what the HTTP server needs to let us in: lines of Name: value"
    )
    how.add_argument(
        "--oauth", metavar="FILE", help="a JSON file with the access_token for the HTTP server, renewed there"
    )
    command.add_argument(
        "--sse", action="store_true", help="the HTTP server has the two endpoints of revision 2024-11-05"
    )


def _gate(command: argparse.ArgumentParser, *, policy_required: bool = True) -> None:
    command.add_argument(
        "--policy",
        required=policy_required,
        metavar="FILE",
        help="the policy, JSON or YAML; read again when it changes",
    )
    _audit_log(command)
    command.add_argument(
        "--audit-limit",
        type=values.size,
        default=10_000_000_000,
        metavar="SIZE",
        help="such as 500MB: once all files of the audit log are as large everything is denied; by default 10GB, 0 for no bound",
    )
    _state(command)
    command.add_argument(
        "--sync",
        choices=("normal", "full"),
        default="normal",
        help="full: counts and records survive a loss of power",
    )
    command.add_argument(
        "--audit-values",
        choices=("off", "hashed"),
        default="off",
        help="hashed: record a keyed digest of each argument, by which equal values are seen to be equal",
    )
    command.add_argument(
        "--dry-run", action="store_true", help="let everything through and record what would have been denied"
    )
    command.add_argument(
        "--timeout",
        type=values.seconds,
        default=3600.0,
        metavar="SECONDS",
        help="after which a call without an answer is answered with an error; by default an hour",
    )
    command.add_argument(
        "--webhook", metavar="URL", help="tell this address of each call that waits for a person"
    )
    command.add_argument(
        "--ask-client", action="store_true", help="ask the person at the client too, where it shows questions"
    )


# Looking at policies.


def _check(commands: _Commands) -> None:
    check = _command(commands, "check", "check:check", "Read a policy and name every mistake with its line.")
    _policy(check)


def _explain(commands: _Commands) -> None:
    words = "Show step by step what a policy does with one call. Exit code 1: the call is not let through."
    explain = _command(commands, "explain", "rules:explain", words)
    _policy(explain)
    explain.add_argument("--tool", required=True, metavar="NAME", help="the tool that is called")
    explain.add_argument("--args", default="{}", metavar="JSON", help="the call's arguments, a JSON object")
    explain.add_argument("--identity", default="local", metavar="NAME", help="who calls")
    _json(explain, "the steps")


def _replay(commands: _Commands) -> None:
    words = "Judge the calls of an audit log, or of a recorded session, by another policy; list what changes."
    replay = _command(commands, "replay", "rules:replay", words)
    _policy(replay)
    replay.add_argument(
        "audit", metavar="AUDIT", help="the audit log, or a recorded session: one message a line"
    )
    _json(replay, "the changes")


def _policy(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", help="the policy")


# Looking at what the gate keeps, and answering it.


def _audit(commands: _Commands) -> None:
    group = _group(commands, "audit", "Look at the audit log, or see whether it is whole.")
    words = "Find any edit, gap, insertion, reordering, fork or missing end."
    verify = _log_command(group, "verify", words)
    verify.add_argument(
        "--head", metavar="FILE", help="what `audit head` printed earlier: then a cut-off end is seen"
    )
    _key(verify)
    _json(verify, "the report")
    tail = _log_command(group, "tail", "Print the latest records, one a line.")
    tail.add_argument("-n", type=int, default=20, metavar="N", help="how many")
    _json(tail, "whole records")
    words = "Print all decisions in the format of another system, one a line."
    export = _log_command(group, "export", words)
    export.add_argument(
        "--format",
        choices=("ocsf",),
        default="ocsf",
        help="ocsf: class API Activity of the Open Cybersecurity Schema Framework",
    )
    head = _log_command(group, "head", "Print the signed end of the log, to be kept elsewhere.")
    _key(head)


def _log_command(group: _Commands, name: str, words: str) -> argparse.ArgumentParser:
    command = _command(group, name, f"trail:{name}", words)
    command.add_argument(
        "file", nargs="?", metavar="FILE", help="the audit log; by default in your state folder"
    )
    return command


def _key(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--key", metavar="FILE", help="the key that signs heads; by default in your state folder"
    )


def _counters(commands: _Commands) -> None:
    group = _group(commands, "counters", "Look at what is counted, or start counting anew.")
    listing = _command(group, "list", "counts:show", "List every counter with what is taken of its window.")
    _state(listing)
    _json(listing, "the counters")
    reset = _command(group, "reset", "counts:reset", "Empty one counter, or all.")
    which = reset.add_mutually_exclusive_group(required=True)
    which.add_argument("key", nargs="?", metavar="KEY", help="as `counters list` prints it")
    which.add_argument("--all", action="store_true", help="every counter")
    _who(reset)
    _state(reset)


def _pins(commands: _Commands) -> None:
    words = "Look at tool definitions that changed since they were accepted, or accept them."
    group = _group(commands, "pins", words)
    listing = _command(group, "list", "people:pins_list", "List servers' tools, and show what changed.")
    _json(listing, "the definitions")
    _state_file(listing)
    words = "Accept the definitions of a server as last seen."
    accept = _command(group, "accept", "people:pins_accept", words)
    accept.add_argument("server", metavar="SERVER", help="as `pins list` prints it")
    accept.add_argument("tool", nargs="?", metavar="TOOL", help="this one only")
    accept.add_argument(
        "--digest",
        default="",
        metavar="HEX",
        help="only the definition that `pins list` showed with these digits, and none that came after it",
    )
    _who(accept)
    _state_file(accept)


def _approvals(commands: _Commands) -> None:
    group = _group(commands, "approvals", "Answer the calls that wait for a person.")
    listing = _command(group, "list", "people:approvals_list", "List the calls that wait.")
    listing.add_argument("--all", action="store_true", help="also those that were answered or have expired")
    _json(listing, "the questions")
    _state_file(listing)
    words = "Show the calls that wait on a page of this machine, to be answered there."
    page = _command(group, "serve", "page:serve", words)
    page.add_argument(
        "--port", type=values.port, default=0, metavar="N", help="its port; by default any that is free"
    )
    _who(page)
    _state_file(page)
    for name, run, words in (
        ("approve", "people:approve", "Let one waiting call through, once."),
        ("deny", "people:deny", "Refuse one waiting call."),
    ):
        answer = _command(group, name, run, words)
        answer.add_argument("id", metavar="ID", help="as `approvals list` prints it")
        _who(answer)
        _state_file(answer)


def _grants(commands: _Commands) -> None:
    group = _group(commands, "grants", "Make tokens for identities of a gateway, or look at them.")
    new = _command(group, "new", "tokens:new", "Make a token, and print what to put into the gateway's file.")
    _identity(new)
    words = "Make another token for an identity, and write its digest into the file."
    rotate = _command(group, "rotate", "tokens:rotate", words)
    _identity(rotate)
    _gateway_file(rotate)
    rotate.add_argument(
        "--keep",
        type=values.hours,
        default=0.0,
        metavar="HOURS",
        help="for how long the old token lives on",
    )
    revoke = _command(group, "revoke", "tokens:revoke", "Take the token of an identity back.")
    _identity(revoke)
    _gateway_file(revoke)
    listing = _command(group, "list", "tokens:show", "List the identities of a gateway's file.")
    _gateway_file(listing)
    _json(listing, "the identities")


def _identity(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", metavar="NAME", help="the identity")


def _gateway_file(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", help="the gateway's file")


# What several of them take.


def _who(command: argparse.ArgumentParser) -> None:
    command.add_argument("--by", metavar="NAME", help="whose word it is; by default your login name")
    _audit_log(command)


def _audit_log(command: argparse.ArgumentParser) -> None:
    command.add_argument("--audit", metavar="FILE", help="the audit log; by default in your state folder")


def _state(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--state",
        metavar="FILE|redis://...",
        help="where limits are counted; by default in your state folder",
    )


def _state_file(command: argparse.ArgumentParser) -> None:
    command.add_argument("--state", metavar="FILE", help="the state file; by default in your state folder")


def _json(command: argparse.ArgumentParser, what: str) -> None:
    command.add_argument("--json", action="store_true", help=f"print {what} as JSON")


_BRANCHES: dict[str, Callable[[_Commands], None]] = {
    "stdio": _stdio,
    "http": _http,
    "check": _check,
    "explain": _explain,
    "replay": _replay,
    "audit": _audit,
    "counters": _counters,
    "pins": _pins,
    "approvals": _approvals,
    "grants": _grants,
}
