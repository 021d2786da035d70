"""Does the caller say how much?"""

from classifier.cues import Cues
from classifier.trait import TraitProbe, named, takes_number

PROBE = TraitProbe(
    code="takes-amount",
    label="Takes an amount",
    question="Does the caller say how much is paid, traded or moved?",
    meaning="An argument is an amount of money, tokens or goods.",
    matters="A misplaced decimal point or a hostile text makes a small payment a large one.",
    advice="Deny above a ceiling (`deny_if` with `gt`), and hold what lies under it for approval at first.",
    seek=named(
        Cues(
            "amount|price|quantity|lamports|wei|budget|bid|stake|cents|notional|qty",
            friends=[
                "min|max|minimum|maximum|filter price|amount|quantity",
                "price ~1 id|type|range|level|currency|feed",
                "price ~1 min|max|from|to|lt|gt|gte|lte|change",
                "amount|quantity ~1 type|unit|min|max|from|to",
            ],
        ),
        takes_number,
    ),
)
