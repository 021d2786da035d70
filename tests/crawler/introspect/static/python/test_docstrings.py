"""What each framework makes of a docstring."""

import pytest

from crawler.introspect.static.python.docstrings import Described, Style, described, style_of_fastmcp

GOOGLE = """Find notes.

    Newest first.

    Args:
        query (str): What to look for.
            All words count.
        limit: How many.

    Returns:
        Notes.
    """

TEXT = "Find notes.\n\nNewest first."
PARAMETERS = {"query": "What to look for.\nAll words count.", "limit": "How many."}


@pytest.mark.parametrize(
    ("docstring", "style", "expected"),
    [
        (None, Style.SECTIONS, Described("", {})),
        (GOOGLE, Style.RAW, Described(GOOGLE, {})),
        ("One.\n\n    Two.\n    ", Style.CLEAN, Described("One.\n\nTwo.", {})),
        (GOOGLE, Style.PARAMETERS, Described(TEXT, PARAMETERS)),
        (GOOGLE, Style.SECTIONS, Described(TEXT, PARAMETERS)),
        ("One.\n\nReturns:\n    Two.", Style.PARAMETERS, Described("One.\n\nReturns:\n    Two.", {})),
        ("One.\n\nReturns:\n    Two.", Style.SECTIONS, Described("One.", {})),
        ("\n    Args:\n        a: A.\n    ", Style.SECTIONS, Described("", {"a": "A."})),
        ("One.\nArgs:\n    a: A.", Style.SECTIONS, Described("One.\nArgs:\n    a: A.", {})),
        ("One.\n\nNote: this.\n\nTwo.", Style.SECTIONS, Described("One.\n\nNote: this.\n\nTwo.", {})),
        ("One.\n\n```\nArgs:\n    a: A.\n```", Style.SECTIONS, Described("One.\n\n```\nArgs:\n    a: A.\n```", {})),
        (
            "One.\n\nParameters\n----------\na : int\n    A.\n\nReturns\n-------\nint",
            Style.SECTIONS,
            Described("One.", {"a": "A."}),
        ),
        ("One.\n\n:param str a: A.\n:returns: B.", Style.PARAMETERS, Described("One.", {"a": "A."})),
    ],
)  # fmt: skip
def test_a_docstring_is_read_as_the_framework_reads_it(
    docstring: str | None, style: Style, expected: Described
) -> None:
    """Sections end the description where the framework knows sections, and describe parameters."""
    assert described(docstring, style) == expected


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        ("", Style.SECTIONS),
        ("Requires-Dist: fastmcp", Style.SECTIONS),
        ("Requires-Dist: fastmcp>=2.0", Style.SECTIONS),
        ("Requires-Dist: fastmcp (<4,>=2.0)", Style.PARAMETERS),
        ("Requires-Dist: fastmcp==3.4.10", Style.PARAMETERS),
        ("Requires-Dist: fastmcp~=2.3", Style.CLEAN),
        ("Requires-Dist: fastmcp[cli]<3", Style.CLEAN),
        ("Requires-Dist: fastmcp<3.1; python_version > '3'", Style.PARAMETERS),
        ("Requires-Dist: fastmcp !!", Style.SECTIONS),
    ],
)
def test_the_release_that_a_package_asks_for_decides(requirement: str, expected: Style) -> None:
    """The newest that is allowed is what an installer takes."""
    metadata = f"Metadata-Version: 2.1\nName: x\n{requirement}\n\nText.".encode()

    assert style_of_fastmcp({"x-1.dist-info/METADATA": metadata}) is expected
