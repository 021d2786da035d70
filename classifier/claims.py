"""What annotations and lists of actions add to what the words say: they may raise a category, never lower it."""

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from classifier.actions import MEANINGS
from classifier.categories import Category
from classifier.probe import IN_PARAMETER
from classifier.signals import PROBES, Hit
from classifier.traits.action_argument import gravest, listed, selectors
from classifier.view import View
from classifier.words import stem, words_of_name

#: Words by which a text itself speaks of removing, replacing or overwriting.
_REMOVING_SPELLED = """
    remove removed removing removal delete deleted deleting deletion replace replaced replacing overwrite
    overwritten overwriting erase clear discard purge destroy wipe reset unset prune drop revoke truncate
    detach uninstall cancel unlink strip expire release
"""
_REMOVING = frozenset(map(stem, _REMOVING_SPELLED.split()))
#: Tools that do what the caller's arguments say stay `execute`, however destructive their author declares them.
_FREE_HANDED = frozenset(
    place
    for place, probe in enumerate(PROBES)
    if probe.code in ("runs-code", "runs-shell", "raw-query", "drives-interface")
)
_WRITES = next(place for place, probe in enumerate(PROBES) if probe.code == "writes-files")
#: Requests over HTTP are chosen by these; a tool that takes any of them is `execute`.
_METHODS = frozenset({"get", "post", "put", "patch", "head", "options"})
#: Words that say nothing in a name.
_EMPTY = frozenset(
    {"tool", "function", "example", "sample", "custom", "mcp", "server", "demo", "foo", "bar", "default"}
)
#: Below this share, a claim or a list of actions weighs more than the words' being those of a reading tool.
_DOUBTED = 0.85
#: So many times likelier than without it is reading where the author declares it, and less likely where the author denies
#: it: of 461 tools of the corpus that were declared read-only readers found 458 to be so, of 335 others 14.
_WORD = 10.0
_READS = (Category.READ,)
_CHANGING = (Category.WRITE, Category.DESTRUCTIVE)
#: Between two verbs of a name they say that both are done, or either.
_JOINING = frozenset({"and", "or", "then"})
#: Choosing to overwrite is writing: what may replace a file's content is no removal yet.
_REPLACING = frozenset({"overwrite", "replace"})


class Raised(Struct, frozen=True):
    """A graver category than the words alone give, how often that is right, and why."""

    category: Category
    confidence: float
    reason: str


def heard(view: View, odds: Sequence[float]) -> Sequence[float]:
    """The odds of the words once what the author declares of reading is weighed with them."""
    read_only = view.tool.annotations.read_only
    if read_only is None:
        return odds
    reading = odds[Category.READ.gravity] * (_WORD if read_only else 1 / _WORD)
    whole = reading + sum(odds) - odds[Category.READ.gravity]
    return [reading / whole, *(odd / whole for odd in odds[1:])]


def raised(
    view: View, hits: Sequence[Hit], category: Category, odds: Sequence[float], weighed: Sequence[float]
) -> Raised | None:
    """The gravest of what annotations and lists of actions claim; `None` if the words are as sure of as much.

    *odds* are those of the words alone, *weighed* those that have heard the author.
    """
    claims = (
        _declared_destructive(view, hits, category, weighed),
        _listed(view, odds, category),
        _joined(view, category),
        _landing(hits, category),
        _silent(view),
    )
    graver = [claim for claim in claims if claim and _adds(claim, category, weighed)]
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


def _listed(view: View, odds: Sequence[float], category: Category) -> Raised | None:
    if category is Category.READ and odds[category.gravity] >= _DOUBTED:
        return None
    for parameter in selectors(view):
        members = [one for one in listed(parameter) if _REPLACING.isdisjoint(words_of_name(one))]
        worst = gravest(members) if len(members) > 1 else None
        if worst and worst[1] is Category.DESTRUCTIVE and _METHODS.isdisjoint(map(str.lower, members)):
            return Raised(worst[1], 0.8, f"The argument “{parameter.key}” allows “{worst[0]}”")
    return None


def _joined(view: View, category: Category) -> Raised | None:
    """A name that joins reading with a change, such as `search_and_replace`, changes something."""
    words = view.name.words
    if (
        category is not Category.READ
        or _JOINING.isdisjoint(words)
        or Category.READ not in MEANINGS.get(words[0], ())
    ):
        return None
    for joint, verb in pairwise(words):
        if joint in _JOINING and MEANINGS.get(verb, _READS)[0] in _CHANGING:
            return Raised(Category.WRITE, 0.8, f"The name joins “{words[0]}” with “{verb}”")
    return None


def _landing(hits: Sequence[Hit], category: Category) -> Raised | None:
    """What takes a place to put its result writes there, however it reads: of 14 such tools of the corpus 13 do."""
    if category is not Category.READ:
        return None
    for hit in hits:
        if hit.probe == _WRITES and hit.weight == IN_PARAMETER:
            return Raised(
                Category.WRITE, 0.85, f"The argument “{hit.evidence().quote}” says where to write the result"
            )
    return None


def _silent(view: View) -> Raised | None:
    """A definition that says nothing at all is taken for the cautious choice."""
    if view.description.words or view.title.words or view.parameters or not _EMPTY.issuperset(_long(view)):
        return None
    return Raised(Category.EXECUTE, 0.5, "Nothing in the definition says what it does")


def _long(view: View) -> list[str]:
    return [word for word in view.name.words if len(word) > 2 and not word.isdigit()]
