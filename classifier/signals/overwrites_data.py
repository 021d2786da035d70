"""May a call replace existing content without keeping the old?"""

from classifier.cues import Cues
from classifier.probe import Probe

PROBE = Probe(
    code="overwrites-data",
    label="Overwrites data",
    question="May a call replace existing content without keeping the old?",
    meaning="The call writes over a file, document, setting or record as a whole, and nothing keeps what stood there.",
    matters="An overwrite destroys quietly: the call looks like an ordinary edit and succeeds.",
    advice="Keep what it writes to under version control or backup, and limit the paths or records that it may touch.",
    name=Cues(
        "overwrite|replace|override|upsert",
        "write ~2 file|content|document|blob|object|text|range|cell|value|data|sheet",
        "put ~1 object|item|file|value|blob|content|document",
        "set ~2 content|body|text|value|values|clipboard",
        "reset|restore|rollback|revert|force",
        "save ~1 file",
        friends=[
            "find and replace",
            "replace ~1 string in",
            "password reset",
            "reset password|zoom|view|session|context|conversation",
            "force refresh",
        ],
    ),
    text=Cues(
        "overwrite|overwritten|overwriting|overwrites",
        "replace ~3 existing|all|entire|whole|current|content|previous",
        "completely|fully|entirely replace",
        "override ~3 existing|current|default",
        "replace the content|text|body|file|list|set|value",
        "write ~3 content|data|text ~3 to ~2 file",
        "if ~4 exist ~5 overwritten|replaced|updated",
        "full replacement|replace|update",
        "replace any|the ~2 previous|existing",
        "reset ~4 default|original|initial",
        "upsert",
        "覆盖",
        "替换",
        "上書き",
        "덮어",
        "sobrescribe|sobreescribe|sobrescreve|reemplaza",
        "überschreib",
        "écrase",
        friends=["replace ~3 placeholder|variable|with your"],
    ),
    parameters=Cues("overwrite", "replace ~1 existing|all"),
)
