"""The index is the one that pip is configured to use."""

import pytest
from pypi_simple import PYPI_SIMPLE_ENDPOINT

from crawler.sources.index import Index, configured_index


@pytest.mark.parametrize(
    ("settings", "index"),
    [
        ("", Index(url=PYPI_SIMPLE_ENDPOINT)),
        ("global.index-url='https://index.example/simple'\n", Index(url="https://index.example/simple/")),
        (
            "global.cert='/etc/ca.pem'\nglobal.index-url='https://index.example/simple/'\n"
            ":env:.index-url='https://user:it\\'s@other.example/'\ninstall.index-url='https://third.example/'\n",
            Index(url="https://user:it's@other.example/", certificates="/etc/ca.pem"),
        ),
        ("global.extra-index-url='https://index.example/'\nnonsense\n", Index(url=PYPI_SIMPLE_ENDPOINT)),
    ],
    ids=["nothing", "file", "environment-wins", "other-settings"],
)
def test_what_pip_says_is_what_counts(settings: str, index: Index) -> None:
    """As `pip config list` prints it: the environment before a command's section before the general one."""
    assert configured_index(lambda: settings) == index


def test_pip_itself_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads its files and the environment."""
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple")

    assert configured_index().url == "https://index.example/simple/"
