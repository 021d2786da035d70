"""What the environment sets."""

from pathlib import Path

import platformdirs
import pytest

from catalogue.settings import VARIABLES, Secret, Settings

ROOT = Path(__file__).parents[2]
HOME = Path("/srv/tollhouse")


def test_one_folder_holds_everything() -> None:
    """TOLLHOUSE_HOME is for services and tests."""
    assert Settings.from_environment({"TOLLHOUSE_HOME": str(HOME)}) == Settings(
        data_folder=HOME,
        cache_folder=HOME / "cache",
        state_folder=HOME / "state",
        database_url="sqlite:////srv/tollhouse/tollhouse.db",
    )


def test_without_it_things_lie_where_the_system_keeps_such_things() -> None:
    """Each kind has its own folder."""
    settings = Settings.from_environment({})

    assert settings.data_folder == platformdirs.user_data_path("tollhouse", appauthor=False)
    assert settings.state_folder == platformdirs.user_state_path("tollhouse", appauthor=False)


TOKENS = [
    ({}, None),
    ({"GITHUB_TOKEN": ""}, None),
    ({"GH_TOKEN": "b"}, "b"),
    ({"GITHUB_TOKEN": "a", "GH_TOKEN": "b"}, "a"),
]


@pytest.mark.parametrize(("environment", "token"), TOKENS)
def test_a_token_may_have_either_name(environment: dict[str, str], token: str | None) -> None:
    """An empty one is none."""
    assert Settings.from_environment(environment).github_token == token


def test_a_token_does_not_show_itself() -> None:
    """Settings that are printed by accident tell no secret."""
    settings = Settings.from_environment({"GITHUB_TOKEN": "ghp_secret"})

    assert settings.github_token == Secret("ghp_secret")
    assert "secret" not in repr(settings).lower().replace("secret(...)", "")


def test_every_variable_is_documented() -> None:
    """Both what it is and that it exists."""
    documentation = (ROOT / "docs" / "operations.md").read_text("utf-8")

    assert [name for name in VARIABLES if f"`{name}`" not in documentation] == []
