"""Says of a server in words what its page knows: the answer in a sentence, the facts beside it, who it is."""

from collections import Counter
from collections.abc import Collection, Sequence

from catalogue.entries import Grade
from catalogue.grades import LETTERS
from catalogue.plural import plural
from catalogue.website import legend
from catalogue.website.pages import ServerPage
from classifier.categories import Category
from crawler.servers import Server, Variable
from crawler.snapshots import Rung, SkipReason

#: Variables that are given to every server that will not start, and that none of them asked for.
_OURS = frozenset({"DOCKER_HOST"})
#: What a person is asked about.
_HELD = {Category.DESTRUCTIVE: "destroys something", Category.FINANCIAL: "moves money"}
_REASONS: dict[str, SkipReason] = {reason.value: reason for reason in SkipReason}


def title(page: ServerPage) -> str:
    """The page's title, which previews of a link show: the name, and that it is gone, or the grade if there is one."""
    if gone(page):
        return f"{page.listing.name}: withdrawn"
    return f"{page.listing.name}: grade {page.grade.letter}" if page.grade else page.listing.name


def gone(page: ServerPage) -> bool:
    """Whether the server has been withdrawn."""
    return page.silence is not None and page.silence.reason is SkipReason.GONE


def starts(page: ServerPage) -> bool:
    """Whether there is anything to tell of how it starts: what was read, or came from elsewhere, was not started here."""
    profile = page.started.profile if page.started else None
    return profile is not None and bool(
        profile.command
        or profile.environment
        or profile.repairs
        or profile.runtime
        or profile.sandbox
        or (page.started and (page.started.observations or page.started.resolved))
    )


def misled(page: ServerPage) -> bool:
    """Whether what the server tells the model on connecting is overtly suspicious."""
    return page.started is not None and any(one.strength == "hard" for one in page.started.findings)


def summary(page: ServerPage) -> str:
    """The page in a few sentences, for previews and search engines."""
    if not page.tools:
        why = f"{silence(page)['title']} " if page.silence else ""
        return f"{why}Nothing is known of its tools, which does not mean that they are harmless."
    tampered = sum(row.poisoned for row in page.tools)
    places = [plural(tampered, "definition")] * bool(tampered) + ["what it tells the model"] * misled(page)
    alarm = f"Suspected of tampering: {' and '.join(places)}. " if places else ""
    withdrawn = "It has been withdrawn. " if gone(page) else ""
    return f"{withdrawn}{alarm}{answer(page)} Each tool with the words that show what it does, and a policy that allows only what you want."


def answer(page: ServerPage) -> str:
    """What its tools can do to the world, gravest first, in a sentence; empty where none is known."""
    if not page.tools:
        return ""
    said = _abilities(page)
    if page.grade and page.grade.suspected:
        return f"If its definitions are to be believed, {said}."
    only_reads = page.counts[Category.READ] == len(page.tools)
    return f"{said[0].upper()}{said[1:]}{', as far as definitions tell' if only_reads else ''}."


def signals(page: ServerPage) -> list[tuple[str, int]]:
    """The signals that its tools show, each with how many do, the commonest first."""
    return Counter(code for row in page.tools for code in row.signals).most_common()


def advice(page: ServerPage) -> str:
    """What the recommended policy does with its tools, as the rest of a sentence."""
    kinds = {row.category for row in page.tools if not row.poisoned}
    held = " or ".join(words for category, words in _HELD.items() if category in kinds)
    said = [
        *["hides and denies what looks tampered with"] * any(row.poisoned for row in page.tools),
        *["lets it look things up"] * (Category.READ in kinds),
        *[f"limits how often it may {words} something" for words in [_limited(kinds)] if words],
        *[f"asks a person before it {held}"] * bool(held),
    ]
    return ", ".join(said[:-1]) + " and " * (len(said) > 1) + said[-1]


def _limited(kinds: Collection[Category]) -> str:
    if Category.WRITE not in kinds:
        return "run" if Category.EXECUTE in kinds else ""
    return "change, send or run" if Category.EXECUTE in kinds else "change or send"


def _abilities(page: ServerPage) -> str:
    total = len(page.tools)
    grave = [
        f"{page.counts[category]} can {legend.CATEGORIES[category].does}"
        for category in reversed(Category)
        if category is not Category.READ and page.counts[category]
    ]
    whole = "its one tool" if total == 1 else f"its {plural(total, 'tool')}"
    if not grave:
        return f"{whole} {'only looks' if total == 1 else 'only look'} things up"
    if total == 1:
        return f"{whole} {grave[0].removeprefix('1 ')}"
    listed = ", ".join(grave[:-1]) + " and " * (len(grave) > 1) + grave[-1]
    return f"of its {plural(total, 'tool')}, {listed}"


def earned(grade: Grade) -> str:
    """How the letter follows from the sum, in a sentence."""
    best, points = next(pair for pair in LETTERS if grade.points >= pair[1])
    words = f"From {points} points {'an' if best in 'AEF' else 'a'} {best}."
    return f"{words} {grade.ceiling}" if grade.ceiling else words


def needs(page: ServerPage, server: Server) -> list[Variable]:
    """The variables that its packages declare, and those without which it would not start here."""
    declared = [variable for package in server.packages for variable in package.environment]
    given = page.started.profile.environment if page.started else {}
    known = {variable.name for variable in declared} | _OURS
    return [*declared, *(Variable(name=name, required=True) for name in given if name not in known)]


def facts(page: ServerPage) -> list[tuple[str, str]]:
    """The plain facts about a server for the side of its page; what is not known is left out."""
    seen = page.provenance
    listing = page.listing
    pairs = (
        ("Newest release", listing.version),
        ("Published", listing.released_at and listing.released_at[:10]),
        ("Release read", seen and seen.release != listing.version and seen.release),
        ("Read from", seen and legend.METHODS[seen.method]),
        ("Read on", seen and seen.taken_at[:10]),
        ("Protocol", seen and seen.protocol_version),
        ("Licence", listing.license),
        ("Author", listing.author),
        ("In the catalogue since", page.first_seen[:10]),
        ("Last looked for", page.last_seen[:10]),
    )
    return [(label, value) for label, value in pairs if value]


def identity(page: ServerPage) -> str:
    """What is known of who the server is, in a sentence: how many listings claim one another."""
    if len(page.listings) > 1:
        agreed = f"{len(page.listings)} listings name each other, so they are taken for one server."
    else:
        agreed = "It is listed in one place, so nothing else confirms what it says of itself."
    return agreed if not page.conflicts else f"{agreed} Some claims stand alone:"


def attempts(rungs: Sequence[Rung]) -> list[tuple[str, str, str]]:
    """What was tried, how it ended, and what was seen then."""
    return [(legend.STEPS.get(rung.step, rung.step), _ending(rung), rung.detail) for rung in rungs]


def _ending(rung: Rung) -> str:
    reason = _REASONS.get(rung.outcome)
    return (
        legend.SILENCES[reason][0]
        if reason
        else "It listed its tools."
        if rung.outcome == "listed"
        else rung.outcome
    )


def silence(page: ServerPage) -> dict[str, str]:
    """Why the newest attempt brought no tools: a title and a sentence, empty where it did."""
    title, says = legend.SILENCES[page.silence.reason] if page.silence else ("", "")
    return {"title": title, "says": says}
