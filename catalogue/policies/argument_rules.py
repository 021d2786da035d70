"""Rules about single arguments, where a schema shows one that is worth a rule and a rule that is hard to get wrong."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from classifier.actions import MEANINGS
from classifier.categories import Category
from classifier.traits.action_argument import selects
from classifier.verdicts import Verdict
from classifier.view import Parameter
from classifier.words import words_of_name
from enforce.paths import spell
from enforce.policy import Approval, Condition, Rule, ToolRules
from enforce.reading.cursor import is_sound

#: A step up in a path, whichever way the slashes lean, also where it is percent-encoded.
CLIMBS = r"(?i)(^|[/\\]|%2f|%5c)(\.|%2e){2}([/\\]|%2f|%5c|$)"
#: Addresses of this machine, its private networks and the cloud's metadata, with or without a scheme, and schemes that read files.
INTERNAL = (
    r"(?i)^\s*(file|ftp|gopher|dict|ldap|data):"
    r"|(^\s*|[/\\]{2}([^/\\?#]*@)?)(localhost|0\.0\.0\.0|127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2[0-9]|3[01])\.|\[|0x|0[0-9]+\.)"
    r"|[/\\]{2}([^/\\?#]*@)?([0-9]+|[^/\\?#:]*\.(internal|local|localhost)\.?)([:/\\?#]|$)"
)
#: Words with which a statement of SQL, Cypher or GraphQL changes something.
CHANGES = r"(?i)\b(insert|update|delete|drop|alter|truncate|create|replace|merge|grant|revoke|call|exec|execute|set|copy|attach|detach|vacuum|into|remove|rename|mutation)\b"
#: A number below zero, written as text.
NEGATIVE = r"^\s*-"
#: More than one address in one text.
SEVERAL = r"@[^@]*[,;\s][^@]*@"

#: Names of arguments that hold a query.
_QUERIES = frozenset({"query", "statement", "q"})
_CATEGORIES_OF_HARM = frozenset({Category.DESTRUCTIVE, Category.FINANCIAL})


class Choice(Struct, frozen=True, kw_only=True):
    """An argument by which a caller chooses between actions of which some are dangerous."""

    path: str
    #: Members that no verb makes destructive or financial; never empty.
    harmless: tuple[str, ...]
    gravest_harmless: Category
    #: Whether a verb makes one of the others destructive or financial; else it is only not known to be harmless.
    is_harmful: bool


def choice(parameters: Sequence[Parameter]) -> Choice | None:
    """The choosing argument of a tool, if it has just one and some of its members are known to be harmless."""
    found = [
        parameter
        for parameter in parameters
        if parameter.depth == 0 and selects(parameter) and _is_text(parameter)
    ]
    if len(found) != 1:
        return None
    graded = {member: _graded(member) for member in found[0].members}
    harmless = {
        member: category
        for member, category in graded.items()
        if category and category not in _CATEGORIES_OF_HARM and is_sound(member)
    }
    if not harmless or len(harmless) == len(graded):
        return None
    gravest = max(harmless.values(), key=lambda category: category.gravity)
    return Choice(
        path=_path(found[0]),
        harmless=tuple(harmless),
        gravest_harmless=gravest,
        is_harmful=not _CATEGORIES_OF_HARM.isdisjoint(graded.values()),
    )


def _graded(member: str) -> Category | None:
    """The gravest category that any verb in *member* may stand for; `None` where it has no verb."""
    meanings = [category for word in words_of_name(member) for category in MEANINGS.get(word, ())]
    return max(meanings, key=lambda category: category.gravity, default=None)


def add(parameters: Sequence[Parameter], verdict: Verdict, rules: ToolRules) -> ToolRules:
    """*rules* with those about single arguments behind them; *parameters* are the tool's."""
    marked: dict[str, set[str]] = {}
    for trait in verdict.traits:
        marked.setdefault(trait.evidence.field, set()).add(trait.code)
    denials = list(rules.deny_if)
    approvals = list(rules.require_approval)
    asks = any(signal.code == "raw-query" for signal in verdict.signals)
    for parameter in parameters:
        # This is where the query goes of which the tool as a whole speaks.
        is_query = asks and parameter.key.lower() in _QUERIES
        codes = marked.get(parameter.path)
        if parameter.depth or not (codes or is_query):
            continue
        codes = codes or set()
        for code in sorted(codes):
            denials += _DENIALS.get(code, _nothing)(parameter)
        if is_query or "takes-query" in codes:
            approvals += _queries(parameter, verdict)
        if "takes-recipient" in codes and verdict.category is not Category.READ:
            approvals += _recipients(parameter, rules)
    return replace(rules, deny_if=tuple(denials), require_approval=tuple(approvals))


