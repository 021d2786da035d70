"""What is believed of an installed wheel, and what an installer may be made to do."""

from typing import Any

import pytest

from crawler.introspect.ladder import climb
from crawler.introspect.packages.install import source_text
from crawler.introspect.packages.install_python import install_python
from crawler.introspect.packages.wheels import fetch_wheel
from crawler.introspect.workshop import Workshop
from crawler.servers import Server, ServerName

pytestmark = pytest.mark.sandbox


def test_only_what_was_checked_is_believed(index: Any, workshop: Workshop) -> None:
    """A wheel may bring more metadata under its own name: another release, another program, files of this machine."""
    fake = "demo_mcp-1.0.data/purelib/demo.mcp-99.dist-info"
    index.offer_server(
        "demo-mcp",
        extra={
            f"{fake}/METADATA": b"Metadata-Version: 2.1\nName: demo.mcp\nVersion: 99\n",
            f"{fake}/RECORD": f"{__file__},,\n../../../../../../..{__file__},,\n".encode(),
            f"{fake}/entry_points.txt": b"[console_scripts]\nevil = demo_mcp:main\n",
            "demo_mcp-1.0.data/purelib/more.py": b"# more of it",
        },
        scripts="[console_scripts]\ndemo-mcp = demo_mcp:main\nOther = demo_mcp:main\n",
    )
    with workshop.bench() as bench:
        release = fetch_wheel("demo-mcp", None, workshop=workshop, bench=bench)
        installation = install_python(release, release.pythons[0], workshop=workshop, bench=bench)
        source = source_text(installation.code, installation.files)

    assert (installation.version, installation.scripts) == ("1.0", ("Other", "demo-mcp"))
    assert "what an installer may be made to do" not in source
    assert "# more of it" in source


@pytest.mark.parametrize(
    ("requirement", "said"),
    [
        ("x @ git+https://127.0.0.1/x.git", "Git executable not found"),
        ("x @ git+file:///proc/self/cwd/x.git", "Git executable not found"),
        ("x @ http://127.0.0.1:22/x-1.0-py3-none-any.whl", "403 Forbidden"),
    ],
)
def test_nothing_but_the_index_is_asked(requirement: str, said: str, index: Any, workshop: Workshop) -> None:
    """No other program is found by the installer, and no other host."""
    index.offer_server("demo-mcp", requires=[requirement])

    (outcome,) = climb(Server(name=ServerName("pypi", "demo-mcp")), workshop=workshop, method="live")

    assert said in outcome.detail  # type: ignore[union-attr]
