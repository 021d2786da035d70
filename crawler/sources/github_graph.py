"""Asks GitHub of many repositories in one GraphQL query."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from crawler.sources.github_api import GitHubApi

_FACTS = """
fragment facts on Repository {{
  nameWithOwner
  isPrivate
  defaultBranchRef {{ target {{ oid }} }}
{files}
}}
fragment text on Blob {{ text isBinary isTruncated }}
"""


class GraphFacts(Struct, frozen=True, kw_only=True):
    """What a query says of one repository."""

    commit: str | None = None
    #: Path at the root to the file's text.
    files: dict[str, str] = {}


async def repository_facts(
    api: GitHubApi, names: Sequence[str], files: Sequence[str]
) -> dict[str, GraphFacts | None]:
    """By name, `None` for a repository that is gone meanwhile; costs about one point of the limit."""
    variables = {}
    for number, name in enumerate(names):
        variables[f"owner{number}"], _, variables[f"name{number}"] = name.partition("/")
    data = await api.graphql(facts_query(len(names), files), variables)
    return {name: _facts(data.get(f"r{number}"), name, files) for number, name in enumerate(names)}


def facts_query(count: int, files: Sequence[str]) -> str:
    """The query for so many repositories; names travel as variables, never inside it."""
    wanted = ", ".join(f"$owner{number}: String!, $name{number}: String!" for number in range(count))
    asked = "\n".join(
        f"  r{number}: repository(owner: $owner{number}, name: $name{number}) {{ ...facts }}"
        for number in range(count)
    )
    blobs = "\n".join(
        f'  f{number}: object(expression: "HEAD:{file}") {{ ...text }}' for number, file in enumerate(files)
    )
    return f"query ({wanted}) {{\n{asked}\n}}" + _FACTS.format(files=blobs)


def _facts(data: Any, name: str, files: Sequence[str]) -> GraphFacts | None:
    """A renamed repository answers under its new name: it is left to be read by itself, and so found moved."""
    if not isinstance(data, dict) or data.get("isPrivate") or data.get("nameWithOwner") != name:
        return None
    texts = {file: _blob(data.get(f"f{number}")) for number, file in enumerate(files)}
    return GraphFacts(commit=_oid(data), files={file: text for file, text in texts.items() if text})


def _blob(blob: Any) -> str | None:
    if not isinstance(blob, dict) or blob.get("isTruncated") or not isinstance(blob.get("text"), str):
        return None
    return str(blob["text"])


def _oid(data: dict[str, Any]) -> str | None:
    branch = data.get("defaultBranchRef")
    target = branch.get("target") if isinstance(branch, dict) else None
    oid = target.get("oid") if isinstance(target, dict) else None
    return oid if isinstance(oid, str) else None
