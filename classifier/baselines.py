"""What others do, to compare with: keywords of the name, and trust in the annotations by the specification's defaults."""

from classifier.categories import Category
from classifier.words import words_of_name
from crawler.tools import Tool

#: Nouns and verbs in the order in which keyword catalogues look for them; the first list that has a word wins.
_KEYWORDS: tuple[tuple[Category, frozenset[str]], ...] = (
    (
        Category.FINANCIAL,
        frozenset(
            "payment pay charge refund invoice billing subscription transfer payout checkout price order balance".split()  # noqa: SIM905
        ),
    ),
    (
        Category.DESTRUCTIVE,
        frozenset("delete remove drop destroy purge wipe truncate erase revoke terminate".split()),  # noqa: SIM905
    ),
    (Category.EXECUTE, frozenset("execute exec run eval shell command invoke trigger query deploy".split())),  # noqa: SIM905
    (
        Category.WRITE,
        frozenset(
            "create update add set edit write insert upload send post patch put modify move copy rename assign".split()  # noqa: SIM905
        ),
    ),
    (
        Category.READ,
        frozenset("get list search find read fetch view show describe check count lookup retrieve".split()),  # noqa: SIM905
    ),
)


def by_keywords(tool: Tool) -> Category | None:
    """The category of the first keyword list that has a word of the name; `None` is what such catalogues call other."""
    words = frozenset(words_of_name(tool.name))
    return next((category for category, keywords in _KEYWORDS if not words.isdisjoint(keywords)), None)


def by_annotations(tool: Tool) -> Category:
    """Read where that is declared, else destructive unless that is denied, which is the specification's default."""
    claims = tool.annotations
    if claims.read_only:
        return Category.READ
    return Category.WRITE if claims.destructive is False else Category.DESTRUCTIVE
