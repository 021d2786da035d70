"""Nothing that a person can type is undocumented: every command, every option, every signal, every variable."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from catalogue.cli import application
from catalogue.settings import VARIABLES
from classifier.signals import PROBES
from enforce.cli.commands import parser

ROOT = Path(__file__).parents[1]
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^#+ `([^`]+)`\n(.*?)(?=^#+ |\Z)", COMMANDS, flags=re.MULTILINE | re.DOTALL))


def _of_tollhouse(command: Any, name: str) -> Iterator[tuple[str, set[str]]]:
    children = getattr(command, "commands", None)
    for child, below in (children or {}).items():
        yield from _of_tollhouse(below, f"{name} {child}")
    if not children:
        options = {
            option for parameter in command.params for option in parameter.opts if option.startswith("--")
        }
        yield name, options


def _of_proxy(command: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, set[str]]]:
    groups = [action for action in command._actions if isinstance(action, argparse._SubParsersAction)]
    for group in groups:
        for child, below in group.choices.items():
            yield from _of_proxy(below, f"{name} {child}")
    if not groups:
        options = {option for action in command._actions for option in action.option_strings}
        yield name, {option for option in options if option.startswith("--")} - {"--help"}


EXISTING = dict(
    [
        *_of_tollhouse(typer.main.get_command(application()), "tollhouse"),
        *_of_proxy(parser(), "tollhouse-proxy"),
    ]
)


@pytest.mark.parametrize("command", EXISTING)
def test_a_command_and_each_of_its_options_are_documented(command: str) -> None:
    assert command in SECTIONS
    assert {option for option in EXISTING[command] if f"`{option}" not in SECTIONS[command]} == set()


def test_no_documented_command_or_option_is_gone() -> None:
    assert set(SECTIONS) == set(EXISTING)
    gone = {
        f"{command} {option}"
        for command, text in SECTIONS.items()
        for option in re.findall(r"^\| `(--[a-z-]+)", text, flags=re.MULTILINE)
        if option not in EXISTING[command]
    }
    assert gone == set()


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.code)
def test_a_signal_says_what_it_means_why_it_matters_and_what_to_do(probe: Any) -> None:
    texts = (probe.label, probe.question, probe.meaning, probe.matters, probe.advice)

    assert all(texts)
    assert probe.question.endswith("?")
    assert f"`{probe.code}`" in (ROOT / "docs" / "classifier.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_variable_of_the_environment_is_documented(variable: str) -> None:
    assert f"`{variable}`" in COMMANDS
