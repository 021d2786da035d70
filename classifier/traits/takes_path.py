"""Does the caller say which file or folder is touched?"""

from classifier.cues import Cues
from classifier.trait import TraitProbe, named

PROBE = TraitProbe(
    code="takes-path",
    label="Takes a path",
    question="Does the caller say which file or folder is touched?",
    meaning="An argument is a path on the server's machine.",
    matters="`../` and absolute paths lead to keys and settings that nobody meant.",
    advice="Require a pattern that begins with the folder you allow and has no `..` in it.",
    seek=named(
        Cues(
            "path|filepath|filename|directory|dir|folder|cwd|filepaths|paths|outfile",
            "file|input|output|source|target path|file",
            "file",
            friends=[
                "file|folder|directory|dir ~1 id|ids|key|type|format|size|extension|token|gid",
                "path param|parameter|params",
            ],
        )
    ),
)
