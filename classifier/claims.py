"""What annotations and lists of actions add to what the words say: they may raise a category, never lower it."""

from collections.abc import Sequence

from msgspec import Struct

from classifier.categories import Category
from classifier.model import CATEGORIES
from classifier.signals import PROBES, Hit
from classifier.traits.action_argument import gravest, selectors
from classifier.view import View
from classifier.words import stem

#: Words by which a text itself speaks of removing, replacing or overwriting.
_REMOVING = frozenset(
    stem(word)
    for word in [
        "remove",
        "removed",
        "removing",
        "removal",
        "delete",
        "deleted",
        "deleting",
        "deletion",
        "replace",
        "replaced",
        "replacing",
        "overwrite",
        "overwritten",
        "overwriting",
        "erase",
        "clear",
        "discard",
        "purge",
        "destroy",
        "wipe",
        "reset",
        "unset",
        "prune",
        "drop",
        "revoke",
        "truncate",
        "detach",
        "uninstall",
        "cancel",
        "unlink",
        "strip",
        "expire",
        "release",
    ]
)
#: Tools that do what the caller's arguments say stay `execute`, however destructive their author declares them.
_FREE_HANDED = frozenset(
    place
    for place, probe in enumerate(PROBES)
    if probe.code in ("runs-code", "runs-shell", "raw-query", "drives-interface")
)
#: Requests over HTTP are chosen by these; a tool that takes any of them is `execute`.
_METHODS = frozenset({"get", "post", "put", "patch", "head", "options"})
#: Words that say nothing in a name.
_EMPTY = frozenset(
    {"tool", "function", "example", "sample", "custom", "mcp", "server", "demo", "foo", "bar", "default"}
)
#: Below this share, a claim or a list of actions weighs more than the words' being those of a reading tool.
_DOUBTED = 0.85


class Raised(Struct, frozen=True):
    """A graver category than the words alone give, how often that is right, and why."""

    category: Category
    confidence: float
    reason: str


def raised(view: View, hits: Sequence[Hit], category: Category, odds: Sequence[float]) -> Raised | None:
    """The gravest of what annotations and lists of actions claim; `None` if the words are as sure of as much."""
    claims = (
        _declared_destructive(view, hits, category, odds),
        _declared_change(view, odds),
        _listed(view, odds, category),
        _silent(view),
    )
    graver = [claim for claim in claims if claim and _adds(claim, category, odds)]
    return max(graver, key=lambda claim: claim.category.gravity, default=None)


def _adds(claim: Raised, category: Category, odds: Sequence[float]) -> bool:
    if claim.category is category:
        return odds[category.gravity] < claim.confidence
    return claim.category.gravity > category.gravity


def _declared_destructive(
    view: View, hits: Sequence[Hit], category: Category, odds: Sequence[float]
) -> Raised | None:
    declared = view.tool.annotations
    if not declared.destructive or declared.read_only:
        return None
    if category is Category.EXECUTE and any(hit.probe in _FREE_HANDED for hit in hits):
        return None
    if category is Category.READ and odds[category.gravity] >= _DOUBTED:
        return None
    spoken = _spoken(view)
    if spoken is None:
        return None
    reason = f"Its author declares it destructive, and it speaks of “{spoken}”"
    return Raised(Category.DESTRUCTIVE, 0.86, reason)


def _spoken(view: View) -> str | None:
    texts = (
        view.name.words,
        view.title.words,
        view.description.words,
        *(one.words for one in view.parameters),
    )
    return next((word for words in texts for word in words if word in _REMOVING), None)


def _declared_change(view: View, odds: Sequence[float]) -> Raised | None:
    if view.tool.annotations.read_only is not False or odds[Category.READ.gravity] >= _DOUBTED:
        return None
    likeliest = max(CATEGORIES[1:], key=lambda category: odds[category.gravity])
    return Raised(likeliest, 0.6, "Its author declares that it does not only read")


def _listed(view: View, odds: Sequence[float], category: Category) -> Raised | None:
    if category is Category.READ and odds[category.gravity] >= _DOUBTED:
        return None
    for parameter in selectors(view):
        members = parameter.members
        worst = gravest(members) if len(members) > 1 else None
        if worst and worst[1] is Category.DESTRUCTIVE and _METHODS.isdisjoint(map(str.lower, members)):
            return Raised(worst[1], 0.8, f"The argument “{parameter.key}” allows “{worst[0]}”")
    return None


def _silent(view: View) -> Raised | None:
    """A definition that says nothing at all is taken for the cautious choice."""
    if view.description.words or view.title.words or view.parameters or not _EMPTY.issuperset(_long(view)):
        return None
    return Raised(Category.EXECUTE, 0.5, "Nothing in the definition says what it does")


def _long(view: View) -> list[str]:
    return [word for word in view.name.words if len(word) > 2 and not word.isdigit()]
