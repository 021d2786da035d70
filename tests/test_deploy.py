"""The ready-made files of deploy/ call commands that exist."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import typer
import yaml

from catalogue.cli import application

ROOT = Path(__file__).parents[1]
FILES = sorted(file for file in (ROOT / "deploy").rglob("*") if file.is_file())


def calls() -> list[tuple[str, list[str]]]:
    """Every call of `tollhouse` in the files and in the page on operations, as words."""
    found = []
    for file in [*FILES, ROOT / "docs" / "operations.md"]:
        for line in file.read_text("utf-8").splitlines():
            if line.startswith(
                ("ExecStart=", "30 2 ", "tollhouse ", "          tollhouse ", "TOLLHOUSE_DATABASE_URL=")
            ):
                _, _, rest = (
                    line.partition("tollhouse ") if "bin/" not in line else line.partition("bin/tollhouse ")
                )
                words = shlex.split(rest.partition(" >")[0].partition(" ||")[0])
                found.append((file.name, words))
    return found


@pytest.mark.parametrize(
    ("file", "words"), calls(), ids=lambda value: " ".join(value) if isinstance(value, list) else value
)
def test_commands_and_options_exist(file: str, words: list[str]) -> None:
    """A file that calls what is no longer there would fail at night."""
    command = typer.main.get_command(application())
    while hasattr(command, "commands") and words:
        command = command.commands[words.pop(0)]
    options = {option for parameter in command.params for option in parameter.opts}

    assert {word for word in words if word.startswith("--")} <= options, file


def test_the_workflow_is_one() -> None:
    """YAML that says when, with what rights, and what."""
    workflow = yaml.safe_load((ROOT / "deploy" / "github-nightly.yml").read_text("utf-8"))

    # YAML 1.1 reads `on` as true.
    assert workflow[True]["schedule"] == [{"cron": "30 2 * * *"}]
    assert workflow["permissions"] == {"contents": "read"}
    assert all("uses" in step or "run" in step for step in workflow["jobs"]["crawl"]["steps"])


def test_the_action_says_what_it_takes_and_runs_scripts_that_are_there() -> None:
    """Every input is used, and nothing that a pull request wrote stands in a line of a script."""
    folder = ROOT / "deploy" / "github-action"
    text = (folder / "action.yml").read_text("utf-8")
    action = yaml.safe_load(text)
    steps = action["runs"]["steps"]
    scripts = " ".join(step.get("run", "") for step in steps)

    assert {name for name in action["inputs"] if f"inputs.{name}" not in text} == set()
    assert all((folder / name).is_file() for name in re.findall(r"\$ACTION/([\w.]+)", scripts))
    assert "${{" not in scripts


@pytest.mark.parametrize("file", [file for file in FILES if file.suffix == ".sh"], ids=lambda file: file.name)
def test_the_shell_reads_the_scripts(file: Path) -> None:
    """A slip in a script would show in somebody's pull request only."""
    assert subprocess.run(["sh", "-n", str(file)], check=False).returncode == 0


def test_the_hooks_before_a_commit_call_commands_that_exist() -> None:
    """With files that each of them speaks of."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    command = typer.main.get_command(application())

    for hook in hooks:
        program, *words = shlex.split(hook["entry"])
        here = command
        while hasattr(here, "commands"):
            here = here.commands[words.pop(0)]
        options = {option for parameter in here.params for option in parameter.opts}
        assert (program, {word for word in words if word.startswith("--")} - options) == ("tollhouse", set())
    assert [
        bool(re.search(hook["files"], name))
        for hook, name in zip(hooks, (".mcp.json", "a/b.policy.yaml"), strict=True)
    ] == [True, True]


def test_systemd_accepts_the_units() -> None:
    """Nothing in them is unknown to systemd, where there is one to ask."""
    units = [str(file) for file in FILES if file.suffix in {".service", ".timer"}]
    if shutil.which("systemd-analyze") is None:
        return
    checked = subprocess.run(
        ["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False
    )

    assert len(units) == 3
    assert "Unknown" not in checked.stderr
