"""Words of strangers through which every pattern gets, however long their lines are.

Nothing is compared: a pattern that looks at the same characters again and again would not end before the time is up
that every test has, and nobody else of the crawl would get on meanwhile.
"""

from pathlib import Path

import pytest

from crawler.introspect import diagnosis
from crawler.introspect.configuration import configurations
from crawler.introspect.packages.install import Installation
from crawler.introspect.readme import readme_tools
from crawler.introspect.widening import credentials, widenings

LENGTH = 400_000
HERE = Path("/nonexistent")
INSTALLATION = Installation(name="d", version="1", folder=HERE, programs=HERE, code=HERE, scripts=("d",))


@pytest.mark.parametrize("begun", ["", "# Tools ", "# Tools\n\n| ", "# Tools\n\n- ", "# Tools\n\n|[", '{"mcpServers": {"command": "x'])  # fmt: skip
@pytest.mark.parametrize("again", [" ", "#", "# ", "|", "[", "](", "[a](", "`", "*", "- ", ".", "--enable-all <", "tools need ", "{", "/*"])  # fmt: skip
def test_a_readme_is_read_to_its_end(begun: str, again: str) -> None:
    """By all that read it."""
    text = begun + again * (LENGTH // len(again)) + "x\n|---|\n"

    readme_tools(text)
    configurations(text, "demo", ("demo",))
    widenings(text, "")
    widenings("", text)
    credentials(text, [])


@pytest.mark.parametrize("again", ["a", "a-", "x.node", "ENOENT ", "cannot open ", "\n", "\n ", " ", "Error: ", "usage: ", "{a,", "A_B ", "valid ", "valid https://"])  # fmt: skip
def test_last_words_are_understood_to_their_end(again: str) -> None:
    """By all that look for help in them."""
    text = again * (LENGTH // len(again))

    diagnosis.wants_old_sdk(text, {"mcp": "2.0"})
    diagnosis.drifted(text)
    diagnosis.broken(text)
    diagnosis.wants_compiled(text)
    diagnosis.wants_configuration(text)
    diagnosis.named_variables(text, INSTALLATION)
    diagnosis.opened(text, "dummy")
    diagnosis.serving_words(text)
    diagnosis.example_address(text)
    diagnosis.last_words(text)
