"""The command `tollhouse-proxy`: the parser of its arguments; what a command needs is imported when it runs."""

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import TypeAlias

from crawler.errors import CrawlerError
from enforce.cli import quick as quick  # before anything that imports msgspec
from enforce.errors import EnforceError

#: Exit codes, the same for every command.
FINE, FOUND, USAGE, COULD_NOT = 0, 1, 2, 3

PROGRAM = "tollhouse-proxy"


_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; errors that we raise on purpose become one sentence and exit code 3."""
    own, command = _split(sys.argv[1:] if arguments is None else arguments)
    options = parser(own[0] if own else None).parse_args(own)
    options.command = command
    module, _, name = options.run.partition(":")
    try:
        sys.exit(getattr(importlib.import_module(module), name)(options))
    except (EnforceError, CrawlerError) as error:
        _say(str(error))
        sys.exit(COULD_NOT)
    except BrokenPipeError:
        sys.exit(FINE)
    except OSError as error:
        # A full disk, a folder that may not be written: nothing is wrong with us or with the arguments.
        where = "" if error.filename is None else f": {error.filename}"
        _say(f"{error.strerror or error}{where}")
        sys.exit(COULD_NOT)


def _say(words: str) -> None:
    """A sentence about what went wrong, of which a server or a file may have chosen a part."""
    from enforce.cli.words import plain

    print(f"{PROGRAM}: {plain(words)}", file=sys.stderr)


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Our own arguments, and after `--` the server's command."""
    own = list(arguments)
    if "--" not in own:
        return own, []
    at = own.index("--")
    return own[:at], own[at + 1 :]


def parser(only: str | None = None) -> argparse.ArgumentParser:
    """The whole command tree, or the one branch that *only* names: building all of it would delay every start."""
    top = argparse.ArgumentParser(
        prog=PROGRAM,
        formatter_class=_Help,
        description="A gate in front of an MCP server: it lets through what a policy allows.",
    )
    top.add_argument("--version", action=_Version, nargs=0, help="print the release")
    commands = top.add_subparsers(required=True, metavar="COMMAND", prog=PROGRAM)
    for name, branch in _branches().items():
        if only == name or only not in _branches():
            branch(commands)
    return top


