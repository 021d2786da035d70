"""Names that look like a word are those that `difflib` finds, only sooner."""

from difflib import get_close_matches

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.store.likeness import Names

NAMES = [
    "mcp-mail",
    "mcp-mail-server",
    "mail-mcp",
    "server-mail",
    "mcp-git",
    "mcp-git-2",
    "git-mcp-server",
    "maíl-mcp",
    "m",
    "",
]


@pytest.mark.parametrize(
    "word", ["mcp-mail", "mcp-mial", "git", "mcpgit2", "mcp-server-mail", "", "maíl", "zzz", "m" * 40]
)
@pytest.mark.parametrize("limit", [1, 3, 20])
def test_the_closest_names_are_those_that_difflib_finds(word: str, limit: int) -> None:
    """Only sooner."""
    names = Names((f"pypi:{name}", name) for name in NAMES)

    assert names.closest(word, limit) == get_close_matches(word, NAMES, n=limit, cutoff=0.7)


@given(st.lists(st.text("abc-", max_size=9), unique=True, max_size=12), st.text("abcd-", max_size=9))
def test_whatever_the_names_are(names: list[str], word: str) -> None:
    """Repeated letters, letters that no name has, and nothing at all."""
    found = Names((f"pypi:{name}", name) for name in names).closest(word, 3)

    assert found == get_close_matches(word, names, n=3, cutoff=0.7)


def test_a_name_is_found_with_and_without_its_owner() -> None:
    """As people run the two together, or leave one out."""
    names = Names([("npm:@paypal/mcp", "mcp"), ("github:paypal/agent-toolkit", "agent-toolkit")])

    assert names.near("paypall-mcp", 3) == ["npm:@paypal/mcp"]
    assert names.near("agent-tolkit", 3) == ["github:paypal/agent-toolkit"]
    assert names.near("paypal-agent-toolkit", 3) == ["github:paypal/agent-toolkit"]
