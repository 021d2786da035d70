"""What was tried to get one server's tools, and how each attempt ended."""

from dataclasses import dataclass, field

from crawler.introspect.workshop import Workshop
from crawler.servers import Server
from crawler.snapshots import Method, Profile, Rung, Skipped, SkipReason, Snapshot
from crawler.tools import Tool

#: Characters of a server's words that are kept.
_DETAIL = 300


@dataclass
class Attempts:
    """One server on its way up the ladder: the rungs behind it, and why it is skipped if none is better."""

    server: Server
    workshop: Workshop
    rungs: list[Rung] = field(default_factory=list)
    #: Why it could not be installed through no fault of its own: what it would have listed may be learned another day.
    owed: tuple[SkipReason, str] | None = None
    _reason: SkipReason = SkipReason.NO_TOOLS
    _detail: str = "no way of finding its tools was tried"

    def fail(self, step: str, reason: SkipReason, detail: str, *, final: bool = True) -> None:
        """Note how a step failed. The last *final* failure is what the server is skipped for."""
        self.rungs.append(Rung(step=step, outcome=reason, detail=self._shown(detail)))
        if final:
            self._reason, self._detail = reason, self._shown(detail)

    def skipped(self, reason: SkipReason | None = None, detail: str = "") -> Skipped:
        """Why the server said nothing; what failed last unless a reason is given."""
        return Skipped(
            server=self.server.name,
            release=self.server.version,
            reason=reason or self._reason,
            detail=self._shown(detail) if reason else self._detail,
            taken_at=self.workshop.now(),
            rungs=tuple(self.rungs),
        )

    def read(self, step: str, method: Method, release: str | None, tools: tuple[Tool, ...]) -> Snapshot:
        """Tools that were found without running anything."""
        self.rungs.append(Rung(step=step, outcome="listed"))
        return Snapshot(
            server=self.server.name,
            release=release or None,
            method=method,
            profile=Profile(step=step),
            tools=tools,
            taken_at=self.workshop.now(),
            rungs=tuple(self.rungs),
        )

    def _shown(self, text: str) -> str:
        """What is kept of a server's words."""
        text = self.workshop.nameless(text)
        return text if len(text) <= _DETAIL else text[: _DETAIL - 1] + "…"
