"""Whether a package wants a newer Node.js than the one at hand."""

import re

from crawler.tools import Json

#: What a range of releases is written with; a word for the newest or the like says nothing of an age.
_RANGE = re.compile(r"[\dxXv*.<>=^~|\s-]{1,300}")
#: The lowest version that one alternative of a range allows; none where it only forbids newer ones.
_LOWEST = re.compile(r"^\s*(?:>=?|\^|~|=|v)*\s*v?(\d{1,4})(?:\.(\d{1,4}))?(?:\.(\d{1,4}))?")


def wanted_engine(manifest: Json, have: str) -> str:
    """The range of Node.js that a `package.json` wants, if *have* is older than all of it; else empty."""
    engines = manifest.get("engines") if isinstance(manifest, dict) else None
    wanted = engines.get("node") if isinstance(engines, dict) else None
    here = _LOWEST.match(have)
    if not isinstance(wanted, str) or here is None or not _RANGE.fullmatch(wanted):
        return ""
    alternatives = [_LOWEST.match(part) for part in wanted.split("||")]
    if any(one is None or _numbers(one) <= _numbers(here) for one in alternatives):
        return ""
    return wanted.strip()


def _numbers(match: re.Match[str]) -> tuple[int, ...]:
    return tuple(int(part or 0) for part in match.groups())
