"""What the catalogue knows of a server, as a policy for it: each rule with its reason."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal, get_args

from msgspec.structs import replace

from catalogue.entries import Entry
from catalogue.errors import CatalogueError
from catalogue.judged_tools import judged_tools
from catalogue.policies import argument_rules
from catalogue.policies.argument_rules import Choice
from catalogue.policies.reasons import reason
from catalogue.policies.shared_rules import shared
from catalogue.website.visible import one_line
from classifier.categories import Category
from classifier.verdicts import Verdict
from classifier.view import Parameter, parameters_of
from crawler.servers import ServerName
from crawler.snapshots import Method, Snapshot
from crawler.tools import Tool
from enforce.policy import AllTools, Approval, Condition, Limit, Policy, Rule, ToolRules
from enforce.reading.cursor import is_sound
from enforce.selectors import is_glob

Preset = Literal["recommended", "strict", "permissive"]
PRESETS: tuple[str, ...] = get_args(Preset)

#: Calls a minute: over all tools, and for one tool of a category.
ALL_TOOLS_RATE = 300
RATES = {Category.WRITE: 30, Category.EXECUTE: 10, Category.DESTRUCTIVE: 10, Category.FINANCIAL: 10}
#: Categories whose calls a person is asked about.
HELD = frozenset({Category.DESTRUCTIVE, Category.FINANCIAL})

#: The selector for tools that the catalogue judged to be destructive when the policy was written.
DESTRUCTIVE = "@destructive"
_NOT_ALLOWED = "This tool is not allowed."
_GONE = "What these destroy cannot be brought back."

#: Confidence below which a tool is not taken to read and do nothing else.
UNSURE = 0.7

#: Ways of reading that see the definition exactly as the server will list it, so that a pin on it holds.
_EXACT = frozenset({Method.LIVE, Method.REMOTE})
_GUESSED = {
    Method.STATIC: "Its tools were read from the source without running it: tools may be missing, and their schemas may say less than the server does.",
    Method.README: "Its tools were read from its README: names may be wrong and nothing is known of their arguments.",
    Method.MANIFEST: "Its tools were read from a list in its package: the running server may offer others.",
    Method.IMPORTED: "Its tools come from another catalogue's export and were not checked here.",
}


class NothingToSuggest(CatalogueError):
    """The catalogue does not know what tools a server has, so it cannot say what they may do."""

    def __init__(self, server: ServerName) -> None:
        super().__init__(server)
        self.server = server

    def __str__(self) -> str:
        return f"there is no list of the tools of {self.server}, so there is no policy to suggest"


class _Subject:
    """One tool as a rule is written for it."""

    def __init__(
        self,
        tool: Tool,
        parameters: tuple[Parameter, ...],
        verdict: Verdict,
        *,
        why: str,
        pin: str | None,
        choice: Choice | None,
    ) -> None:
        self.tool = tool
        self.verdict = verdict
        self.why = why
        #: `None` where the definition may be another when the server runs.
        self.pin = pin
        #: The argument that chooses between harmless and dangerous actions, where there is one.
        self.choice = choice
        #: How often it may be called, as far as that follows from its category.
        self.limits = _limits(tool.name, _cautious(verdict), why)
        #: What the preset that is recommended says of it, on which the strict one builds.
        self.recommended = argument_rules.add(parameters, verdict, _by_category(self))


def suggest(entry: Entry, preset: str = "recommended") -> Policy:
    """The policy for the server of *entry*; *preset* is one of PRESETS. Raises NothingToSuggest."""
    if preset not in PRESETS:
        raise ValueError(f"{preset!r} is none of {', '.join(PRESETS)}")
    if entry.snapshot is None:
        raise NothingToSuggest(entry.server.name)
    return _policy(entry, entry.snapshot, list(_subjects(entry)), preset)


def suggest_each(entry: Entry) -> dict[str, Policy]:
    """The policy of every preset, worked out together. Raises NothingToSuggest."""
    if entry.snapshot is None:
        raise NothingToSuggest(entry.server.name)
    subjects = list(_subjects(entry))
    return {preset: _policy(entry, entry.snapshot, subjects, preset) for preset in PRESETS}


def _policy(entry: Entry, snapshot: Snapshot, subjects: Sequence[_Subject], preset: str) -> Policy:
    write = {"recommended": _recommended, "strict": _strict, "permissive": _permissive}[preset]
    hidden = {subject.tool.name: subject for subject in subjects if _hides(subject, preset)}
    policy = Policy(
        default="allow" if preset == "permissive" else "deny",
        list="listed" if preset == "strict" else "all",
        all_tools=AllTools(
            limits=(_rate("all_tools_rate", ALL_TOOLS_RATE, why="Stops an agent that runs in circles."),)
        ),
        tools={subject.tool.name: write(subject) for subject in subjects if subject.tool.name not in hidden},
        description=_description(entry, snapshot, preset),
        server=str(entry.server.name),
        release=_release(snapshot),
    )
    return shared(_with_hidden(policy, hidden.values()))


def _subjects(entry: Entry) -> Iterator[_Subject]:
    for one in judged_tools(entry):
        if _nameable(one.tool.name):
            stable = one.snapshot.method in _EXACT and one.tool.name not in one.snapshot.unstable
            digest = one.tool.digest
            why = reason(one.verdict, entry.reviews.get(digest))
            parameters = tuple(known for known in parameters_of(one.tool) if is_sound(known.key))
            found = argument_rules.choice(parameters)
            matters = found and (found.is_harmful or one.verdict.category in HELD)
            pin = digest if stable else None
            yield _Subject(
                one.tool, parameters, one.verdict, why=why, pin=pin, choice=found if matters else None
            )


def _hides(subject: _Subject, preset: str) -> bool:
    if preset == "permissive":
        return False
    only_destroys = subject.verdict.category is Category.DESTRUCTIVE and subject.choice is None
    return subject.verdict.poisoned or (preset == "strict" and only_destroys)


def _with_hidden(policy: Policy, hidden: Iterable[_Subject]) -> Policy:
    """Hidden tools are denied as well, so that taking one out of `hide` does not open it, and its reason is kept."""
    poisoned = [subject for subject in hidden if subject.verdict.poisoned]
    destructive = [subject for subject in hidden if not subject.verdict.poisoned]
    denials = {
        subject.tool.name: ToolRules(deny_if=(Rule(on_deny=_NOT_ALLOWED, why=subject.why),))
        for subject in poisoned
    }
    named = {subject.tool.name: ToolRules(why=subject.why) for subject in destructive}
    both = {DESTRUCTIVE: ToolRules(deny_if=(Rule(on_deny=_NOT_ALLOWED, why=_GONE),))} if destructive else {}
    return replace(
        policy,
        hide=(*both, *denials),
        tools={**policy.tools, **denials, **named, **both},
        selectors={DESTRUCTIVE: tuple(named)} if destructive else {},
    )


def _recommended(subject: _Subject) -> ToolRules:
    return subject.recommended


def _strict(subject: _Subject) -> ToolRules:
    rules = subject.recommended
    choice = subject.choice
    if choice is not None and subject.verdict.category is Category.DESTRUCTIVE:
        denial = Rule(conditions=(_unlike(choice),), on_deny=_only(choice), why=subject.why)
        rules = replace(rules, deny_if=(denial, *rules.deny_if), require_approval=())
    return replace(rules, pin=subject.pin, validate="schema")


def _permissive(subject: _Subject) -> ToolRules:
    """Only limits, and a note in the log where the other presets would ask or hide."""
    rules = ToolRules(limits=subject.limits)
    if subject.verdict.poisoned:
        return replace(rules, deny_if=(Rule(why=subject.why, dry_run=True),))
    if subject.verdict.category in HELD:
        return replace(rules, require_approval=(_asking(subject, dry_run=True),))
    return rules


def _by_category(subject: _Subject) -> ToolRules:
    category, name, choice = _cautious(subject.verdict), subject.tool.name, subject.choice
    if category not in HELD and choice is None:
        return ToolRules(limits=subject.limits)
    approval = _asking(subject, dry_run=False)
    rest = _limits(name, choice.gravest_harmless, _rest_why(choice)) if choice else ()
    return ToolRules(require_approval=(approval,), limits=rest)


def _cautious(verdict: Verdict) -> Category:
    """A tool that perhaps only reads is limited like one that writes."""
    unsure = verdict.category is Category.READ and verdict.confidence < UNSURE
    return Category.WRITE if unsure else verdict.category


def _asking(subject: _Subject, *, dry_run: bool) -> Approval:
    choice = subject.choice
    conditions = (_unlike(choice),) if choice else ()
    return Approval(conditions=conditions, why=subject.why, dry_run=dry_run)


def _unlike(choice: Choice) -> Condition:
    """Holds for the dangerous members, and for anything that is no known member, or none at all."""
    return Condition(path=choice.path, op="not_in", value=list(choice.harmless))


def _only(choice: Choice) -> str:
    return f"Only these are allowed: {', '.join(choice.harmless)}."


def _rest_why(choice: Choice) -> str:
    return f"For {', '.join(choice.harmless)}: at most {choice.gravest_harmless}."


def _limits(name: str, category: Category, why: str) -> tuple[Limit, ...]:
    rate = RATES.get(category)
    return () if rate is None else (_rate(f"{name}_rate", rate, why=why),)


def _rate(counter: str, most: int, *, why: str) -> Limit:
    return Limit(counter=counter, window=60, max=most, why=why)


@lru_cache(maxsize=1024)
def _nameable(name: str) -> bool:
    """Whether a key of a policy can mean this tool and no other; every preset asks it anew."""
    return bool(name.strip()) and name.isprintable() and not is_glob(name) and not name.startswith("@")


def _description(entry: Entry, snapshot: Snapshot, preset: str) -> str:
    release = f" {one_line(snapshot.release)}" if snapshot.release else ""
    parts = [
        f"Suggested by the Tollhouse catalogue for {entry.server.name}{release}, preset {preset}.",
        _GUESSED.get(snapshot.method),
        _unnameable(snapshot),
    ]
    return " ".join(part for part in parts if part)


def _release(snapshot: Snapshot) -> str | None:
    """The release, with what no file can hold as question marks."""
    return snapshot.release and snapshot.release.encode("utf-8", "replace").decode()


def _unnameable(snapshot: Snapshot) -> str | None:
    count = sum(not _nameable(tool.name) for tool in snapshot.tools)
    return (
        f"{count} of its tools have names that no rule can name; none is written for them." if count else None
    )
