"""The command that looks at what is configured on this machine."""

import json
import sys
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import structs

from catalogue.cli.opening import faults_told, record, settings
from catalogue.cli.precheck import Introspect, look_at
from catalogue.cli.telling import tell
from catalogue.cli.writing import Yes, carry_out
from catalogue.settings import home_folder

if TYPE_CHECKING:
    from catalogue.entries import Entry
    from catalogue.machine.clients.configured import Configured, Unreadable
    from catalogue.machine.clients.places import Place
    from catalogue.machine.fix import Plan
    from catalogue.machine.known import Answers
    from catalogue.machine.stack import Stack
    from catalogue.settings import Settings
    from catalogue.store import Store


class Form(StrEnum):
    """How a stack is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    SARIF = "sarif"


class FailOn(StrEnum):
    """From which level on findings make the command fail."""

    NEVER = "never"
    WARNING = "warning"
    ERROR = "error"


_FOUND = 1

Json = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]
Project = Annotated[Path, typer.Option(metavar="DIR", help="The project whose configurations count.")]


def register(app: typer.Typer) -> None:
    """Add this family of commands to *app*."""
    app.command()(stack)


def stack(
    fix: Annotated[bool, typer.Option("--fix", help="Put the proxy before every known server.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the proxy away again.")] = False,
    preset: Annotated[
        str, typer.Option(metavar="PRESET", help="Preset of the policies that --fix writes.")
    ] = "recommended",
    project: Project = Path(),
    only_project: Annotated[
        bool, typer.Option("--only-project", help="Leave your own configurations out.")
    ] = False,
    introspect: Introspect = False,
    form: Annotated[
        Form, typer.Option("--format", help="How to print it; markdown and sarif are for pull requests.")
    ] = Form.TEXT,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="Exit with 1 on findings of this level, or of a graver one.")
    ] = FailOn.NEVER,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Show what the agents on this machine can reach; shows no secret, and starts nothing unless told to introspect."""
    from catalogue.machine.clients.configured import read_place
    from catalogue.machine.clients.launchers import resolve
    from catalogue.machine.known import Recorded
    from catalogue.machine.stack import survey
    from catalogue.machine.stack_memory import read_memory, write_memory

    if fix and undo:
        raise typer.BadParameter("--fix and --undo exclude each other")
    if not project.is_dir():
        raise typer.BadParameter(f"there is no folder {project}")
    here = settings()
    looked = _places(project, only_project=only_project)
    found = [item for place in looked for item in read_place(place)]
    if introspect:
        look_at(launch.server for item in found if (launch := resolve(getattr(item, "command", ()))).server)
    if fix or undo:
        carry_out(_plan(found, here, preset, undo=undo), yes=yes)
        return
    seen = here.state_folder / "stack-seen.json"
    memory, files = read_memory(seen), {str(place.path) for place in looked}
    knowledge = Recorded(_open, _still_good(memory.answers, here))
    try:
        with faults_told():
            report = survey(found, knowledge, memory, files)
    finally:
        knowledge.close()
    print(_printed(report, Form.JSON if as_json else form, project.absolute()))
    answers = structs.replace(knowledge.answers, mark=_mark(here) or "")
    try:
        write_memory(seen, structs.replace(memory.after(found, files, _now()), answers=answers))
    except OSError as error:
        # What was asked for has been told; only the next look will not know of this one.
        tell(f"{seen} was not written, so the next look cannot tell what is new: {error.strerror}")
    if _fails(report, fail_on):
        raise typer.Exit(_FOUND)


def _fails(report: "Stack", fail_on: FailOn) -> bool:
    if fail_on is FailOn.NEVER:
        return False
    from catalogue.machine.stack_findings import findings

    levels = ("error", "warning") if fail_on is FailOn.WARNING else ("error",)
    return any(finding.level in levels for finding in findings(report))


def _open() -> "Store":
    from catalogue.store import Store

    return Store.open(settings().database_url)


def _still_good(answers: "Answers", here: "Settings") -> "Answers":
    """The answers of the last look, unless the record has changed since; reading it again takes most of the time."""
    from catalogue.machine.known import Answers

    return answers if answers.mark and answers.mark == _mark(here) else Answers()


def _mark(here: "Settings") -> str | None:
    """The state of an embedded record; `None` for one on a server, which is asked every time."""
    path = here.database_url.removeprefix("sqlite:///")
    if path == here.database_url:
        return None
    found = [file.stat() for file in (Path(path), Path(f"{path}-wal")) if file.exists()]
    parts = [version("tollhouse"), path, *(f"{status.st_mtime_ns} {status.st_size}" for status in found)]
    return "\n".join(parts) if found else None


def _printed(report: "Stack", form: Form, root: Path) -> str:
    from catalogue.machine.stack_findings import as_markdown, as_sarif, findings
    from catalogue.machine.words import stack_text
    from catalogue.plain import plain

    match form:
        case Form.JSON:
            return json.dumps(plain(report), indent=2, ensure_ascii=False)
        case Form.MARKDOWN:
            return as_markdown(report, findings(report), root)
        case Form.SARIF:
            return as_sarif(findings(report), root, version("tollhouse"))
        case Form.TEXT:
            return stack_text(report)


def _places(project: Path, *, only_project: bool) -> "list[Place]":
    from catalogue.machine.clients.places import System, places, windows_homes, windows_places

    systems: dict[str, System] = {"darwin": "macos", "win32": "windows"}
    system = systems.get(sys.platform, "linux")
    found = list(
        places(
            system=system,
            home=home_folder(),
            project=project.absolute(),
            appdata=_appdata() if system == "windows" else None,
        )
    )
    if system == "linux":
        found += [place for home in windows_homes() for place in windows_places(home)]
    wanted = [place for place in found if place.scope == "project" or not only_project]
    # In the home folder a client's own file is the project's as well; it counts once, as the person's.
    return list({place.path: place for place in reversed(wanted)}.values())[::-1]


def _appdata() -> Path:
    import platformdirs

    return platformdirs.user_data_path(roaming=True)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _plan(found: "list[Configured | Unreadable]", here: "Settings", preset: str, *, undo: bool) -> "Plan":
    from catalogue.machine.fix import plan_fix, plan_undo
    from catalogue.policies.suggest import PRESETS, suggest
    from enforce.policywrite import write_policy

    if undo:
        return plan_undo(found)
    if preset not in PRESETS:
        raise typer.BadParameter(f"there is no preset {preset!r}; there are {', '.join(PRESETS)}")

    def write(entry: "Entry") -> str:
        return write_policy(suggest(entry, preset))

    with record() as store:
        return plan_fix(found, store, proxy=_proxy(), folder=here.data_folder / "policies", write=write)


def _proxy() -> str:
    """Our proxy by its full path: a client started from a desktop knows another PATH than this terminal."""
    beside = Path(sys.executable).with_name(
        "tollhouse-proxy.exe" if sys.platform == "win32" else "tollhouse-proxy"
    )
    return str(beside) if beside.exists() else "tollhouse-proxy"
