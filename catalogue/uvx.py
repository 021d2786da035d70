"""How uvx makes an environment like the one in which a server was started here."""

from collections.abc import Iterator

from crawler.snapshots import BEFORE, BUILT, COPIED, LOCKED, Profile


def options(profile: Profile) -> Iterator[str]:
    """What it is told besides the package; what had to be built it builds by itself."""
    for repair in profile.repairs:
        if repair.startswith(BEFORE):
            yield from ("--exclude-newer", repair.removeprefix(BEFORE))
        elif not repair.endswith(BUILT) and repair not in (COPIED, LOCKED):
            yield from ("--with", repair)
