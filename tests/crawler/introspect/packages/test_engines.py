"""What a manifest says of the Node.js that it wants."""

import pytest

from crawler.introspect.packages.engines import wanted_engine
from crawler.tools import Json


@pytest.mark.parametrize(
    "wanted", [">=22", ">= 20.12.0", "^22.7.0", "24.x", "~v21.1", ">=22 <25", "^22 || >=24", "=20.11.2"]
)
def test_a_newer_one_is_told_of(wanted: str) -> None:
    assert wanted_engine({"engines": {"node": wanted}}, "20.11.1") == wanted


@pytest.mark.parametrize(
    "manifest",
    [
        {"engines": {"node": wanted}}
        for wanted in (
            ">=18",
            "^20.11.0",
            "20.x",
            "*",
            "",
            "<24",
            ">=16 <21 || >=22",
            "lts",
            "file:///etc/passwd",
            ">=22 || npm:left-pad@1",
            "20.11.1",
            22,
            None,
        )
    ]
    + [{}, [], {"engines": []}, {"engines": {"npm": ">=99"}}],
)
def test_one_that_does_is_not(manifest: Json) -> None:
    assert wanted_engine(manifest, "20.11.1") == ""


def test_nothing_is_told_where_ours_does_not_say_which_it_is() -> None:
    assert wanted_engine({"engines": {"node": ">=99"}}, "") == ""
