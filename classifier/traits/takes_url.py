"""Does the caller say which address is contacted?"""

from classifier.cues import Cues
from classifier.trait import TraitProbe, named

PROBE = TraitProbe(
    code="takes-url",
    label="Takes a URL",
    question="Does the caller say which address is contacted?",
    meaning="An argument is a URL, host name or endpoint.",
    matters="An address chosen by a hostile text can reach internal services, or carry data out in its path.",
    advice="Require a pattern that starts with `https://` and the hosts that you expect.",
    seek=named(
        Cues(
            "url|uri|href|website|webpage|hostname|endpoint|webhook|link|host|urls",
            friends=["endpoint|link|host|webhook|website id|name|uuid|type|key"],
        )
    ),
)
