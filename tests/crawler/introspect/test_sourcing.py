"""Which words say that a server misses a file of its own source."""

from pathlib import Path

import pytest

from crawler.introspect.packages.install import Installation
from crawler.introspect.sourcing import misses_source


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("FileNotFoundError: [Errno 2] No such file or directory: '/opt/x/lib/config/tools.yaml'", True),
        ("ERROR: Tool config file not found at config/tools.yaml. Nothing is loaded.", True),
        ("could not open ./settings.toml", True),
        ("config/tools.yaml was read", False),
        ("No such file or directory: '/etc/other.yaml'", False),
        ("not found: ../config/tools.yaml", True),
        ("not found: config/..", False),
        ("not found: /etc/passwd /etc/hosts.allow", False),
        ("", False),
    ],
)
def test_a_file_is_missed_that_the_source_has(said: str, expected: bool, tmp_path: Path) -> None:
    """At such a place, wherever it was looked for."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "tools.yaml").touch()
    (tmp_path / "settings.toml").touch()
    built = Installation(
        name="x", version="1", folder=tmp_path, programs=tmp_path, code=tmp_path, scripts=(), source=tmp_path
    )
    other = Installation(name="x", version="1", folder=tmp_path, programs=tmp_path, code=tmp_path, scripts=())

    assert misses_source(said, built) is expected
    assert misses_source(said, other) is False
