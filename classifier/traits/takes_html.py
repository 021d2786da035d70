"""Does the caller write markup?"""

from classifier.cues import Cues
from classifier.trait import TraitProbe, named

PROBE = TraitProbe(
    code="takes-html",
    label="Takes HTML",
    question="Does the caller write HTML, a template or other markup that something renders?",
    meaning="An argument is HTML, SVG, CSS or a template.",
    matters="Markup can hold scripts, trackers and text that people do not see.",
    advice="Clean it where it is shown; prefer Markdown where the server offers both.",
    seek=named(
        Cues(
            "html|svg|css|markup|template|xml|mjml",
            friends=["template|html|svg|xml ~1 id|ids|name|path|type|key|url|uuid|slug"],
        )
    ),
)
