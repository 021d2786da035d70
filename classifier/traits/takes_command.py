"""Does the caller write a command?"""

from classifier.cues import Cues
from classifier.trait import TraitProbe, named

PROBE = TraitProbe(
    code="takes-command",
    label="Takes a command",
    question="Does the caller write a command?",
    meaning="An argument is a command line or a program's arguments.",
    matters="One `;` or `$()` makes two commands of one.",
    advice="Require a pattern of whole commands, without shell characters.",
    seek=named(Cues("command|cmd|commands|shell|argv|args|cli", friends=["command ~1 id|name|type"])),
)
