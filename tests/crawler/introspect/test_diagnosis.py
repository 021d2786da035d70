"""Last words of real kinds of failure, and what they call for."""

from dataclasses import replace
from pathlib import Path

import pytest

from crawler.introspect import diagnosis
from crawler.introspect.packages.install import Installation


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ("ModuleNotFoundError: No module named 'mcp.server.fastmcp'. This is mcp 2.x, ...", True),
        ("AttributeError: 'Server' object has no attribute 'list_tools'", True),
        ("ImportError: cannot import name 'FastMCP' from 'mcp.server'", True),
        ("ModuleNotFoundError: No module named 'requests'", False),
        ("", False),
    ],
)
def test_the_second_generation_of_the_sdk_is_recognised(errors: str, expected: bool) -> None:
    """Only where it is what was installed."""
    assert diagnosis.wants_old_sdk(errors, {"mcp": "2.3.0"}) is expected
    assert diagnosis.wants_old_sdk(errors, {"mcp": "1.30.0"}) is False
    assert diagnosis.wants_old_sdk(errors, {}) is False


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ("ModuleNotFoundError: No module named 'fastmcp.tools.tool'", "fastmcp<4"),
        ("ImportError: cannot import name 'Tool' from 'fastmcp' (/x/fastmcp/__init__.py)", "fastmcp<4"),
        ("ImportError: cannot import name 'x' from 'pydantic.deprecated'", ""),
        ("ModuleNotFoundError: No module named 'young.part'", ""),
        ("ModuleNotFoundError: No module named 'requests'", ""),
        ("", ""),
    ],
)
def test_a_library_that_lost_what_is_imported_is_recognised(errors: str, expected: str) -> None:
    """One whose version is known, and of which there may have been a generation before."""
    resolved = {"fastmcp": "4.1.2", "pydantic": "x", "young": "0.3"}

    assert diagnosis.older_generation(errors, resolved) == expected


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ("usage: demo [-h] {stdio,sse,http} ...", (("stdio",),)),
        ("usage: demo [--transport {stdio,sse}]", (("--transport", "stdio"),)),
        ("usage: demo [--via {http,stdio}] [--port PORT]", (("--via", "stdio"),)),
        ("Options:\n  -p, --port <n>  port to listen at\n  -m, --mode <mode>  how to serve\n       (choices: \"http\", \"stdio\")\n", (("--mode", "stdio"),)),
        ("Options:\n  --port <n>  port to listen at, not for stdio\n  --http  serve over HTTP, not stdio\n", ()),
        ("Usage: demo [OPTIONS] COMMAND\n\nCommands:\n  index              Index.\n  start-mcp-server   Serve.\n  setup   x\n", (("start-mcp-server",),)),
        ("Usage: demo [options]\n\nOptions:\n  --stdio   speak over stdio\n", (("--stdio",),)),
        ("Configuration is required.\n1. Demo mode: --demo (in memory)\n2. A file: --config=x.toml", (("--demo",),)),
        ("Error: something about stdio", ()),
        ("", ()),
    ],
)  # fmt: skip
def test_a_usage_text_names_the_words_for_serving(errors: str, expected: tuple[tuple[str, ...], ...]) -> None:
    """The likeliest first; without a usage text none but that for a demonstration."""
    assert diagnosis.serving_words(errors) == expected


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        (
            "demo: error: the following arguments are required: --db-path, -t/--token",
            ("--db-path", "--token"),
        ),
        ("Error: Missing option '-d' / '--db-path'.", ("--db-path",)),
        ("Error: Missing argument 'FOLDER'.", ("FOLDER",)),
        ("error: required option '-t, --token <token>' not specified", ("--token",)),
        ("error: missing required argument 'folder'", ("folder",)),
        ("Missing required arguments: folder, token", ("--folder", "--token")),
        ("the following arguments are required: $(reboot)", ()),
        ("", ()),
    ],
)
def test_the_arguments_that_are_missing_are_told_by_each_parser(
    errors: str, expected: tuple[str, ...]
) -> None:
    """Flags with their hyphens, words without."""
    assert diagnosis.required_arguments(errors) == expected


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ("Error: connect ECONNREFUSED 127.0.0.1:9", True),
        ("TypeError: fetch failed", True),
        ("httpx.ConnectError: All connection attempts failed", True),
        ("socket.gaierror: [Errno -3] Temporary failure in name resolution", True),
        ('Get "https://api.demo.example": dial tcp: lookup api.demo.example', True),
        ("Unable to connect to the database", True),
        ("DEMO_TOKEN is required", False),
        ("", False),
    ],
)
def test_a_service_that_did_not_answer_is_recognised(errors: str, expected: bool) -> None:
    """Whatever language says so."""
    assert diagnosis.wants_service(errors) is expected


