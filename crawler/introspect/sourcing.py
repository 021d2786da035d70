"""Whether a server misses a file of its own source that its package does not have; its authors start it where that lies."""

import re

from crawler.introspect.packages.install import Installation

#: How programs say that a file is not there.
_MISSING = re.compile(
    r"no such file|not found|does not exist|doesn't exist|ENOENT|(?:cannot|can't|could not|unable to) (?:find|open|load|read)",
    re.IGNORECASE,
)
_PATH = re.compile(r"[\w./-]{1,300}\.[A-Za-z]\w{0,9}\b")
#: Paths that are looked at, and folders of each.
_MOST, _DEEPEST = 50, 6


def misses_source(errors: str, installation: Installation) -> bool:
    """Whether the words name a file that is not there, and that the source has at such a place; hostile text."""
    source = installation.source
    if source is None:
        return False
    lines = [line for line in errors.splitlines() if _MISSING.search(line)]
    paths = [path for line in lines for path in _PATH.findall(line)][:_MOST]
    tails = ("/".join(path.split("/")[-count:]) for path in paths for count in range(1, _DEEPEST))
    return any(".." not in tail and not tail.startswith("/") and (source / tail).is_file() for tail in tails)
