"""The command that asks one server for its tools."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from catalogue.cli.opening import settings
from catalogue.plural import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.snapshots import Outcome, Skipped, Snapshot

_USAGE, _COULD_NOT = 2, 3


#: Steps in which nothing of a server runs here.
_WITHOUT_SANDBOX = {"manifest", "static", "readme", "streamable-http", "sse"}


class ProfileName(StrEnum):
    """How wide the server's doors are opened."""

    DEFAULT = "default"
    WIDEST = "widest"


class MethodName(StrEnum):
    """How tools are found."""

    AUTO = "auto"
    LIVE = "live"
    STATIC = "static"


def register(app: typer.Typer) -> None:
    """Add this family of commands to *app*."""
    app.command()(introspect)


def introspect(
    target: Annotated[
        list[str],
        typer.Argument(
            metavar="TARGET",
            help=r"pypi:NAME, npm:NAME, github:OWNER/NAME\[@REF]\[#FOLDER], a folder, a wheel or tarball, "
            "a bundle, a URL, or -- COMMAND.",
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    profile: Annotated[
        ProfileName, typer.Option(help="The tools that a plain start lists, or those of the widest settings.")
    ] = ProfileName.DEFAULT,
    method: Annotated[MethodName, typer.Option(help="How to find tools.")] = MethodName.AUTO,
    unconfined: Annotated[
        bool,
        typer.Option(
            "--unconfined", help="Run it without a sandbox where there is none. Only for code that you trust."
        ),
    ] = False,
) -> None:
    """Ask one server for its tools, in a sandbox without a network, and keep nothing."""
    from crawler.introspect.targets import BadTarget, Wish, introspect
    from crawler.introspect.workshop import Workshop
    from crawler.servers import BadServerName

    if not target[0].strip():
        raise typer.BadParameter("name a server, a file, a folder, an address or a program")
    widest = profile is ProfileName.WIDEST
    workshop = Workshop.open(settings().cache_folder / "introspect", unconfined=unconfined)
    wish = Wish(workshop=workshop, method=method.value, widest=widest, folder=Path.cwd())
    try:
        outcome = chosen(introspect(target, wish), widest=widest)
    except (BadTarget, BadServerName) as error:
        typer.echo(f"tollhouse: {error}", err=True)
        raise typer.Exit(_USAGE) from error
    sandbox = workshop.sandbox
    if sandbox and sandbox.lacks and not {rung.step for rung in outcome.rungs} <= _WITHOUT_SANDBOX:
        typer.echo(f"tollhouse: sandbox {sandbox.name}: {sandbox.lacks}", err=True)
    typer.echo(json.dumps(as_data(outcome), indent=2) if as_json else as_text(outcome))
    if not hasattr(outcome, "tools"):
        raise typer.Exit(_COULD_NOT)


def chosen(outcomes: "Sequence[Outcome]", *, widest: bool) -> "Outcome":
    """The outcome of the wanted profile; without one of its own, the widest is the default."""
    return outcomes[-1] if widest else outcomes[0]


def as_data(outcome: "Outcome") -> dict[str, Any]:
    """What `--json` prints: {server, method, profile, tools, ...} or {server, skipped, ...}."""
    import msgspec

    from crawler.snapshots import Snapshot

    data: dict[str, Any] = {
        "server": str(outcome.server),
        "release": outcome.release,
        "taken_at": outcome.taken_at,
    }
    if isinstance(outcome, Snapshot):
        data |= {
            "method": outcome.method.value,
            "profile": msgspec.to_builtins(outcome.profile),
            "protocol_version": outcome.protocol_version,
            "server_info": outcome.server_info,
            "instructions": outcome.instructions,
            "unstable": list(outcome.unstable),
            "observations": msgspec.to_builtins(outcome.observations),
            "resolved": outcome.resolved,
            "tools": [_tool(tool) for tool in outcome.tools],
        }
    else:
        data["skipped"] = {"reason": outcome.reason.value, "detail": outcome.detail}
    return data | {"rungs": msgspec.to_builtins(outcome.rungs)}


def _tool(tool: Any) -> dict[str, Any]:
    import msgspec

    origin = {} if tool.origin is None else {"origin": msgspec.to_builtins(tool.origin)}
    return {**tool.definition, **origin}


def as_text(outcome: "Outcome") -> str:
    """The same for a person, a tool a line."""
    from crawler.snapshots import Snapshot

    return _listed(outcome) if isinstance(outcome, Snapshot) else _not_listed(outcome)


def _listed(snapshot: "Snapshot") -> str:
    from crawler.snapshots import Method

    profile = snapshot.profile
    lines = [f"{_named(snapshot)}: {plural(len(snapshot.tools), 'tool')}, {snapshot.method} ({profile.step})"]
    if snapshot.method is Method.README:
        lines.append("  from its README alone, which may be wrong: its source shows no tools")
    if profile.command:
        lines.append(f"  started as: {_plain(' '.join(profile.command))}")
    lines += [f"  with {_plain(name)}={_plain(value)}" for name, value in profile.environment.items()]
    lines += [f"  with {repair}" for repair in profile.repairs]
    if profile.runtime:
        lines.append(f"  on {_plain(profile.runtime)}")
    lines += [f"  at start-up: {seen.kind} {_plain(seen.what)}" for seen in snapshot.observations]
    for tool in snapshot.tools:
        lines.append(f"- {_plain(tool.name)}: {_plain(first_line(tool.description or ''))}")
    return "\n".join(lines)


def _not_listed(skipped: "Skipped") -> str:
    lines = [f"{_named(skipped)}: no tools, because {skipped.reason}: {_plain(skipped.detail)}"]
    lines += [f"- {rung.step}: {rung.outcome}: {_plain(rung.detail)}" for rung in skipped.rungs]
    return "\n".join(lines)


def _named(outcome: "Outcome") -> str:
    return f"{outcome.server} {outcome.release}" if outcome.release else str(outcome.server)


def first_line(text: str) -> str:
    """The first line, cut where it is long."""
    line = text.strip().partition("\n")[0]
    return line if len(line) <= 100 else line[:99] + "…"


def _plain(text: str) -> str:
    """Text of strangers without control characters, which could steer the terminal."""
    return "".join(character if character.isprintable() else "�" for character in text)
