"""Questions that people ask of a tool, answered from the facts of its page."""

from catalogue import legend
from catalogue.pages import ToolPage
from classifier.categories import Category

#: What the recommended policy does with a category.
_HANDLING = {
    Category.READ: "The recommended policy lets it through and counts it in a cap over all tools.",
    Category.WRITE: "The recommended policy lets it through thirty times a minute.",
    Category.EXECUTE: "The recommended policy lets it through ten times a minute.",
    Category.DESTRUCTIVE: "The recommended policy holds each call until a person approves it; the strict one hides the tool.",
    Category.FINANCIAL: "The recommended policy holds each call until a person approves it; the strict one hides the tool.",
}


def questions(page: ToolPage) -> list[tuple[str, str]]:
    """Pairs of question and answer, plain text; hostile names in them are for the template to escape."""
    name = page.name if len(page.name) <= 80 else page.name[:79] + "…"
    return [
        (f"What can {name} do?", f"One call can {legend.CATEGORIES[page.category].can}."),
        (f"Is {name} dangerous?", _danger(page)),
        (
            "Should an agent be allowed to call it?",
            f"{legend.CATEGORIES[page.category].defend} {_HANDLING[page.category]}",
        ),
        ("How do you know?", _source(page)),
    ]


def _danger(page: ToolPage) -> str:
    named = [
        legend.labels().get(code, code).lower()
        for code in dict.fromkeys(signal.code for signal in page.signals)
    ]
    shown = (
        f" Its definition shows: {', '.join(named)}."
        if named
        else " Its definition shows no further risk signal."
    )
    overt = " Its definition looks tampered with." if page.poisoned else ""
    return f"Its severity is {page.severity}, since its category is {page.category}.{shown}{overt}"


def _source(page: ToolPage) -> str:
    release = (
        f"release {page.provenance.release}" if page.provenance.release else "the release that was found"
    )
    return (
        f"The definition comes from {legend.METHODS[page.provenance.method]} ({release}, {page.provenance.taken_at[:10]}) "
        f"and was judged by rules and a trained model without running the tool. The verdict is {page.confidence:.0%} sure."
    )
