"""Every promise of the gate names tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_tests_that_promises_name_exist() -> None:
    """A renamed or deleted test leaves no promise without one."""
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "gate-promises.md").read_text("utf-8")))
    written = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), flags=re.MULTILINE)
    }
    assert named - written == set()
    assert len(named) > 40
