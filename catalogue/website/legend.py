"""The words of the site for codes, categories, methods and reasons; what the classifier documents itself is taken from it."""

from functools import cache

from msgspec import Struct

from classifier.categories import Category, Severity
from classifier.poisoning import PROBES as TRICKS
from classifier.signals import PROBES as SIGNALS
from classifier.traits import PROBES as TRAITS
from crawler.snapshots import Method, SkipReason


class CategoryWords(Struct, frozen=True, kw_only=True):
    """How the site speaks of a category."""

    #: Ends the sentence "One call can ...".
    can: str
    #: The same in so few words that it can stand in a list of them.
    does: str
    #: Heading of the verdict on a tool.
    verdict: str
    #: The same where the verdict is less than `SURE`.
    perhaps: str
    #: What to do about such tools.
    defend: str


CATEGORIES = {
    Category.READ: CategoryWords(
        can="look something up, compute or render; nothing outside the reply changes",
        does="look things up",
        verdict="It only looks, as far as its definition tells",
        perhaps="It seems only to look",
        defend="Allow it, with a cap on how often. Mind what it reads: private data that a model has seen can leave "
        "through another tool, and text written by strangers can give the model orders.",
    ),
    Category.WRITE: CategoryWords(
        can="create, change or send something that can be changed back, or that only adds",
        does="change or send something",
        verdict="It changes or sends things that can be put right again",
        perhaps="It may change or send things",
        defend="Allow it with a limit, so that a loop cannot write a thousand times. Bind recipients and targets to the "
        "ones you know.",
    ),
    Category.EXECUTE: CategoryWords(
        can="run something whose effect the caller decides: code, commands, queries, clicks, jobs, machines",
        does="run what the caller hands to it",
        verdict="It runs what the caller hands to it",
        perhaps="It may run what the caller hands to it",
        defend="Bound the arguments: allowed commands, read-only statements, known targets. Keep the limit low and let "
        "the server run where it can break nothing.",
    ),
    Category.DESTRUCTIVE: CategoryWords(
        can="remove, overwrite or cancel something so that the former state is gone",
        does="destroy something for good",
        verdict="It can destroy something for good",
        perhaps="It may destroy something for good",
        defend="Hide it unless the work needs it. Where it is needed, hold each call for a person's approval.",
    ),
    Category.FINANCIAL: CategoryWords(
        can="move money or value, or commit someone to paying",
        does="move money",
        verdict="It can move money",
        perhaps="It may move money",
        defend="Hold each call for a person's approval, cap the amount of one call and of a day, and fix the recipients.",
    ),
}

#: What each severity says of the worst call.
SEVERITIES = {
    Severity.LOW: "Nothing changes. What is read may still be private, or written by somebody who wants to steer the model.",
    Severity.MEDIUM: "Something changes, and can be changed back.",
    Severity.HIGH: "Whoever calls decides what happens, so it may be anything, up to what is critical.",
    Severity.CRITICAL: "Something is gone for good, or money is.",
}

#: Below this the site says that a verdict is not sure.
SURE = 0.7

METHODS = {
    Method.LIVE: "the running server",
    Method.REMOTE: "the hosted server",
    Method.MANIFEST: "a list in the package",
    Method.STATIC: "its source, not run",
    Method.README: "its README, the last resort",
    Method.IMPORTED: "another catalogue",
}

SILENCES = {
    SkipReason.TIMEOUT: ("It did not answer in time.", "It was started in the sandbox and said nothing before the time was up."),
    SkipReason.OUTPUT_LIMIT: ("It said too much.", "Its answer was larger than a list of tools has any need to be."),
    SkipReason.PROTOCOL_ERROR: ("It did not speak the protocol.", "What came back was not the Model Context Protocol."),
    SkipReason.EXITED: ("It stopped by itself.", "The process ended before it had listed its tools."),
    SkipReason.NEEDS_CONFIG: ("It needs configuration.", "It asks for settings that its documentation does not let one guess."),
    SkipReason.NO_WHEEL: ("It has no wheel.", "Only a source distribution is published, and building one runs its code."),
    SkipReason.NOT_FOUND: ("It was not found.", "The index does not know the name."),
    SkipReason.GONE: ("It is gone.", "It was listed once and has been withdrawn."),
    SkipReason.ARCHIVE_REFUSED: ("Its archive was refused.", "The package holds paths or entries that no honest package needs."),
    SkipReason.ARCHIVE_BOMB: ("Its archive was refused.", "It unpacks to far more than its size allows."),
    SkipReason.HASH_MISMATCH: ("Its archive is not the one that the index names.", "The digest of the file differs."),
    SkipReason.RECORD_MISMATCH: ("Its files are not the ones that it records.", "The wheel's own list disagrees with its content."),
    SkipReason.DEPS_TOO_MANY: ("It needs too much.", "Its dependencies are more than the sandbox takes in."),
    SkipReason.NO_SANDBOX: ("There was no sandbox.", "Nothing is run unconfined, and its source did not give its tools away."),
    SkipReason.NO_TOOLS: ("It lists no tools.", "It started, answered, and offered nothing to call."),
    SkipReason.INTERNAL_ERROR: ("We failed on it.", "The fault is ours and is recorded."),
}  # fmt: skip