def _nothing(_: Parameter) -> Iterator[Rule]:
    yield from ()


def _paths(parameter: Parameter) -> Iterator[Rule]:
    if _is_text(parameter):
        yield Rule(
            conditions=_matching(parameter, CLIMBS),
            on_deny=f"{parameter.key} must not lead upwards with '..'.",
            why="A path that climbs leaves the folder that was meant.",
        )


def _urls(parameter: Parameter) -> Iterator[Rule]:
    if _is_text(parameter):
        yield Rule(
            conditions=_matching(parameter, INTERNAL),
            on_deny=f"{parameter.key} must not be an internal address.",
            why="An address of this machine or its network is not for an agent to reach.",
        )


def _amounts(parameter: Parameter) -> Iterator[Rule]:
    bounds = [parameter.schema.get(key) for key in ("minimum", "exclusiveMinimum")]
    if any(isinstance(bound, int | float) and bound >= 0 for bound in bounds):
        return  # the server says so itself
    if _is_text(parameter):
        conditions = _matching(parameter, NEGATIVE)
    elif parameter.types & {"number", "integer"} and "string" not in parameter.types:
        conditions = (*_given(parameter), Condition(path=_path(parameter), op="lt", value=0))
    else:
        return
    yield Rule(
        conditions=conditions,
        on_deny=f"{parameter.key} must not be negative.",
        why="A negative amount turns the direction of a payment.",
    )


def _recipients(parameter: Parameter, rules: ToolRules) -> list[Approval]:
    if rules.require_approval:
        return []
    why = "One message to many is how a slip or a trick spreads."
    if _is_text(parameter):
        return [Approval(conditions=_matching(parameter, SEVERAL), why=why)]
    if parameter.types - {"null"} == {"array"}:
        second = Condition(path=f"{_path(parameter)}.1", op="exists", value=True)
        return [Approval(conditions=(second,), why=why)]
    return []


def _queries(parameter: Parameter, verdict: Verdict) -> list[Approval]:
    if verdict.category not in (Category.EXECUTE, Category.READ) or not _is_text(parameter):
        return []
    why = "A statement that changes something is worth a person's look."
    return [Approval(conditions=_matching(parameter, CHANGES), why=why)]


_DENIALS: dict[str, Callable[[Parameter], Iterator[Rule]]] = {
    "takes-path": _paths,
    "takes-url": _urls,
    "takes-amount": _amounts,
}


def _matching(parameter: Parameter, pattern: str) -> tuple[Condition, ...]:
    return (*_given(parameter), Condition(path=_path(parameter), op="regex", value=pattern))


def _given(parameter: Parameter) -> tuple[Condition, ...]:
    """Where null is a way of leaving the argument out, it must not count as something that cannot be compared."""
    return (Condition(path=_path(parameter), op="exists", value=True),) if "null" in parameter.types else ()


def _is_text(parameter: Parameter) -> bool:
    return parameter.types - {"null"} == {"string"}


def _path(parameter: Parameter) -> str:
    return f"args.{spell(parameter.key)}"
