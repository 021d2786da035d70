"""What a lock says of the versions that a project was tried with."""

import pytest

from crawler.introspect.packages.locks import locked

LOCK = """
version = 1
[[package]]
name = "demo-mcp"
version = "1.0"
source = { editable = "." }
dependencies = [
    { name = "mcp", extra = ["cli"] },
    { name = "colour", marker = "sys_platform == 'win32'" },
    { name = "beside" },
    { name = "odd" },
]
[[package]]
name = "mcp"
version = "1.9.4"
source = { registry = "https://index.example/simple" }
dependencies = [{ name = "deeper" }]
[[package]]
name = "deeper"
version = "3.0"
source = { registry = "https://index.example/simple" }
[[package]]
name = "beside"
version = "2.0"
source = { git = "https://git.example/beside" }
[[package]]
name = "odd"
version = "1 --index-url=http://192.0.2.1"
source = { registry = "https://index.example/simple" }
"""


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (LOCK.encode(), ("mcp==1.9.4", "deeper==3.0")),
        (LOCK.replace("editable", "virtual").encode(), ("mcp==1.9.4", "deeper==3.0")),
        (LOCK.replace('editable = "."', 'editable = "../other"').encode(), ()),
        (b"package = 3", ()),
        (b"[[package]]\nname = 3\nsource = 4\ndependencies = 5", ()),
        (b"\xff", ()),
        (b"[[", ()),
        (b"", ()),
    ],
)
def test_only_what_the_project_needs_is_pinned(content: bytes, expected: tuple[str, ...]) -> None:
    """From an index, everywhere, and in words that are a version."""
    assert locked({"uv.lock": content}) == expected
    assert locked({}) == ()
