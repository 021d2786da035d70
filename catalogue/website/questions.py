"""Questions that people ask of a tool, answered from the facts of its page."""

from catalogue.website import legend
from catalogue.website.pages import ToolPage
from catalogue.website.percent import percent


def questions(page: ToolPage, handling: list[str]) -> list[tuple[str, str]]:
    """Pairs of question and answer, plain text; *handling* says what the suggested policy does with the tool."""
    name = f"“{page.name if len(page.name) <= 80 else page.name[:79] + '…'}”"
    return [
        (f"What can {name} do?", f"{_reservation(page)}ne call can {legend.CATEGORIES[page.category].can}."),
        (f"Is {name} dangerous?", _danger(page)),
        (
            "Should an agent be allowed to call it?",
            " ".join((_defence(page), *_suggested(handling))),
        ),
        ("How do you know?", _source(page)),
    ]


def _reservation(page: ToolPage) -> str:
    return "If its definition is to be believed, o" if page.poisoned else "O"


def _defence(page: ToolPage) -> str:
    if page.poisoned:
        return "Not before a person has read what its definition says. Hide it, and do not connect the server meanwhile."
    return legend.CATEGORIES[page.category].defend


def _suggested(handling: list[str]) -> list[str]:
    return ["The suggested policy says:", *handling] if handling else []


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
    if page.poisoned:
        return (
            f"Yes: its definition looks tampered with, so do not rely on anything else that it says.{shown}"
        )
    return f"Its severity is {page.severity}, since its category is {page.category}.{shown}"


def _source(page: ToolPage) -> str:
    release = (
        f"release {page.provenance.release}" if page.provenance.release else "the release that was found"
    )
    return (
        f"The definition comes from {legend.METHODS[page.provenance.method]} ({release}, {page.provenance.taken_at[:10]}) "
        f"and was judged by rules and a trained model without running the tool. The verdict is {percent(page.confidence)} sure."
    )
