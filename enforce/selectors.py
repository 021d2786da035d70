"""Which tools a key of a policy speaks of: an exact name, a glob, or an `@selector`."""

from collections.abc import Iterable

from enforce.policy import Policy

#: Whether a glob speaks of a longer tool name is not worked out, since that must not cost what a hostile server makes it cost;
#: such a tool is hidden where there are globs.
LONGEST_NAME = 512


def is_glob(key: str) -> bool:
    """Whether *key* has wildcards: `*` is any number of characters, `?` is one."""
    return "*" in key or "?" in key


def catches_all(key: str) -> bool:
    """Whether *key* names nothing at all, like `*`; such a key never lists a tool."""
    return not key.strip("*?")


def matches(glob: str, name: str) -> bool:
    """Whether the whole of *name* fits *glob*, case-sensitively, in time proportional to the product of their lengths."""
    here, there, star, resume = 0, 0, -1, 0
    while there < len(name):
        if here < len(glob) and glob[here] == "*":
            star, resume = here, there
            here += 1
        elif here < len(glob) and glob[here] in ("?", name[there]):
            here, there = here + 1, there + 1
        elif star >= 0:
            resume += 1
            here, there = star + 1, resume
        else:
            return False
    return not glob[here:].strip("*")


def speaks_of(policy: Policy, key: str, name: str) -> bool:
    """Whether *key*, of `tools` or `hide`, speaks of the tool *name*."""
    if key == name:
        return not key.startswith("@")
    if key.startswith("@"):
        return name in policy.selectors.get(key, ())
    return is_glob(key) and len(name) <= LONGEST_NAME and matches(key, name)


def wide_keys(keys: Iterable[str]) -> list[str]:
    """Those of *keys* that may speak of other tools than the one that they spell."""
    return [key for key in keys if key.startswith("@") or is_glob(key)]


def keys_for(policy: Policy, wide: Iterable[str], name: str) -> list[str]:
    """The keys of `tools` that speak of *name*: its own first, then those of *wide*, in the order of the file."""
    own = [name] if name in policy.tools and not name.startswith("@") else []
    return own + [key for key in wide if key != name and speaks_of(policy, key, name)]
