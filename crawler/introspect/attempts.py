"""What was tried to make one server list its tools, and how each attempt ended."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from msgspec.structs import replace as replace_struct

from crawler.introspect import diagnosis
from crawler.introspect.configuration import configurations
from crawler.introspect.dummies import CREDENTIALS
from crawler.introspect.entrypoint import unclear
from crawler.introspect.hooks.stub import AUTHORITY, PORT
from crawler.introspect.live import BROWSER, STUB, Heard, Launch, listen, overhear, unstable
from crawler.introspect.packages.install import Installation, source_text
from crawler.introspect.packages.install_node import NEWEST
from crawler.introspect.sandboxes.watch import Watch
from crawler.introspect.steps import launches
from crawler.introspect.widening import combinations, credentials, opens_doors, widenings
from crawler.introspect.workshop import Workshop
from crawler.mcp.session import MODERN_VERSION
from crawler.mcp.stdio import Patience
from crawler.servers import Server
from crawler.snapshots import COPIED, Method, Observation, Profile, Rung, Skipped, SkipReason, Snapshot
from crawler.tools import Tool

#: Launches of one installation, in all.
_MOST_LAUNCHES = 16
#: After so long no further launch of it is begun; seconds.
_MOST_SECONDS = 240.0
#: Seconds for the launches after one that ended in silence.
_SECOND_PATIENCE = 25.0
_DETAIL = 300
#: Where the service is that we play.
_PLAYED = tuple(f"127.0.0.1:{port}" for port in (PORT, 80, 443))
#: How a profile says that a server was not started whole, where its step may be another.
_LEFT_OUT = {"native": ("without compiled modules that are not there",)}


@dataclass
class Attempts:
    """One server on its way up the ladder."""

    server: Server
    workshop: Workshop
    rungs: list[Rung] = field(default_factory=list)
    #: What the launches of the last installation came to, in order.
    heard: list[Heard] = field(default_factory=list)
    _reason: SkipReason = SkipReason.NO_TOOLS
    _detail: str = "no way of finding its tools was tried"
    #: The launch after which it listed tools.
    _succeeded: Launch | None = None

    @property
    def said(self) -> str:
        """All that they said on stderr together; hostile text."""
        return "\n".join(heard.errors for heard in self.heard)

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

    def launched(self, installation: Installation) -> Snapshot | None:
        """Launch with more and more help until the server lists tools; `None` if no help suffices."""
        self.heard.clear()
        if said := unclear(installation.name, installation.scripts):
            self.fail("bare", SkipReason.NO_WHEEL, said)
            return None
        started = self.workshop.clock()
        for step, launch in launches(
            self.server, installation, self.heard, lambda launch: self._help(launch, installation)
        ):
            if missing := self._missing(launch):
                self.fail(step, SkipReason.NO_SANDBOX, missing, final=launch.crutch != "stub")
                continue
            heard = self._listen(launch, installation)
            self.heard.append(heard)
            if heard.tools:
                return self._listed(step, launch, installation, heard)
            lacks = installation.lacks or _guess(heard.errors, installation)
            # What a server makes of answers that mean nothing to it is not why it lists nothing.
            self._failed(step, heard, lacks, final=launch.crutch != "stub")
            older = diagnosis.older_generation(heard.errors, installation.resolved)
            hopeless = diagnosis.wants_old_sdk(heard.errors, installation.resolved) or older
            if hopeless or self._late(started) or len(self.heard) >= _MOST_LAUNCHES:
                return None
        return None

    def _missing(self, launch: Launch) -> str:
        """What the sandbox of this machine lacks for a launch, a sentence; empty where nothing."""
        sandbox = self.workshop.sandbox
        assert sandbox is not None  # noqa: S101 - the ladder looked
        if launch.copied and not sandbox.copies:
            return f"it writes into its own installation, of which {sandbox.name} gives it no copy"
        if launch.crutch == "stub" and not sandbox.own_network:
            return f"no service can be played to it: {sandbox.name} has no loopback on which one could answer"
        return ""

    def widened(self, default: Snapshot, installation: Installation) -> Snapshot | None:
        """The widest profile; `None` where nothing brings more tools than the default."""
        plain = self._succeeded or Launch(
            command=default.profile.command, environment=default.profile.environment
        )
        readme = self.server.readme or installation.readme
        asked = opens_doors(source_text(installation.code, installation.files))
        parts = widenings(self._help(plain, installation) if asked else "", readme)
        shown = configurations(readme, installation.name, installation.scripts)
        best: tuple[Launch, Heard] | None = None
        started = self.workshop.clock()
        for part in dict.fromkeys([*combinations(parts), *credentials(readme, shown)]):
            launch = replace(
                plain,
                command=(*plain.command, *part.arguments),
                environment={**plain.environment, **dict(part.environment)},
            )
            if launch == plain:
                continue
            heard = self._listen(launch, installation)
            if len(heard.tools) > len(best[1].tools if best else default.tools):
                best = launch, heard
            if self._late(started):
                break
        return self._widest(default, *best, installation) if best else None

    def _late(self, started: datetime) -> bool:
        """Whether launches have gone on for so long that no further one is begun."""
        return (self.workshop.clock() - started).total_seconds() > _MOST_SECONDS * self.workshop.load()

    def _widest(
        self, default: Snapshot, launch: Launch, heard: Heard, installation: Installation
    ) -> Snapshot:
        again = self._again(launch, installation, default.protocol_version)
        return replace_struct(
            default,
            profile=replace_struct(
                default.profile, name="widest", command=launch.command, environment=dict(launch.environment)
            ),
            tools=heard.tools,
            unstable=_unstable(heard, again),
            observations=again.observations,
        )

    def _help(self, launch: Launch, installation: Installation) -> str:
        """What the program prints when asked for help; hostile text."""
        assert self.workshop.sandbox is not None  # noqa: S101 - the ladder looked
        asking = replace(launch, command=(launch.command[0], "--help"))
        return overhear(asking, installation, sandbox=self.workshop.sandbox)

    def once(self, launch: Launch, installation: Installation) -> Snapshot | None:
        """One launch, just as a person said it."""
        heard = self._listen(launch, installation)
        if heard.tools:
            return self._listed("bare", launch, installation, heard)
        self._failed("bare", heard)
        return None

    def _failed(self, step: str, heard: Heard, lacks: str = "", *, final: bool = True) -> None:
        """Note how a launch failed, and first what the machine *lacks* for it."""
        reason = heard.reason or SkipReason.NO_TOOLS
        if reason is SkipReason.EXITED and diagnosis.wants_configuration(heard.errors):
            reason = SkipReason.NEEDS_CONFIG
        said = diagnosis.last_words(heard.errors) if heard.reason else ""
        if reason is SkipReason.PROTOCOL_ERROR:
            # What it answered tells more than its log does.
            said = heard.detail or said
            if diagnosis.wants_service(said) or diagnosis.wants_configuration(said):
                # It answered in the protocol: its tools are those of an account, for which it asked in vain.
                reason = SkipReason.NEEDS_CONFIG
        words = said or heard.detail or "the server listed no tools"
        self.fail(step, reason, f"{lacks}; {words}" if lacks else words, final=final)

    def _listen(self, launch: Launch, installation: Installation) -> Heard:
        assert self.workshop.sandbox is not None  # noqa: S101 - the ladder looked
        patience = self.workshop.patience
        if any(rung.outcome == SkipReason.TIMEOUT for rung in self.rungs):
            # Who was silent once for long seldom speaks up later.
            patience = replace(patience, total=min(patience.total, _SECOND_PATIENCE))
        sandbox, patience = self.workshop.sandbox, self._stretched(patience)
        if launch.crutch != "stub" or not sandbox.watches:
            return listen(launch, installation, sandbox=sandbox, patience=patience)
        with Watch() as watch:
            # It is the supervisor that makes every name lead to the service.
            return listen(launch, installation, sandbox=sandbox, patience=patience, watch=watch)

    def _stretched(self, patience: Patience) -> Patience:
        """As much longer as the machine is slower now, so that a busy one lists the same servers."""
        load = self.workshop.load()
        return replace(patience, total=patience.total * load, after_traceback=patience.after_traceback * load)

    def _again(self, launch: Launch, installation: Installation, version: str | None) -> Heard:
        """A second launch: whether the definitions are the same, and what the server does besides."""
        sandbox = self.workshop.sandbox
        assert sandbox is not None  # noqa: S101 - the ladder looked
        modern = version == MODERN_VERSION
        with Watch() as watch:
            heard = listen(
                launch,
                installation,
                sandbox=sandbox,
                patience=self._stretched(self.workshop.patience),
                modern=modern,
                watch=watch if sandbox.watches else None,
            )
        # Where the package was installed this time tells nothing of it.
        seen = [
            replace_struct(
                what, what=self.workshop.nameless(what.what.replace(f"{installation.folder}/", ""))
            )
            for what in heard.observations
            if not _ours(what, launch)
        ]
        return replace(heard, observations=tuple(seen))

    def _listed(self, step: str, launch: Launch, installation: Installation, heard: Heard) -> Snapshot:
        assert heard.listing is not None and self.workshop.sandbox is not None  # noqa: S101, PT018 - it listed
        self.rungs.append(Rung(step=step, outcome="listed"))
        self._succeeded = launch
        again = self._again(launch, installation, heard.listing.protocol_version)
        return Snapshot(
            server=self.server.name,
            release=installation.version or None,
            method=Method.LIVE,
            profile=Profile(
                command=launch.command,
                environment=dict(launch.environment),
                step=step,
                repairs=(
                    *installation.repairs,
                    *_LEFT_OUT.get(launch.crutch, ()),
                    *((COPIED,) if launch.copied else ()),
                ),
                runtime=installation.runtime,
                sandbox=self.workshop.sandbox.name,
            ),
            tools=heard.tools,
            taken_at=self.workshop.now(),
            protocol_version=heard.listing.protocol_version,
            server_info=heard.listing.server_info,
            instructions=heard.listing.instructions,
            unstable=_unstable(heard, again),
            observations=again.observations,
            rungs=tuple(self.rungs),
            resolved=installation.resolved,
        )

    def _shown(self, text: str) -> str:
        """What is kept of a server's words."""
        text = self.workshop.nameless(text)
        return text if len(text) <= _DETAIL else text[: _DETAIL - 1] + "…"


def _ours(seen: Observation, launch: Launch) -> bool:
    """Whether something that was seen is what we did: a file that we wrote, a host that we named, the service that we play."""
    match seen.kind:
        case "file":
            return seen.what == CREDENTIALS or seen.what.startswith(f"{AUTHORITY}/")
        case "host":
            return any(seen.what in told for told in launch.environment.values())
        case "listen":
            return launch.crutch == "stub" and seen.what in _PLAYED
        case "process":
            ours = (str(STUB), str(BROWSER), AUTHORITY)
            return launch.crutch == "stub" and any(place in seen.what for place in ours)


def _guess(errors: str, installation: Installation) -> str:
    if NEWEST in installation.repairs or not diagnosis.outgrown(errors, installation):
        return ""
    return f"perhaps it wants a newer one than {installation.runtime}"


def _unstable(heard: Heard, again: Heard) -> tuple[str, ...]:
    """Names of the tools that nobody can recognise by their definition."""
    # A second launch that fails, as one may that finds what the first left behind, says nothing of tools.
    differing = unstable(heard.tools, again.tools) if again.listing else ()
    return tuple(sorted({*differing, *heard.placed}))
