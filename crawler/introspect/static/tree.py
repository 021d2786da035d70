"""Reading a whole package: which files are worth a look, and which language reads them."""

import re
import warnings
from collections.abc import Mapping

from crawler.introspect.static.javascript import read_javascript
from crawler.introspect.static.javascript_modules import SUFFIXES
from crawler.introspect.static.python import read_python
from crawler.introspect.static.reading import Notes, StaticReading

#: Files looked at; a package of more is a monorepo, of which the folder of one server should be given.
MOST_FILES = 20_000

#: Folders and files that a server does not run: tests, examples, documentation, other people's packages.
_ASIDE = re.compile(
    r"(?:^|/)(?:tests?|__tests__|testing|examples?|samples?|demos?|docs?|benchmarks?|e2e|fixtures?|__pycache__|"
    r"node_modules|site-packages|\.[^/]+|[^/]*\.dist-info|[^/]*\.egg-info)/|"
    r"(?:^|/)(?:test_[^/]*|[^/]*_test|conftest|setup)\.py$|[._](?:test|spec|stories)\.[cm]?[jt]sx?$"
)

_LANGUAGES = {(".py",): read_python, SUFFIXES: read_javascript}


def read_tree(files: Mapping[str, bytes]) -> StaticReading:
    """Read the tools that a package registers, without executing or importing anything.

    `files` maps paths inside the package, with forward slashes, to their content; only what is needed is looked up,
    so a lazy mapping is fine. Never raises for what the files say: what cannot be read ends as a doubt.
    """
    notes = Notes()
    paths = sorted(path for path in files if not _ASIDE.search(path))
    if len(paths) > MOST_FILES:
        notes.doubt(f"more than {MOST_FILES} files; the rest was not read")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the parser warns of odd escapes in other people's source
        for suffixes, read in _LANGUAGES.items():
            chosen = [path for path in paths[:MOST_FILES] if path.endswith(suffixes)]
            if chosen:
                read(files, chosen, notes)
    return notes.reading()
