"""A program in a sandbox ends, or is ended."""

import pytest

from crawler.introspect.sandboxes.ending import ended
from crawler.introspect.sandboxes.sandbox import Confinement, Sandbox
from crawler.mcp.session import Silent, TooMuch

pytestmark = pytest.mark.sandbox


def end(sandbox: Sandbox, script: str, seconds: float = 60) -> tuple[int, bytes, bytes]:
    child = sandbox.start(["/bin/sh", "-c", script], Confinement())
    return ended(child, seconds=seconds, most_output=100_000, most_errors=200_000)


def test_what_is_said_is_heard(sandbox: Sandbox) -> None:
    """All of it, and how the program ended."""
    assert end(sandbox, "cat; echo a; echo b >&2; exit 7") == (7, b"a\n", b"b\n")


@pytest.mark.parametrize(
    ("script", "seconds", "failure"),
    [
        pytest.param("cat /dev/zero", 60, TooMuch, id="output"),
        pytest.param("cat /dev/zero >&2", 60, TooMuch, id="errors"),
        pytest.param("while echo x; do sleep 0.01; done", 2, Silent, id="drop by drop"),
        pytest.param("exec >&- 2>&-; sleep 600", 2, Silent, id="silent without streams"),
    ],
)
def test_what_does_not_end_is_ended(
    sandbox: Sandbox, script: str, seconds: float, failure: type[Exception]
) -> None:
    """By how much it said, or by how long it took."""
    with pytest.raises(failure):
        end(sandbox, script, seconds)
