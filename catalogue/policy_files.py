"""The policies of one server as files: each preset, and the recommended one in every export format."""

from collections.abc import Iterator

from msgspec import Struct

from catalogue.entries import Entry
from catalogue.suggest import PRESETS, suggest
from crawler.tools import Json
from enforce.policy import Policy
from enforce.policywrite import policy_document, write_policy

RECOMMENDED = "recommended"


class PolicyFiles(Struct, frozen=True, kw_only=True):
    """What the catalogue suggests for one server."""

    #: The recommended policy as plain values.
    document: dict[str, Json]
    #: The recommended policy as text.
    text: str
    #: File name below the server's page, by preset or format.
    names: dict[str, str]
    #: Content by file name.
    contents: dict[str, bytes]


def policy_files(entry: Entry) -> PolicyFiles | None:
    """The files for the server of *entry*; `None` where no tool of it is known."""
    if entry.snapshot is None or not entry.verdicts:
        return None
    policies = {preset: suggest(entry, preset) for preset in PRESETS}
    made = dict(_files(policies))
    recommended = policies[RECOMMENDED]
    return PolicyFiles(
        document=policy_document(recommended),
        text=made[RECOMMENDED][1],
        names={label: name for label, (name, _) in made.items()},
        contents={name: text.encode() for name, text in made.values()},
    )


def tool_policy(files: PolicyFiles, tool: str) -> dict[str, Json] | None:
    """A whole policy that speaks of *tool* alone; `None` where no rule can name the tool."""
    rules = files.document["tools"].get(tool)
    if rules is None:
        return None
    hide = {"hide": [tool]} if tool in files.document.get("hide", ()) else {}
    return {
        "version": files.document["version"],
        "default": files.document["default"],
        **hide,
        "tools": {tool: rules},
    }


def _files(policies: dict[str, Policy]) -> Iterator[tuple[str, tuple[str, str]]]:
    for preset, policy in policies.items():
        yield preset, (f"policies/{preset}.json", write_policy(policy))
