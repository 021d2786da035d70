"""Whether a package wants a newer Node.js than the one at hand."""

import re
import subprocess
from functools import cache
from pathlib import Path

from crawler.tools import Json

#: The lowest version that one alternative of a range allows; none where it only forbids newer ones.
_LOWEST = re.compile(r"^\s*(?:>=?|\^|~|=|v)*\s*v?(\d{1,4})(?:\.(\d{1,4}))?(?:\.(\d{1,4}))?")


@cache
def node_version(node: Path) -> str:
    """What our own Node.js calls itself, such as `v20.11.1`; empty if it does not say."""
    try:
        said = subprocess.run([str(node), "--version"], capture_output=True, text=True, timeout=10, check=False)  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return said.stdout.strip()[:40]


def wanted_engine(manifest: Json, have: str) -> str:
    """A sentence that says which Node.js a `package.json` wants, if *have* is older than all of them; else empty."""
    engines = manifest.get("engines") if isinstance(manifest, dict) else None
    wanted = engines.get("node") if isinstance(engines, dict) else None
    here = _LOWEST.match(have)
    if not isinstance(wanted, str) or here is None:
        return ""
    alternatives = [_LOWEST.match(part) for part in wanted[:300].split("||")]
    if any(one is None or _numbers(one) <= _numbers(here) for one in alternatives):
        return ""
    return f"it wants Node.js {wanted[:60].strip()}, and here is {have}"


def _numbers(match: re.Match[str]) -> tuple[int, ...]:
    return tuple(int(part or 0) for part in match.groups())
