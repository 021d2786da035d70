"""The policies of one server as files: each preset, and the recommended one in every export format."""

from collections.abc import Sequence

from msgspec import Struct

from catalogue.entries import Entry
from catalogue.policies.shared_rules import SHARED
from catalogue.policies.suggest import suggest, suggest_each
from catalogue.website.pages import PolicyExport
from crawler.tools import Json
from enforce.export import FORMATS, Exported, export_policy
from enforce.policywrite import Common, json_text, policy_document

RECOMMENDED = "recommended"

#: How the file of a format is called, where it is not `.json`.
_ENDINGS = {
    "codex": "toml",
    "docker": "sh",
    "agentgateway": "yaml",
    "toolhive": "yaml",
    "envoy": "yaml",
    "intercept": "yaml",
    "rego": "rego",
}


class PolicyFiles(Struct, frozen=True, kw_only=True):
    """What the catalogue suggests for one server."""

    #: The recommended policy as plain values.
    document: dict[str, Json]
    #: The recommended policy as text.
    text: str
    #: File name below the server's page, by preset.
    presets: dict[str, str]
    #: The recommended policy in other formats.
    exports: tuple[PolicyExport, ...]
    #: Content by file name.
    contents: dict[str, bytes]


def policy_files(entries: Sequence[Entry]) -> list[PolicyFiles | None]:
    """The files for the server of each entry; `None` where no tool of it is known.

    One format is written for all of them after the other, since that is quicker than all formats for one after the other.
    """
    known = [entry for entry in entries if entry.snapshot is not None and entry.verdicts]
    policies = [suggest_each(entry) for entry in known]
    commons = [Common() for _ in known]
    documents = [
        {preset: policy_document(policy, common) for preset, policy in each.items()}
        for each, common in zip(policies, commons, strict=True)
    ]
    texts = [
        {preset: json_text(document, common) for preset, document in each.items()}
        for each, common in zip(documents, commons, strict=True)
    ]
    exports: list[dict[str, Exported]] = [{} for _ in known]
    for form in FORMATS:
        for each, policy in zip(exports, policies, strict=True):
            each[form] = export_policy(policy[RECOMMENDED], form)
    found = map(_files, documents, texts, exports)
    return [next(found) if entry.snapshot is not None and entry.verdicts else None for entry in entries]


def _files(
    documents: dict[str, dict[str, Json]], texts: dict[str, str], exports: dict[str, Exported]
) -> PolicyFiles:
    presets = {preset: f"policies/{preset}.json" for preset in texts}
    contents = {presets[preset]: text.encode() for preset, text in texts.items()}
    return PolicyFiles(
        document=documents[RECOMMENDED],
        text=texts[RECOMMENDED],
        presets=presets,
        exports=tuple(
            PolicyExport(format=form, file=_export_name(form), losses=tuple(map(str, exported.losses)))
            for form, exported in exports.items()
        ),
        contents=contents
        | {_export_name(form): exported.text.encode() for form, exported in exports.items()},
    )


def recommended(entry: Entry) -> dict[str, Json] | None:
    """The recommended policy for the server of *entry* as plain values; `None` where no tool of it is known."""
    if entry.snapshot is None or not entry.verdicts:
        return None
    return policy_document(suggest(entry, RECOMMENDED))


def tool_policy(document: dict[str, Json], tool: str) -> dict[str, Json] | None:
    """A whole policy that says of *tool* alone what *document* says; `None` where no rule can name the tool."""
    rules = document["tools"].get(tool)
    if rules is None:
        return None
    for selector, names in document.get("selectors", {}).items():
        if tool in names:
            also = document["tools"].get(selector, {})
            rules = {**rules, **{key: [*also[key], *rules.get(key, ())] for key in SHARED if key in also}}
    hide = {"hide": [tool]} if tool in document.get("hide", ()) else {}
    return {"version": document["version"], "default": document["default"], **hide, "tools": {tool: rules}}


def _export_name(form: str) -> str:
    return f"policies/{form}.{_ENDINGS.get(form, 'json')}"
