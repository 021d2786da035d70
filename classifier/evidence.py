"""What probes see in a definition: facts with the words that show them."""

from typing import Literal

from msgspec import Struct


class Evidence(Struct, frozen=True, kw_only=True, gc=False):
    """The words in a definition that show something."""

    #: `name`, `title`, `description`, `annotations`, or a path such as `inputSchema.properties.url.description`.
    field: str
    #: Exactly as it stands in the field; hostile text, so escape it.
    quote: str
    #: Offsets of the quote in the field, in characters, end exclusive.
    start: int
    end: int


class Signal(Struct, frozen=True, kw_only=True, gc=False):
    """A risk that the definition shows. A probe never decides the category."""

    #: The long code of the guide, such as `spends-credits`.
    code: str
    evidence: Evidence
    #: 0 to 1: how strongly the words show it.
    weight: float = 1.0


class Trait(Struct, frozen=True, kw_only=True, gc=False):
    """Something about a parameter or annotation that is worth knowing and is no risk by itself."""

    #: Such as `takes-url`, `takes-path`, `takes-sql`, `action-argument`, `unbounded-string`.
    code: str
    evidence: Evidence


class Finding(Struct, frozen=True, kw_only=True, gc=False):
    """A suspected poisoning or integrity fault, worded as a suspicion; never a category."""

    #: Such as `hidden-characters`, `instructs-model`, `shadows-tool`.
    code: str
    #: `hard`: overt, marks the tool as poisoned. `soft`: worth a look.
    strength: Literal["hard", "soft"]
    #: One sentence for a person.
    message: str
    evidence: Evidence
