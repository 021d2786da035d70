"""The policy language as JSON Schema, by which editors complete and check policy files."""

import json
from importlib.resources import files

from crawler.tools import Json


def policy_schema() -> dict[str, Json]:
    """The schema, draft 2020-12. It knows what `read_policy` knows but for regular expressions, duplicates and selectors."""
    return dict(
        json.loads(files("enforce.schema").joinpath("policy.schema.json").read_text(encoding="utf-8"))
    )