@pytest.mark.parametrize(
    ("errors", "wants", "drifted", "broken"),
    [
        ("Error: DEMO_TOKEN environment variable is required", True, False, False),
        ("ValueError: API key missing", True, False, False),
        ("ERROR: Authentication failed. Please try again", True, False, False),
        ("Traceback (most recent call last):\n  ...\nTypeError: __init__() got an unexpected argument", False, True, False),
        ("Traceback\nModuleNotFoundError: No module named 'x'", False, True, True),
        ("Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'x'", False, False, True),
        ('{"message": "demo() got an unexpected keyword argument \'x\'", "level": "ERROR"}', False, True, False),
        ('{"exception": "Traceback\\\\nTypeError: x", "level": "ERROR"}', False, True, False),
        ("connection refused", False, False, False),
    ],
)  # fmt: skip
def test_what_is_amiss_is_told_apart(errors: str, wants: bool, drifted: bool, broken: bool) -> None:
    """Missing settings, newer dependencies, code that does not load."""
    found = (diagnosis.wants_configuration(errors), diagnosis.drifted(errors), diagnosis.broken(errors))

    assert found == (wants, drifted, broken)


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ("a\nb\n\n", "b"),
        ("╭─ Error ─╮\n│ No key. │\n╰─────────╯\n", "No key."),
        (
            "x.js:1\n  throw new Error(m);\n  ^\n\nTypeError: no key\n    at x (y.js:1)\n}\n\nNode.js v20.20.2\n",
            "TypeError: no key",
        ),
        (
            "Fatal error: Error [X]: No such module: y\n    at f (node:a:1:2)\n    at async g (node:b:3:4) {\n  code: 'X'\n}\n",
            "Fatal error: Error [X]: No such module: y",
        ),
        ("DeepError: no key\n    at f (x.js:1) {\n  shouldRetry: true\n}\n", "DeepError: no key"),
        ("It is retired.\n\nUse the other one.\n\nDocs: https://docs.example/mcp\n", "It is retired. … Docs: https://docs.example/mcp"),
        ("https://docs.example/mcp\n", "https://docs.example/mcp"),
        ('{"level": "info", "msg": "starting"}\n{"message": "No token", "error": "no such host", "pid": 1}\n', "No token: no such host"),
        ('{"level": "info"}\n', '{"level": "info"}'),
        (
            '{"message": "It failed", "data": {"message": "It failed", "stack": "at x", "cause": {"message": "no such host"}}}\n',
            "It failed: no such host",
        ),
        (
            "  + Exception Group Traceback (most recent call last):\n  |   x\n  +-+---------------- 1 ----------------\n    | ValueError: no key\n    +------------------------------------\n",
            "ValueError: no key",
        ),
        ('{"level": \n', '{"level":'),
        (
            "It has no key.\nnode:child_process:930\n    throw err;\n    ^\n\nError: Command failed: /x/y\n    at f (node:a:1)\n}\n\nNode.js v20.20.2\n",
            "It has no key.",
        ),
        (
            "node:child_process:930\n    throw err;\n    ^\n\nError: Command failed: /x/y\n    at f (node:a:1)\n}\n\nNode.js v20.20.2\n",
            "Error: Command failed: /x/y",
        ),
        ("", ""),
    ],
)  # fmt: skip
def test_the_last_words_are_the_last_line_that_says_something(errors: str, expected: str) -> None:
    """Frames around it are no words."""
    assert diagnosis.last_words(errors) == expected


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ("usage: x [-h] [--transport {stdio,http}] [--host HOST]", ("--transport", "http")),
        ("  --mode <stdio|sse|streamable-http>  how", ("--mode", "streamable-http")),
        ("usage: x [--level {http-only,all}] [--transport {stdio}]", ()),
        ("--url [http://127.0.0.1]", ()),
    ],
)
def test_a_usage_text_may_offer_to_listen(errors: str, expected: tuple[str, ...]) -> None:
    """Among the choices of a flag."""
    assert diagnosis.listening_words(errors) == expected


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ("Error: ENOENT: no such file or directory, open '/home/u/dummy'", True),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'dummy'", True),
        ("Credentials file dummy does not exist", True),
        ("Error: ENOENT: no such file or directory, open '/home/u/keys.json'", False),
        ("Error: the token dummy was refused", False),
    ],
)
def test_a_value_that_was_opened_as_a_file_is_recognised(errors: str, expected: bool) -> None:
    """Whatever language says that it is not there."""
    assert diagnosis.opened(errors, "dummy") is expected


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ("A_B\nPlease set X_URL to a valid Y URL (e.g., https://<environment-id>.apps.y.example).", ("https://dummy.apps.y.example", ("X_URL",))),
        ("X must be https://{tenant}.y.example/api, but is http://127.0.0.1:9", ("https://dummy.y.example/api", ())),
        ("Invalid URL; expected https://your-name.y.example.", ("https://dummy.y.example", ())),
        ("invalid token; see https://docs.y.example", ("https://docs.y.example", ())),
        ("See https://docs.y.example for more.", ("", ())),
        ("", ("", ())),
    ],
)  # fmt: skip
def test_an_address_that_is_wanted_is_told_by_an_example(
    errors: str, expected: tuple[str, tuple[str, ...]]
) -> None:
    """A page to read on may be taken for one, to which no way leads either."""
    assert diagnosis.example_address(errors) == expected


@pytest.mark.parametrize(
    ("errors", "is_guessed"),
    [
        ("TypeError: thread.markAsUncloneable is not a function\n    at index.js:3", True),
        ("ReferenceError: CustomEvent is not defined", True),
        ("SyntaxError: The requested module 'node:util' does not provide an export named 'styleText'", True),
        ("Error [ERR_UNKNOWN_BUILTIN_MODULE]: No such built-in module: node:sqlite", True),
        ("Error: the API key is not set", False),
        ("said: TypeError: x is not a function", False),
        ("SyntaxError: Unexpected token 'o', \"no\" is not valid JSON", False),
        ("", False),
    ],
)
def test_a_runtime_is_guessed_to_be_too_old(errors: str, is_guessed: bool, tmp_path: Path) -> None:
    """Only that of a package of npm, for one of Python says what it wants."""
    package = Installation(
        name="demo",
        version="1",
        folder=tmp_path,
        programs=tmp_path,
        code=tmp_path,
        scripts=(),
        ecosystem="npm",
    )

    assert diagnosis.outgrown(errors, package) is is_guessed
    assert diagnosis.outgrown(errors, replace(package, ecosystem="pypi")) is False