def _branches() -> dict[str, Callable[["_Commands"], None]]:
    return {
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


class _Version(argparse.Action):
    """Looks the release up only for who asks, since that takes as long as all else that a start does."""

    def __call__(self, *_: object) -> None:
        from importlib.metadata import version

        print(f"{PROGRAM} {version('tollhouse')}")
        sys.exit(FINE)


class _Help(argparse.HelpFormatter):
    """Help as wide as the terminal, found without `shutil`, which argparse would load at every start."""

    def __init__(self, prog: str) -> None:
        try:
            columns = os.get_terminal_size().columns
        except (OSError, ValueError):
            columns = 80
        super().__init__(prog, width=max(columns, 40) - 2)


_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # it has no public name


def _command(commands: _Commands, name: str, run: str, words: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=words, description=words, formatter_class=_Help)
    command.set_defaults(run=f"enforce.cli.{run}")
    return command


def _group(commands: _Commands, name: str, words: str) -> _Commands:
    group = commands.add_parser(name, help=words, description=words, formatter_class=_Help)
    return group.add_subparsers(required=True, metavar="COMMAND", prog=f"{PROGRAM} {name}")


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
        type=_address,
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


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port")
    return int(text)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no address such as 127.0.0.1:8700")
    return host.strip("[]"), int(port)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return seconds


def _hours(text: str) -> float:
    hours = _seconds(text) if text != "0" else 0.0
    if hours > 24 * 366:
        raise argparse.ArgumentTypeError(f"{text!r} is more than a year")
    return hours


def _size(text: str) -> int:
    number, unit = text.rstrip("KMGTB"), text.lstrip("0123456789")
    if not number.isdecimal() or unit not in _UNITS or number + unit != text:
        raise argparse.ArgumentTypeError(f"{text!r} is no size such as 500MB")
    return int(number) * _UNITS[unit]


def _grants(commands: _Commands) -> None:
    group = _group(commands, "grants", "Make tokens for identities of a gateway, or look at them.")
    new = _command(group, "new", "tokens:new", "Make a token, and print what to put into the gateway's file.")
    new.add_argument("name", metavar="NAME", help="the identity")
    for name, run, help in (
        (
            "rotate",
            "tokens:rotate",
            "Make another token for an identity, and write its digest into the file.",
        ),
        ("revoke", "tokens:revoke", "Take the token of an identity back."),
    ):
        change = _command(group, name, run, help)
        change.add_argument("name", metavar="NAME", help="the identity")
        change.add_argument("file", metavar="FILE", help="the gateway's file")
        if name == "rotate":
            change.add_argument(
                "--keep",
                type=_hours,
                default=0.0,
                metavar="HOURS",
                help="for how long the old token lives on",
            )
    listing = _command(group, "list", "tokens:show", "List the identities of a gateway's file.")
    listing.add_argument("file", metavar="FILE", help="the gateway's file")
    listing.add_argument("--json", action="store_true", help="print the identities as JSON")


def _gate(command: argparse.ArgumentParser, *, policy_required: bool = True) -> None:
    command.add_argument(
        "--policy",
        required=policy_required,
        metavar="FILE",
        help="the policy, JSON or YAML; read again when it changes",
    )
    command.add_argument("--audit", metavar="FILE", help="the audit log; by default in your state folder")
    command.add_argument(
        "--audit-limit",
        type=_size,
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
        type=_seconds,
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


def _state(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--state",
        metavar="FILE|redis://...",
        help="where limits are counted; by default in your state folder",
    )


def _check(commands: _Commands) -> None:
    check = _command(commands, "check", "check:check", "Read a policy and name every mistake with its line.")
    check.add_argument("file", metavar="FILE", help="the policy")


def _explain(commands: _Commands) -> None:
    words = "Show step by step what a policy does with one call. Exit code 1: the call is not let through."
    explain = _command(commands, "explain", "rules:explain", words)
    explain.add_argument("file", metavar="FILE", help="the policy")
    explain.add_argument("--tool", required=True, metavar="NAME", help="the tool that is called")
    explain.add_argument("--args", default="{}", metavar="JSON", help="the call's arguments, a JSON object")
    explain.add_argument("--identity", default="local", metavar="NAME", help="who calls")
    explain.add_argument("--json", action="store_true", help="print the steps as JSON")


def _replay(commands: _Commands) -> None:
    words = "Judge the calls of an audit log, or of a recorded session, by another policy; list what changes."
    replay = _command(commands, "replay", "rules:replay", words)
    replay.add_argument("file", metavar="FILE", help="the policy")
    replay.add_argument(
        "audit", metavar="AUDIT", help="the audit log, or a recorded session: one message a line"
    )
    replay.add_argument("--json", action="store_true", help="print the changes as JSON")


def _audit(commands: _Commands) -> None:
    words = "Look at the audit log, or see whether it is whole."
    group = _group(commands, "audit", words)
    verify = _command(
        group, "verify", "trail:verify", "Find any edit, gap, insertion, reordering, fork or missing end."
    )
    verify.add_argument(
        "file", nargs="?", metavar="FILE", help="the audit log; by default in your state folder"
    )
    verify.add_argument(
        "--head", metavar="FILE", help="what `audit head` printed earlier: then a cut-off end is seen"
    )
    verify.add_argument(
        "--key", metavar="FILE", help="the key that signs heads; by default in your state folder"
    )
    verify.add_argument("--json", action="store_true", help="print the report as JSON")
    tail = _command(group, "tail", "trail:tail", "Print the latest records, one a line.")
    tail.add_argument(
        "file", nargs="?", metavar="FILE", help="the audit log; by default in your state folder"
    )
    tail.add_argument("-n", type=int, default=20, metavar="N", help="how many")
    tail.add_argument("--json", action="store_true", help="print whole records as JSON")
    export = _command(
        group, "export", "trail:export", "Print all decisions in the format of another system, one a line."
    )
    export.add_argument(
        "file", nargs="?", metavar="FILE", help="the audit log; by default in your state folder"
    )
    export.add_argument(
        "--format",
        choices=("ocsf",),
        default="ocsf",
        help="ocsf: class API Activity of the Open Cybersecurity Schema Framework",
    )
    head = _command(group, "head", "trail:head", "Print the signed end of the log, to be kept elsewhere.")
    head.add_argument(
        "file", nargs="?", metavar="FILE", help="the audit log; by default in your state folder"
    )
    head.add_argument(
        "--key", metavar="FILE", help="the key that signs heads; by default in your state folder"
    )


def _counters(commands: _Commands) -> None:
    words = "Look at what is counted, or start counting anew."
    group = _group(commands, "counters", words)
    listing = _command(group, "list", "counts:show", "List every counter with what is taken of its window.")
    _state(listing)
    listing.add_argument("--json", action="store_true", help="print the counters as JSON")
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
    listing.add_argument("--json", action="store_true", help="print the definitions as JSON")
    _state_file(listing)
    accept = _command(
        group, "accept", "people:pins_accept", "Accept the definitions of a server as last seen."
    )
    accept.add_argument("server", metavar="SERVER", help="as `pins list` prints it")
    accept.add_argument("tool", nargs="?", metavar="TOOL", help="this one only")
    accept.add_argument(
        "--digest",
        default="",
        metavar="HEX",
        help="only the definition that `pins list` showed with these digits, and none that came after it",
    )
    _answering(accept)


def _approvals(commands: _Commands) -> None:
    words = "Answer the calls that wait for a person."
    group = _group(commands, "approvals", words)
    listing = _command(group, "list", "people:approvals_list", "List the calls that wait.")
    listing.add_argument("--all", action="store_true", help="also those that were answered or have expired")
    listing.add_argument("--json", action="store_true", help="print the questions as JSON")
    _state_file(listing)
    page = _command(
        group,
        "serve",
        "page:serve",
        "Show the calls that wait on a page of this machine, to be answered there.",
    )
    page.add_argument(
        "--port", type=_port, default=0, metavar="N", help="its port; by default any that is free"
    )
    _answering(page)
    for name, run, help in (
        ("approve", "people:approve", "Let one waiting call through, once."),
        ("deny", "people:deny", "Refuse one waiting call."),
    ):
        answer = _command(group, name, run, help)
        answer.add_argument("id", metavar="ID", help="as `approvals list` prints it")
        _answering(answer)


def _answering(command: argparse.ArgumentParser) -> None:
    _who(command)
    _state_file(command)


def _who(command: argparse.ArgumentParser) -> None:
    command.add_argument("--by", metavar="NAME", help="whose word it is; by default your login name")
    command.add_argument("--audit", metavar="FILE", help="the audit log; by default in your state folder")


def _state_file(command: argparse.ArgumentParser) -> None:
    command.add_argument("--state", metavar="FILE", help="the state file; by default in your state folder")
