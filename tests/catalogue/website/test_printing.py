"""Servers that are printed together: each has the files that it has when it is printed alone."""

from pathlib import Path

import pytest

from catalogue.entries import Entry
from catalogue.policies.policy_files import policy_files
from catalogue.website import printing
from catalogue.website.survey import survey
from tests.catalogue.sample_entries import entries, hostile

SERVERS = [*entries(3), *hostile()]


def tasks(servers: list[Entry], *, own: bool = True) -> list[printing.Task]:
    facts = [(entry, survey(entry)) for entry in servers]
    return [
        printing.Task(entry=entry, name=fact.name, similar={}, graded=fact.graded, known={}, own=own)
        for entry, fact in facts
    ]


def printed(folder: Path, *groups: list[printing.Task]) -> tuple[dict[str, printing.Pages], dict[str, bytes]]:
    """What stands for the files of each server, and the files."""
    folder.mkdir()
    printing.prepare("https://example.org/", None, folder.parent, folder, folder / "register.sqlite")
    pages = dict(one for group in groups for one in printing.print_entries(group))
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return pages, files


@pytest.mark.parametrize("together", [1, 50, 10_000])
def test_servers_printed_together_have_the_files_of_each(
    tmp_path: Path, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = printed(tmp_path / "alone", *([task] for task in tasks(SERVERS)))
    monkeypatch.setattr(printing, "TOGETHER", together)

    assert printed(tmp_path / "together", tasks(SERVERS)) == alone


def test_who_is_only_surrounded_anew_may_stand_beside_others(tmp_path: Path) -> None:
    whole, around = tasks(SERVERS[:3]), tasks(SERVERS[:3], own=False)
    pages, files = printed(tmp_path / "mixed", [whole[0], around[1], whole[2]])

    assert [any("policies/" in path for path in one.digests) for one in pages.values()] == [True, False, True]
    assert files.items() <= printed(tmp_path / "whole", whole)[1].items()


def test_policies_made_together_are_those_made_alone() -> None:
    """Also where one of them knows no tool and so has none."""
    together = policy_files(SERVERS)

    assert together == [policy_files([entry])[0] for entry in SERVERS]
    assert None in together
