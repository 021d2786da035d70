"""The command that tells what to do about a server before it is added, and the hook that asks it."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from catalogue.cli.opening import record, settings
from catalogue.cli.telling import tell
from catalogue.cli.writing import Yes, carry_out
from catalogue.settings import home_folder
from crawler.servers import BadServerName, ServerName

_FOUND = 1

Json = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]
Introspect = Annotated[
    bool,
    typer.Option(
        "--introspect",
        help="Fetch servers that the catalogue does not know, and list their tools in the sandbox.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add this family of commands to *app*."""
    app.command()(precheck)


def precheck(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME", help="Servers; or install-hook, remove-hook for Claude Code."),
    ] = None,
    hook: Annotated[bool, typer.Option("--hook", help="Answer a hook's event on stdin.")] = False,
    project: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Put the hook into this project, not into your own settings."),
    ] = None,
    introspect: Introspect = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Tell whether to add a server: proceed, connect with rules, or ask first; exits with 1 unless all may proceed."""
    from catalogue.machine.lookup import check
    from catalogue.machine.precheck import Advice
    from catalogue.machine.words import precheck_text
    from catalogue.plain import plain

    if hook:
        print(_hooked(sys.stdin.buffer.read()), end="")
        return
    if names in (["install-hook"], ["remove-hook"]):
        _change_hook(project, install=names == ["install-hook"], yes=yes)
        return
    if not names:
        raise typer.BadParameter("name at least one server")
    if introspect:
        look_at(map(_full_name, names))
    with record() as store:
        checks = [check(store, name) for name in names]
    if as_json:
        print(json.dumps(plain(checks), indent=2, ensure_ascii=False))
    else:
        print("\n\n".join(map(precheck_text, checks)))
    if any(one.advice is not Advice.PROCEED for one in checks):
        raise typer.Exit(_FOUND)


def look_at(servers: Iterable[ServerName]) -> None:
    """Crawl those servers that the record does not know, and judge their tools."""
    from catalogue.cli.crawl import run_crawl
    from classifier.verdicts import VERSION, classify_all
    from crawler.sources.leads import Lead

    with record() as store:
        unknown = [name for name in dict.fromkeys(servers) if store.entry(name) is None]
        if unknown:
            run_crawl(settings(), store, named=[Lead(name=name, asked=True) for name in unknown])
            store.judge(classify_all, VERSION)


def _full_name(name: str) -> ServerName:
    """A bare name is a package of PyPI, as for `crawl --package`."""
    try:
        return ServerName.parse(name if ":" in name else f"pypi:{name}")
    except BadServerName as error:
        raise typer.BadParameter(str(error), param_hint="NAME") from error


def _hooked(text: bytes) -> str:
    from catalogue.errors import CatalogueError
    from catalogue.machine.hook import answer, wanted
    from catalogue.machine.lookup import check

    try:
        servers = wanted(json.loads(text))
    except ValueError:
        return ""
    if not servers:
        return ""
    try:
        with record() as store:
            return answer([check(store, server) for server in servers])
    except CatalogueError as error:
        return json.dumps({"systemMessage": f"Tollhouse: precheck skipped: {error}"})


def _change_hook(project: Path | None, *, install: bool, yes: bool) -> None:
    from catalogue.machine import hook
    from catalogue.machine.clients.wrap import Edit, LeftAlone, source
    from catalogue.machine.fix import Plan

    file = (project or home_folder()) / ".claude" / "settings.json"
    before = source(file) if file.exists() or file.is_symlink() else None
    try:
        current: Any = json.loads(before or "{}")
    except ValueError as error:
        raise LeftAlone(file, str(error)) from error
    if not isinstance(current, dict):
        raise LeftAlone(file, "it does not hold an object")
    changed = hook.install(current) if install else hook.remove(current)
    if changed == current:
        tell("There is nothing to change.")
        return
    edit = Edit(file=file, before=before, after=json.dumps(changed, indent=2, ensure_ascii=False) + "\n")
    carry_out(Plan(edits=(edit,)), yes=yes)
