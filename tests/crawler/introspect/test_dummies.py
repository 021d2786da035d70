"""Harmless values of the right type."""

import pytest

from crawler.introspect.dummies import SECRET, dummy, dummy_argument


@pytest.mark.parametrize(
    ("name", "sample", "expected"),
    [
        ("API_KEY", "", SECRET),
        ("API_KEY", "sk-live-0123456789", SECRET),
        ("GITHUB_PERSONAL_ACCESS_TOKEN", "<YOUR_TOKEN>", SECRET),
        ("BASE_URL", "https://example.com", "http://127.0.0.1:9"),
        ("THE_ENVIRONMENT", "https://abc.example.com", "http://127.0.0.1:9"),
        ("QDRANT_URL", "", "http://127.0.0.1:9"),
        ("DATABASE_URL", "", "sqlite:////tmp/x.db"),
        (
            "DATABASE_URL",
            "mysql+pymysql://root:secret@localhost:3306/db",
            "mysql+pymysql://a:a@127.0.0.1:9/x",
        ),
        ("NEO4J_URI", "neo4j+s://your-instance.example", "neo4j+s://127.0.0.1:9"),
        ("REDIS_URL", "redis://localhost:6379/0", "redis://127.0.0.1:9/0"),
        ("DB_HOST", "", "127.0.0.1"),
        ("DB_PORT", "5432", "5432"),
        ("DB_PORT", "", "9"),
        ("AWS_REGION", "", "us-east-1"),
        ("USER_EMAIL", "you@example.com", "a@example.com"),
        ("DATA_DIR", "/path/to/data", "/tmp"),
        ("CONFIG_PATH", "/path/to/config.YAML", "/tmp/x.yaml"),
        ("DEMO_STORE", "~/demo/data", "/tmp"),
        ("DB_PATH", "", "/tmp/x.db"),
        ("PROJECT_ID", "your-project", "1"),
        ("LOG_LEVEL", "ERROR", "ERROR"),
        ("ENABLE_X", "", "false"),
        ("AUTH_TYPE", "basic", "basic"),
        ("TOKEN_PROVIDER", "<one of three>", SECRET),
        ("SOMETHING", "", SECRET),
    ],
)
def test_a_variable_gets_what_its_name_and_sample_suggest(name: str, sample: str, expected: str) -> None:
    """Settings are kept, secrets never are, addresses lead nowhere."""
    assert dummy(name, sample) == expected


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("--verbose", "--verbose"),
        (":memory:", ":memory:"),
        ("/path/to/database.db", "/tmp/x.db"),
        ("/Users/me/Desktop", "/tmp"),
        ("~/demo/data/data.duckdb", "/tmp/x.duckdb"),
        ("C:\\Users\\me\\data.db", "/tmp/x.db"),
        ("--db=$HOME/data.db", "--db=/tmp/x.db"),
        ("<your-api-key>", SECRET),
        ("--token=YOUR_TOKEN", f"--token={SECRET}"),
        ("--url=https://your-host", "--url=http://127.0.0.1:9"),
        ("postgresql://your:password@host/db", "postgresql://a:a@127.0.0.1:9/x"),
    ],
)
def test_an_argument_is_kept_unless_it_is_a_placeholder(argument: str, expected: str) -> None:
    """A placeholder becomes what stands there in earnest."""
    assert dummy_argument(argument) == expected
