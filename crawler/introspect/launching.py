"""The launches of one installation: with more and more help until the server lists its tools, and again when it has."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from msgspec.structs import replace as replace_struct

from crawler.introspect import diagnosis
from crawler.introspect.attempts import Attempts
from crawler.introspect.configuration import configurations
from crawler.introspect.dummies import CREDENTIALS
from crawler.introspect.entrypoint import unclear
from crawler.introspect.hooks.stub import AUTHORITY, PORT
from crawler.introspect.live import BROWSER, STUB, Heard, Launch, listen, overhear, unstable
from crawler.introspect.packages.install import Installation, source_text
from crawler.introspect.packages.install_node import NEWEST
from crawler.introspect.sandboxes.sandbox import Sandbox
from crawler.introspect.sandboxes.watch import Watch
from crawler.introspect.steps import launches
from crawler.introspect.widening import Widening, combinations, credentials, opens_doors, widenings
from crawler.mcp.session import MODERN_VERSION
from crawler.mcp.stdio import Patience
from crawler.snapshots import COPIED, POSTED, Method, Observation, Profile, Rung, SkipReason, Snapshot

#: Launches of one installation, in all.
_MOST_LAUNCHES = 16
#: After so long no further launch of it is begun; seconds.
_MOST_SECONDS = 240.0
#: Seconds for the launches after one that ended in silence.
_SECOND_PATIENCE = 25.0
#: Where the service is that we play.
_PLAYED = tuple(f"127.0.0.1:{port}" for port in (PORT, 80, 443))
#: How a profile says that a server was not started whole, where its step may be another.
_LEFT_OUT = {"native": ("without compiled modules that are not there",)}


@dataclass
class Launching:
    """One installation that is launched until it lists its tools. Its failures become *attempts*' rungs."""

    attempts: Attempts
    sandbox: Sandbox
    installation: Installation
    #: What each launch came to, in order.
    heard: list[Heard] = field(default_factory=list)
    #: What they said on stderr, without what a server makes of answers that mean nothing to it; hostile text.
    _words: list[str] = field(default_factory=list)
    #: The launch after which it listed tools.
    _succeeded: Launch | None = None

    @property
    def said(self) -> str:
        """All that they said on stderr of themselves; hostile text."""
        return "\n".join(self._words)

    def launched(self) -> Snapshot | None:
        """Launch with more and more help until the server lists tools; `None` if no help suffices."""
        readme = self.attempts.server.readme or self.installation.readme
        if said := unclear(self.installation.name, self.installation.scripts, readme):
            self.attempts.fail("bare", SkipReason.NO_WHEEL, said)
            return None
        started = self._now()
        for step, launch in launches(self.attempts.server, self.installation, self.heard, self._help):
            if missing := self._missing(launch):
                self.attempts.fail(step, SkipReason.NO_SANDBOX, missing, final=launch.crutch != "stub")
                continue
            heard = self._listen(launch)
            self.heard.append(heard)
            if heard.tools:
                return self._listed(step, launch, heard)
            if launch.crutch != "stub":
                self._words.append(heard.errors)
            # What a server makes of answers that mean nothing to it is not why it lists nothing.
            self._failed(step, heard, final=launch.crutch != "stub")
            if self._hopeless(heard.errors) or self._late(started) or len(self.heard) >= _MOST_LAUNCHES:
                return None
        return None

    def once(self, launch: Launch) -> Snapshot | None:
        """One launch, just as a person said it."""
        heard = self._listen(launch)
        if heard.tools:
            return self._listed("bare", launch, heard)
        self._failed("bare", heard)
        return None

    def widened(self, default: Snapshot) -> Snapshot | None:
        """The widest profile; `None` where nothing brings more tools than the default, which these launches listed."""
        plain = self._succeeded
        assert plain is not None  # noqa: S101 - it listed
        best: tuple[Launch, Heard] | None = None
        started = self._now()
        for part in self._wider(plain):
            launch = replace(
                plain,
                command=(*plain.command, *part.arguments),
                environment={**plain.environment, **dict(part.environment)},
            )
            if launch == plain:
                continue
            heard = self._listen(launch)
            if len(heard.tools) > len(best[1].tools if best else default.tools):
                best = launch, heard
            if self._late(started):
                break
        return self._widest(default, *best) if best else None

    def _wider(self, plain: Launch) -> dict[Widening, None]:
        """What may bring more tools, each once and in the order to try it."""
        installation = self.installation
        readme = self.attempts.server.readme or installation.readme
        asked = opens_doors(source_text(installation.code, installation.files))
        parts = widenings(self._help(plain) if asked else "", readme)
        shown = configurations(readme, installation.name, installation.scripts)
        return dict.fromkeys([*combinations(parts), *credentials(readme, shown)])

    def _widest(self, default: Snapshot, launch: Launch, heard: Heard) -> Snapshot:
        again = self._again(launch, default.protocol_version)
        return replace_struct(
            default,
            profile=replace_struct(
                default.profile, name="widest", command=launch.command, environment=dict(launch.environment)
            ),
            tools=heard.tools,
            unstable=_unstable(heard, again),
            observations=again.observations,
        )

    def _listed(self, step: str, launch: Launch, heard: Heard) -> Snapshot:
        assert heard.listing is not None  # noqa: S101 - it listed
        attempts, installation = self.attempts, self.installation
        attempts.rungs.append(Rung(step=step, outcome="listed"))
        self._succeeded = launch
        again = self._again(launch, heard.listing.protocol_version)
        return Snapshot(
            server=attempts.server.name,
            release=installation.version or None,
            method=Method.LIVE,
            profile=Profile(
                command=launch.command,
                environment=dict(launch.environment),
                step=step,
                repairs=(
                    *installation.repairs,
                    *_LEFT_OUT.get(launch.crutch, ()),
                    *((POSTED,) if launch.posted else ()),
                    *((COPIED,) if launch.copied else ()),
                ),
                runtime=installation.runtime,
                sandbox=self.sandbox.name,
            ),
            tools=heard.tools,
            taken_at=attempts.workshop.now(),
            protocol_version=heard.listing.protocol_version,
            server_info=heard.listing.server_info,
            instructions=heard.listing.instructions,
            unstable=_unstable(heard, again),
            observations=again.observations,
            rungs=tuple(attempts.rungs),
            resolved=installation.resolved,
        )

    def _failed(self, step: str, heard: Heard, *, final: bool = True) -> None:
        """Note how a launch failed, and first what the machine lacks for it."""
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
        lacks = self.installation.lacks or _guess(heard.errors, self.installation)
        self.attempts.fail(step, reason, f"{lacks}; {words}" if lacks else words, final=final)

    def _hopeless(self, errors: str) -> bool:
        """Whether it fell over a library that only another installation has."""
        resolved = self.installation.resolved
        return diagnosis.wants_old_sdk(errors, resolved) or bool(diagnosis.older_generation(errors, resolved))

    def _missing(self, launch: Launch) -> str:
        """What the sandbox of this machine lacks for a launch, a sentence; empty where nothing."""
        if launch.copied and not self.sandbox.copies:
            return f"it writes into its own installation, of which {self.sandbox.name} gives it no copy"
        if launch.posted and not self.sandbox.own_network:
            return f"it listens at a port, and {self.sandbox.name} has no loopback on which it could"
        if launch.crutch == "stub" and not self.sandbox.own_network:
            return f"no service can be played to it: {self.sandbox.name} has no loopback on which one could answer"
        return ""

    def _now(self) -> datetime:
        return self.attempts.workshop.clock()

    def _late(self, started: datetime) -> bool:
        """Whether launches have gone on for so long that no further one is begun."""
        return (self._now() - started).total_seconds() > _MOST_SECONDS * self.attempts.workshop.load()

    def _help(self, launch: Launch) -> str:
        """What the program prints when asked for help; hostile text."""
        asking = replace(launch, command=(launch.command[0], "--help"))
        return overhear(asking, self.installation, sandbox=self.sandbox)

    def _listen(self, launch: Launch) -> Heard:
        patience = self.attempts.workshop.patience
        if any(rung.outcome == SkipReason.TIMEOUT for rung in self.attempts.rungs):
            # Who was silent once for long seldom speaks up later.
            patience = replace(patience, total=min(patience.total, _SECOND_PATIENCE))
        if launch.posted:
            # That it listens is what it is started for.
            patience = replace(patience, after_listening=patience.total)
        patience = self._stretched(patience)
        if launch.crutch != "stub" or not self.sandbox.watches:
            return listen(launch, self.installation, sandbox=self.sandbox, patience=patience)
        with Watch() as watch:
            # It is the supervisor that makes every name lead to the service.
            return listen(launch, self.installation, sandbox=self.sandbox, patience=patience, watch=watch)

    def _stretched(self, patience: Patience) -> Patience:
        """As much longer as the machine is slower now, so that a busy one lists the same servers."""
        load = self.attempts.workshop.load()
        return replace(
            patience,
            total=patience.total * load,
            after_traceback=patience.after_traceback * load,
            after_listening=patience.after_listening * load,
        )

    def _again(self, launch: Launch, version: str | None) -> Heard:
        """A second launch: whether the definitions are the same, and what the server does besides."""
        workshop, installation = self.attempts.workshop, self.installation
        with Watch() as watch:
            heard = listen(
                launch,
                installation,
                sandbox=self.sandbox,
                patience=self._stretched(workshop.patience),
                modern=version == MODERN_VERSION,
                watch=watch if self.sandbox.watches else None,
            )
        # Where the package was installed this time tells nothing of it.
        seen = [
            replace_struct(what, what=workshop.nameless(what.what.replace(f"{installation.folder}/", "")))
            for what in heard.observations
            if not _ours(what, launch)
        ]
        return replace(heard, observations=tuple(seen))


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
