"""The steps by which a server is brought to list its tools, the least help first."""

from typing import Literal

from crawler.introspect.workshop import Workshop
from crawler.servers import Server
from crawler.snapshots import Outcome, Skipped, SkipReason

Way = Literal["auto", "live", "static"]


def climb(
    server: Server, *, workshop: Workshop, method: Way = "auto", widest: bool = True
) -> tuple[Outcome, ...]:
    """Introspect one listed server; blocks, so a coroutine calls it in a thread.

    The first outcome is that of the default profile; a second, of the profile `widest`, follows only where
    flags or variables bring more tools. *method* `live` never reads statically, `static` never runs anything.
    Every expected failure is a Skipped.
    """
    _ = method, widest
    return (
        Skipped(
            server=server.name,
            release=server.version,
            reason=SkipReason.NO_SANDBOX,
            detail="no way of introspecting is available yet",
            taken_at=workshop.now(),
        ),
    )