CHANGES = {
    "server_added": "The server entered the catalogue",
    "server_gone": "The server was withdrawn",
    "server_back": "The server is back",
    "released": "A release came out",
    "tool_added": "A tool was added",
    "tool_removed": "A tool was removed",
    "tool_renamed": "The tool was renamed",
    "reworded": "The description was reworded",
    "reschemaed": "The input schema changed",
    "reannotated": "The declared hints changed",
    "verdict_moved": "The verdict moved",
}

#: The same in the fewest words, before the names of tools, in the order in which a line tells them.
TOLD = {
    "server_gone": "was withdrawn",
    "server_back": "is back",
    "server_added": "entered the catalogue",
    "released": "came out",
    "verdict_moved": "judged otherwise",
    "tool_added": "added",
    "tool_removed": "removed",
    "tool_renamed": "renamed",
    "reworded": "reworded",
    "reschemaed": "other arguments",
    "reannotated": "other hints",
}

OBSERVED = {"host": "asked for the host", "listen": "listened on", "file": "wrote", "process": "ran"}

#: Steps of the ladder on which a server is brought to speak; what the crawler adds to them stands in its own words.
STEPS = {
    "bare": "started as it is",
    "repair": "started with other versions of what it is built on",
    "source": "started in the folder of its source, of which its package lacks a file",
    "writable": "started with a copy of its installation that it may write to",
    "native": "started with its compiled parts",
    "readme_args": "started with the arguments of its README",
    "readme_env": "started with the variables of its README",
    "stderr_env": "started with the variables that it asked for",
    "usage": "started with the words of its own usage text",
    "http": "asked over HTTP at the port at which it listens",
    "lifespan": "started without what it does at the start",
    "stub": "started with a stub in place of its services",
    "streamable-http": "asked over HTTP",
    "sse": "asked over HTTP in the way of the first revision",
    "manifest": "read from the list in its bundle",
    "static": "read from its source",
    "readme": "read from its README",
}

#: What each preset of a suggested policy does.
PRESETS = {
    "recommended": "allows reading, limits writing and running, holds destroying and paying for a person",
    "strict": "besides hides what only destroys, checks arguments against each tool's schema, and pins each definition",
    "permissive": "only limits and records",
}

ECOSYSTEMS = {"pypi": "PyPI", "npm": "npm", "github": "GitHub", "registry": "MCP registry"}

#: What the clients and gateways call themselves that a policy can be exported to.
FORMATS = {
    "claude-code": "Claude Code",
    "codex": "Codex",
    "gemini": "Gemini CLI",
    "cursor": "Cursor",
    "vscode": "VS Code",
    "zed": "Zed",
    "copilot": "Copilot",
    "docker": "Docker MCP gateway",
    "agentgateway": "agentgateway",
    "toolhive": "ToolHive",
    "envoy": "Envoy AI Gateway",
    "intercept": "Intercept",
    "rego": "Rego",
}

#: What each part of a grade counts at most.
GRADE_PARTS = {"severity": 40, "definitions": 25, "integrity": 25, "evidence": 10}


def verdict(category: Category, confidence: float) -> str:
    """The heading of a verdict that is so sure."""
    words = CATEGORIES[category]
    return words.verdict if confidence >= SURE else words.perhaps


@cache
def labels() -> dict[str, str]:
    """A few words for each code of a signal, a trait or a suspicion."""
    signals = {probe.code: probe.label for probe in SIGNALS}
    traits = {probe.code: probe.label for probe in TRAITS}
    return signals | traits | {probe.code: probe.label for probe in TRICKS}


def silence(reason: str) -> str:
    """Why a server showed no tools, in a sentence."""
    return SILENCES[SkipReason(reason)][0]


def label(code: str) -> str:
    """A few words for a code, also for one that an older version of the classifier left behind."""
    return labels().get(code) or code.replace("_", " ").replace("-", " ")


@cache
def tricks() -> frozenset[str]:
    """The codes of suspicions that have a page."""
    return frozenset(probe.code for probe in TRICKS)


@cache
def meanings() -> dict[str, str]:
    """What each signal means, in a sentence."""
    return {probe.code: probe.meaning for probe in SIGNALS}
