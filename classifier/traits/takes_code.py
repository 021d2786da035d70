"""Does the caller write code?"""

from classifier.cues import Cues
from classifier.trait import TraitProbe, named

PROBE = TraitProbe(
    code="takes-code",
    label="Takes code",
    question="Does the caller write program code?",
    meaning="An argument is a program, a script or an expression that is evaluated.",
    matters="Code can do whatever the account that runs it can do.",
    advice="Run the server without network and secrets; hold the call for approval.",
    seek=named(
        Cues(
            "code|script|snippet|javascript|python|js|expression",
            friends=[
                "country|zip|postal|status|error|currency|language|lang|area|airport|auth|authorization|verification|discount|promo|stock|color|iata|state|region|product|coupon|otp|exchange|station|city|tracking|sku|barcode|qr|project|company|fund|invite|room|security|short|device|oauth|bank|tax|hs|department|account|login|confirmation code",
                "code ~1 id|type|language|lang|path|name",
                "script ~1 id|name|path|type|url",
            ],
        )
    ),
)
