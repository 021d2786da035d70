"""The pictures that previews of links show: one for each category and grade, drawn beforehand by docs/pictures.py."""

from catalogue.website import assets, legend, server_words
from catalogue.website.addresses import Addresses
from catalogue.website.pages import ServerPage, ToolPage
from classifier.categories import Category

#: Of each picture, in pixels.
WIDTH, HEIGHT = 1200, 630

#: The sentence on each card, by its name. It is also what readers of a preview hear who do not see the picture.
SAYS = {
    "site": "What can the tools of an MCP server do?",
    **{category.value: legend.CATEGORIES[category].verdict for category in Category},
    "unsure": "What it can do is not sure, since its definition says little",
    "tampered": "What it says to the model looks tampered with",
    "grade-A": "No tool of it can run, destroy or pay, as far as definitions tell",
    "grade-B": "No tool of it can run, destroy or pay, as far as definitions tell",
    "grade-C": "Put a policy before it: it can do harm, or says too little",
    "grade-D": "Take care: it can do much harm, or says too little",
    "grade-E": "Take great care: it can do much harm, and says little",
    "grade-F": "Do not connect it before you have read why",
    "unknown": "Nothing is known of its tools, which does not mean that they are harmless",
}  # fmt: skip


def file(name: str) -> str:
    """The static file of a card."""
    return f"card-{name}.png"


def of_tool(page: ToolPage) -> str:
    """The card of a tool's page."""
    if page.poisoned:
        return "tampered"
    return page.category.value if page.confidence >= legend.SURE else "unsure"


def of_server(page: ServerPage) -> str:
    """The card of a server's page."""
    if page.grade is None or server_words.gone(page):
        return "unknown"
    return "tampered" if page.grade.suspected else f"grade-{page.grade.letter}"


def addresses(site: Addresses) -> dict[str, str]:
    """Where each card lies, as whole addresses, which is what previews ask for."""
    return {name: site.whole(assets.published()[file(name)]) for name in SAYS}
