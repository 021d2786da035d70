"""What the cassettes say GitHub answers, and what we ask, holds against GitHub's own descriptions."""

import json
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs
import pytest
import yaml

from crawler.sources.github_graph import facts_query
from crawler.sources.manifests import FILES

CASSETTES = Path(__file__).parent / "cassettes"
PACKAGES = Path(__file__).parents[3] / ".node" / "node_modules"
DESCRIPTION = PACKAGES / "@octokit" / "openapi" / "generated" / "api.github.com.json"

#: Path of a request to the path of the description.
PATHS = {
    r"/search/repositories": "/search/repositories",
    r"/repos/[^/]+/[^/]+": "/repos/{owner}/{repo}",
    r"/repositories/\d+": "/repos/{owner}/{repo}",
    r"/repos/[^/]+/[^/]+/commits": "/repos/{owner}/{repo}/commits",
    r"/repos/[^/]+/[^/]+/git/trees/[^/]+": "/repos/{owner}/{repo}/git/trees/{tree_sha}",
}


@pytest.fixture(autouse=True)
def _packages() -> None:
    if not DESCRIPTION.exists():
        pytest.skip("@octokit/openapi is not installed in .node; `make test` installs it")


@cache
def description() -> dict[str, Any]:
    return json.loads(DESCRIPTION.read_text("utf-8"))  # type: ignore[no-any-return]


def answers() -> Iterator[Any]:
    """Every answer of GitHub's REST interface in the cassettes."""
    for file in sorted(CASSETTES.glob("github*.yaml")):
        for interaction in yaml.safe_load(file.read_text("utf-8"))["interactions"]:
            address = urlsplit(interaction["request"]["uri"])
            if address.hostname == "api.github.com" and address.path != "/graphql":
                name = f"{file.stem} {interaction['request']['method']} {address.path}"
                yield pytest.param(address.path, interaction["response"], id=name)


def plain_schema(value: Any) -> Any:
    """OpenAPI 3.0 spells `null` in a way that JSON Schema does not know."""
    if isinstance(value, list):
        return [plain_schema(item) for item in value]
    if not isinstance(value, dict):
        return value
    schema = {key: plain_schema(item) for key, item in value.items() if key not in {"example", "examples"}}
    return {"anyOf": [schema, {"type": "null"}]} if value.get("nullable") is True else schema


@cache
def validator(path: str, status: str) -> Any:
    operation = description()["paths"][path]["get"]["responses"][status]
    if "$ref" in operation:
        operation = description()["components"]["responses"][operation["$ref"].rpartition("/")[2]]
    schema = dict(plain_schema(operation["content"]["application/json"]["schema"]))
    schema["components"] = {"schemas": plain_schema(description()["components"]["schemas"])}
    return jsonschema_rs.Draft7Validator(schema)


@pytest.mark.node
@pytest.mark.parametrize(("path", "response"), list(answers()))
def test_an_answer_of_a_cassette_is_one_that_github_describes(path: str, response: dict[str, Any]) -> None:
    """Field by field, against the OpenAPI description."""
    (described,) = (named for pattern, named in PATHS.items() if re.fullmatch(pattern, path))
    faults = validator(described, str(response["status"]["code"])).iter_errors(
        json.loads(response["body"]["string"])
    )

    assert [fault.message for fault in faults] == []


@pytest.mark.node
@pytest.mark.parametrize("count", [1, 25])
def test_the_query_is_one_that_github_understands(count: int) -> None:
    """Against the GraphQL schema, by the reference implementation."""
    check = (
        "import {readFileSync} from 'node:fs'; import {validate} from '@octokit/graphql-schema';"
        "console.log(JSON.stringify(validate(readFileSync(0, 'utf8')).map(String)));"
    )
    ran = subprocess.run(
        ["node", "--no-warnings", "--input-type=module", "-e", check],
        input=facts_query(count, FILES), cwd=PACKAGES.parent, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert json.loads(ran.stdout) == []


def test_no_cassette_holds_a_secret() -> None:
    """Nothing that looks like a credential of GitHub, npm or a package index was ever recorded."""
    secret = re.compile(
        r"gh[pousr]_\w{20,}|github_pat_\w{20,}|npm_\w{20,}|pypi-\w{20,}|(?i:authorization|set-cookie):"
    )
    texts = {file.name: file.read_text("utf-8") for file in CASSETTES.iterdir()}

    assert texts
    assert [name for name, text in texts.items() if secret.search(text)] == []
