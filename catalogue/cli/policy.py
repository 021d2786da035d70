"""Commands that suggest, check, compare and export policies."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from catalogue.cli.files import STDOUT, CannotWrite, opened, output
from catalogue.cli.opening import ServerArgument, entry_named, record
from catalogue.cli.telling import tell
from catalogue.plural import plural

if TYPE_CHECKING:
    from catalogue.entries import Entry
    from catalogue.policies.lint_findings import Checked
    from enforce.compare import Difference
    from enforce.export import Exported
    from enforce.policy import Policy
    from enforce.policyfile import Reading

_FOUND = 1

FileArgument = Annotated[
    str, typer.Argument(metavar="FILE", help="A policy in JSON or YAML; - reads standard input.")
]
Format = Annotated[
    str, typer.Option("--format", metavar="FORMAT", help="json, yaml, or one of the export formats.")
]
OutOption = Annotated[
    Path | None,
    typer.Option("-o", "--out", metavar="FILE", help="Write to this file instead of standard output."),
]
ReplaceOption = Annotated[bool, typer.Option("--yes", help="Replace a file that holds something else.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]
KeyOption = Annotated[
    str | None, typer.Option("--as", metavar="NAME", help="The server's name in the target's configuration.")
]


def register(app: typer.Typer) -> None:
    """Add this family of commands to *app*."""
    policies = typer.Typer(no_args_is_help=True, help="Suggest, check, compare, import and export policies.")
    policies.command()(suggest)
    policies.command()(check)
    policies.command()(export)
    policies.command("import")(import_)
    policies.command()(diff)
    app.add_typer(policies, name="policy")


def suggest(
    server: ServerArgument,
    preset: Annotated[
        str, typer.Option(metavar="PRESET", help="recommended, strict or permissive.")
    ] = "recommended",
    form: Format = "json",
    out: OutOption = None,
    yes: ReplaceOption = False,
    key: KeyOption = None,
) -> None:
    """Suggest a policy for a server, each rule with the words of the tools that call for it."""
    from catalogue.policies.suggest import PRESETS
    from catalogue.policies.suggest import suggest as suggested

    if preset not in PRESETS:
        raise typer.BadParameter(f"there is no preset {preset!r}; there are {', '.join(PRESETS)}")
    _known_format(form)
    with record() as store:
        entry = entry_named(store, server)
    policy = suggested(entry, preset)
    if policy.description:
        tell(policy.description)
    _deliver(_written(policy, form, key), out, yes=yes)


def check(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE", help="Policies in JSON or YAML; - reads standard input.")
    ],
    against: Annotated[
        str | None, typer.Option(metavar="SERVER", help="Hold the rules against this server's tools.")
    ] = None,
    form: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="table, json, sarif or github.")
    ] = "table",
    as_json: AsJson = False,
) -> None:
    """Check policies by themselves, or against the tools of a server; exits with 1 if anything is wrong."""
    form = "json" if as_json else form
    forms = ("table", "json", "sarif", "github")
    if form not in forms:
        raise typer.BadParameter(f"there is no format {form!r}; there are {', '.join(forms)}")
    entry = _entry(against) if against else None
    checked = [_checked(file, entry, form) for file in files]
    _report(checked, form)
    if any(finding.level != "note" for one in checked for finding in one.findings):
        raise typer.Exit(_FOUND)


def _checked(file: str, entry: "Entry | None", form: str) -> "Checked":
    """One policy with what is to be said of it; what makes it unreadable is a finding too."""
    from catalogue.policies.lint import lint
    from catalogue.policies.lint_findings import Checked, Finding
    from enforce.policyfile import PolicyErrors, decoded, examine, locate, read_source
    from enforce.reading.trees import Place

    try:
        text = decoded(sys.stdin.buffer.read(), file) if file == "-" else read_source(file)
        reading = examine(text, file)
    except PolicyErrors as error:
        if form == "table":
            tell(error)
        broken = [Finding.error("broken-policy", fault.pointer, fault.message) for fault in error.faults]
        places = {fault.pointer: Place(fault.line or 1, fault.column or 1) for fault in error.faults}
        return Checked(file=file, findings=broken, places=places)
    for warning in reading.warnings:
        tell(f"{file}: warning: {warning}")
    findings = lint(reading.policy, entry)
    if form == "table" and all(finding.level == "note" for finding in findings):
        policy = reading.policy
        named = policy.tools.keys() - policy.selectors.keys()
        tell(f"{file}: fine; default {policy.default}, {plural(len(named), 'tool')}")
    return Checked(file=file, findings=findings, places=locate(text, file) if findings else {})


def export(
    file: FileArgument,
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="FORMAT", help="json, yaml, or one of the export formats."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail if the target cannot express all of it.")
    ] = False,
    losses: Annotated[
        bool, typer.Option("--losses", help="Write nothing; tell what each format cannot express.")
    ] = False,
    out: OutOption = None,
    yes: ReplaceOption = False,
    key: KeyOption = None,
) -> None:
    """Write a policy in the words of another client or gateway, and say what those words cannot express."""
    if (form is None) != losses:
        raise typer.BadParameter("name either --format or --losses")
    if form is None:
        _tell_losses(_read(file).policy, strict=strict)
        return
    _known_format(form)
    policy = _read(file).policy
    exported = _written(policy, form, key)
    for loss in exported.losses:
        tell(f"{file}: lost: {loss}")
    if exported.losses and strict:
        raise typer.Exit(_FOUND)
    _deliver(exported, out, yes=yes)


def _tell_losses(policy: "Policy", *, strict: bool) -> None:
    from enforce.export import FORMATS, export_policy

    found = {form: export_policy(policy, form).losses for form in FORMATS}
    for form, losses in found.items():
        looser = sum(loss.looser for loss in losses)
        print(f"{form:12}  {looser} not enforced there, {len(losses) - looser} stricter there")
        for loss in losses:
            print(f"    {loss}")
    if strict and any(found.values()):
        raise typer.Exit(_FOUND)


def import_(
    file: FileArgument,
    form: Annotated[Literal["json", "yaml"], typer.Option("--format", help="json or yaml.")] = "json",
    out: OutOption = None,
    yes: ReplaceOption = False,
) -> None:
    """Read a policy of Intercept, or one in older spellings, and write it in ours."""
    _deliver(_written(_read(file).policy, form, None), out, yes=yes)


def diff(
    one: Annotated[str, typer.Argument(metavar="A", help="A policy.")],
    other: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    as_json: AsJson = False,
) -> None:
    """Compare two policies by what they do, with a call that shows each difference; exits with 1 if there is one."""
    import msgspec

    from enforce.compare import compare

    policies = [_read(file).policy for file in (one, other)]
    found = compare(policies[0], policies[1], datetime.now(UTC).timestamp())
    if as_json:
        print(msgspec.json.Encoder(decimal_format="number").encode(found).decode())
    for difference in () if as_json else found:
        print(_told(difference))
    if found:
        raise typer.Exit(_FOUND)


def _told(difference: "Difference") -> str:
    import msgspec

    subject = difference.tool or difference.method
    kind = "" if difference.kind in ("outcome", "visible") else f" ({difference.kind})"
    line = f"{subject}: {difference.before} -> {difference.after}{kind}"
    if difference.witness is None:
        return line
    line += f"\n    with {msgspec.json.Encoder(decimal_format='number').encode(difference.witness).decode()}"
    if difference.at is not None:
        line += f" at {difference.at}"
    if difference.digest is not None:
        line += f", the definition's digest being {difference.digest}"
    return line if difference.fits else f"{line}, which the tool's input schema refuses"


def _known_format(form: str) -> None:
    from enforce.export import FORMATS

    known = ("json", "yaml", *FORMATS)
    if form not in known:
        raise typer.BadParameter(f"there is no format {form!r}; there are {', '.join(known)}")


def _written(policy: "Policy", form: str, key: str | None) -> "Exported":
    from enforce.export import Exported, export_policy, server_key
    from enforce.policywrite import write_policy

    if form in ("json", "yaml"):
        return Exported(text=write_policy(policy, "json" if form == "json" else "yaml"), losses=())
    if form == "vscode":
        own = f".vscode/{key or server_key(policy)}.policy.json"
        tell(f"the server starts once the policy itself is saved as {own}, by --format json -o {own}")
    return export_policy(policy, form, key)


def _deliver(exported: "Exported", out: Path | None, *, yes: bool) -> None:
    """Print it or write it; a file that holds something else is somebody's, and replaced only with *yes*."""
    if out in (None, STDOUT):
        print(exported.text, end="")
        return
    if not yes and out.is_file() and out.read_bytes() != exported.text.encode():
        raise CannotWrite(out, "it holds something else; name another file, or replace it with --yes")
    with output(out) as stream:
        stream.write(exported.text)
    tell(f"wrote {out}")


def _read(file: str) -> "Reading":
    """The policy, after saying every warning; where it is none, every error and exit 1."""
    from enforce.policyfile import PolicyErrors, decoded, examine

    with opened(file) as stream:
        content = stream.read()
    try:
        reading = examine(decoded(content, file), file)
    except PolicyErrors as error:
        tell(error)
        raise typer.Exit(_FOUND) from None
    for warning in reading.warnings:
        tell(f"{file}: warning: {warning}")
    return reading


def _report(checked: "list[Checked]", form: str) -> None:
    from importlib.metadata import version

    from catalogue.policies import lint_findings as shown

    if form == "json":
        print(shown.as_json(checked))
    elif form == "sarif":
        print(shown.as_sarif(checked, version("tollhouse")))
    for one in checked if form in ("table", "github") else ():
        text = shown.as_annotations(one) if form == "github" else shown.as_table(one)
        if text:
            print(text)


def _entry(server: str) -> "Entry":
    with record() as store:
        return entry_named(store, server)
