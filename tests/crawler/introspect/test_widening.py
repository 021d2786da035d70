"""Help texts and READMEs of real kinds, and the doors that they show."""

import pytest

from crawler.introspect.configuration import Configuration
from crawler.introspect.dummies import SECRET
from crawler.introspect.widening import Widening, accounts, combinations, credentials, widenings


@pytest.mark.parametrize(
    ("help_text", "readme", "expected"),
    [
        ("", "", ()),
        (
            "  --caps <caps>   comma-separated list of additional capabilities, possible values: vision, pdf, devtools.\n  --port <port>  x",
            "",
            (Widening(arguments=("--caps=vision,pdf,devtools",)),),
        ),
        ("  --toolsets TEXT  Which groups to enable.\n  --read-only  No writing.", "", (Widening(arguments=("--toolsets=all",)),)),
        ("  --enable-admin-tools  More.\n  --disable-x  Less.", "", (Widening(arguments=("--enable-admin-tools",)),)),
        ("  --experimentalVision  See.  [boolean]", "", (Widening(arguments=("--experimentalVision",)),)),
        ("  --categories {search,index}  Which.", "", (Widening(arguments=("--categories=search,index",)),)),
        ("  --allowed-origins <origins>  Who may.\n  --http-tools  x", "", ()),
        ("", "Pass `--enable-writes` to allow writing.", (Widening(arguments=("--enable-writes",)),)),
        ("", "| `DEMO_TOOLSETS` | Groups, e.g. read, write | `read` |", (Widening(environment=(("DEMO_TOOLSETS", "read,write"),)),)),
        ("", "`DEMO_ENABLE_DELETE` allows deleting.", (Widening(environment=(("DEMO_ENABLE_DELETE", "true"),)),)),
        ("", "`READ_ONLY_MODE`: refuse writing (default: true)", (Widening(environment=(("READ_ONLY_MODE", "false"),)),)),
        ("", "`READ_ONLY_MODE`: refuse writing (default: false)", ()),
    ],
)  # fmt: skip
def test_flags_and_variables_that_open_doors_are_found(
    help_text: str, readme: str, expected: tuple[Widening, ...]
) -> None:
    """Those that close some, or are about something else, are passed by."""
    assert widenings(help_text, readme) == expected


def test_they_are_tried_together_before_each_alone() -> None:
    """Since one may spoil the rest."""
    one, two = Widening(arguments=("--a",)), Widening(environment=(("B", "true"),))

    assert combinations((one, two)) == (one, two, Widening(arguments=("--a",), environment=(("B", "true"),)))
    assert combinations(()) == ()


def test_what_a_readme_says_that_tools_need_is_tried() -> None:
    """Once by what it says, once by what it shows."""
    readme = "These tools require `DEMO_URL` and `DEMO_KEY`. Other tools are free. `DEMO_LOG` is a level."
    shown = (Configuration(environment=(("DEMO_KEY", "x"),)), Configuration(arguments=("--a",)))
    said = Widening(environment=(("DEMO_URL", "http://127.0.0.1:9"), ("DEMO_KEY", SECRET)))

    assert credentials(readme, shown) == (said, Widening(environment=(("DEMO_KEY", "x"),)))
    assert credentials("Tools are listed.", ()) == ()


def test_an_account_is_told_by_names() -> None:
    """What stands for a value, is for tests or for the server's own port is none."""
    readme = "Set `DEMO_URL` and DEMO_API_KEY=YOUR_API_KEY; MCP_HOST, DEMO_TEST_TOKEN, DEMO_LIMIT and DEMO_ID are others."

    assert accounts(readme) == (
        ("DEMO_URL", "http://127.0.0.1:9"),
        ("DEMO_API_KEY", "dummydummydummydummydummydum"),
    )
