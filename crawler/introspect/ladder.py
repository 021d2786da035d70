"""The steps by which a server is brought to list its tools, the least help first."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from crawler.introspect import diagnosis
from crawler.introspect.archive import BadArchive
from crawler.introspect.configuration import Configuration, configurations
from crawler.introspect.dummies import dummy
from crawler.introspect.entrypoint import choose
from crawler.introspect.install import Installation, NotInstalled
from crawler.introspect.install_node import install_node
from crawler.introspect.install_python import install_python
from crawler.introspect.live import Heard, Launch, listen, unstable
from crawler.introspect.release import Release, Unavailable
from crawler.introspect.static import read_tree
from crawler.introspect.tarballs import fetch_tarball
from crawler.introspect.wheels import fetch_wheel
from crawler.introspect.workshop import Workshop
from crawler.servers import Package, Server
from crawler.snapshots import Method, Outcome, Profile, Rung, Skipped, SkipReason, Snapshot

Way = Literal["auto", "live", "static"]

#: Launches of one server, in all.
_MOST_LAUNCHES = 16
_DETAIL = 300
_INDEXES = ("pypi", "npm")


def climb(
    server: Server, *, workshop: Workshop, method: Way = "auto", widest: bool = True
) -> tuple[Outcome, ...]:
    """Introspect one listed server; blocks, so a coroutine calls it in a thread.

    The first outcome is that of the default profile; a second, of the profile `widest`, follows only where
    flags or variables bring more tools. *method* `live` never reads statically, `static` never runs anything.
    Every expected failure is a Skipped.
    """
    _ = widest
    return (Climb(server, workshop).climb(method),)


@dataclass
class Climb:
    """One server on its way up; remembers what was tried."""

    server: Server
    workshop: Workshop
    rungs: list[Rung] = field(default_factory=list)
    reason: SkipReason = SkipReason.NO_TOOLS
    detail: str = "nothing was tried"
    launches: int = 0
    errors: list[str] = field(default_factory=list)

    def climb(self, method: Way) -> Outcome:
        """Fetch the release, launch it with more and more help, and read it where no help suffices."""
        package = _installable(self.server)
        if package is None:
            self._note(SkipReason.NOT_FOUND, "the listing names no package that can be installed here")
            return self.skipped()
        with self.workshop.bench() as bench:
            try:
                fetch = fetch_tarball if package.registry_type == "npm" else fetch_wheel
                release = fetch(
                    package.identifier,
                    package.version or self.server.version,
                    workshop=self.workshop,
                    bench=bench,
                )
            except (Unavailable, BadArchive) as refusal:
                self._note(refusal.reason, str(refusal))
                return self.skipped()
            return self._released(release, bench, method)

    def _released(self, release: Release, bench: Path, method: Way) -> Outcome:
        outcome = self._live(release, bench) if method != "static" else None
        if outcome is None and method != "live":
            outcome = self._static(release)
        return outcome or self.skipped()

    def _live(self, release: Release, bench: Path) -> Outcome | None:
        if self.workshop.sandbox is None:
            self._note(SkipReason.NO_SANDBOX, "this machine offers no sandbox, and nothing runs without one")
            return None
        if release.archive is None:
            self._note(
                SkipReason.NO_WHEEL, "the release has no wheel that fits here, and nothing else is installed"
            )
            return None
        return self._installed(release, bench)

    def _static(self, release: Release) -> Outcome | None:
        try:
            reading = read_tree(release.files)
        except BadArchive as refusal:
            self._note(refusal.reason, str(refusal))
            return None
        if not reading.tools:
            self.rungs.append(
                Rung(step="static", outcome=SkipReason.NO_TOOLS, detail=_shown("; ".join(reading.doubts)))
            )
            return None
        self.rungs.append(Rung(step="static", outcome="listed"))
        return Snapshot(
            server=self.server.name,
            release=release.version,
            method=Method.STATIC,
            profile=Profile(step="static"),
            tools=reading.tools,
            taken_at=self.workshop.now(),
            rungs=tuple(self.rungs),
        )

    def skipped(self) -> Skipped:
        """Why the server said nothing."""
        return Skipped(
            server=self.server.name,
            release=self.server.version,
            reason=self.reason,
            detail=self.detail,
            taken_at=self.workshop.now(),
            rungs=tuple(self.rungs),
        )

    def _note(self, reason: SkipReason, detail: str) -> None:
        self.reason, self.detail = reason, _shown(detail)

    def _installed(self, release: Release, bench: Path) -> Outcome | None:
        installation = self._install(release, bench / "first")
        if installation is None:
            return None
        outcome = self._launched(installation)
        if outcome is None and diagnosis.wants_old_sdk("\n".join(self.errors), installation.resolved):
            repaired = self._install(release, bench / "repaired", ("mcp<2",))
            outcome = self._launched(repaired) if repaired is not None else None
        return outcome

    def _install(self, release: Release, bench: Path, repairs: tuple[str, ...] = ()) -> Installation | None:
        bench.mkdir(mode=0o777)
        bench.chmod(0o777)
        try:
            install = install_node if release.ecosystem == "npm" else install_python
            return install(release, workshop=self.workshop, bench=bench, constraints=repairs)
        except NotInstalled as refusal:
            if repairs:
                self.rungs.append(Rung(step="repair", outcome=refusal.reason, detail=_shown(refusal.detail)))
            else:
                self._note(refusal.reason, refusal.detail)
            return None

    def _launched(self, installation: Installation) -> Outcome | None:
        script = choose(installation.name, installation.scripts)
        if script is None:
            self._note(SkipReason.NOT_FOUND, "the package ships no program that looks like a server")
            return None
        self.errors.clear()
        for step, launch in self._steps(script, installation):
            outcome = self._try(step, launch, installation)
            if outcome is not None:
                return outcome
            if self.launches >= _MOST_LAUNCHES or self._hopeless(installation):
                return None
        return None

    def _hopeless(self, installation: Installation) -> bool:
        """Whether no arguments or variables will help, since the code itself does not load."""
        return diagnosis.wants_old_sdk(self.errors[-1], installation.resolved)

    def _steps(self, script: str, installation: Installation) -> Iterator[tuple[str, Launch]]:
        shown = configurations(
            self.server.readme or installation.readme, installation.name, installation.scripts
        )
        step = "repair" if installation.repairs else "bare"
        yield step, Launch(command=(script,))
        tried: set[tuple[str, ...]] = {()}
        for configuration in shown:
            if configuration.arguments not in tried:
                tried.add(configuration.arguments)
                yield "readme_args", Launch(command=(script, *configuration.arguments))
        for configuration in (*shown, _declared(self.server)):
            if configuration.environment:
                yield "readme_env", _configured(script, configuration)
        best = _configured(script, next((shown for shown in shown if shown.environment), Configuration()))
        yield from self._from_errors(best, installation)
        for words in diagnosis.serving_words("\n".join(self.errors)):
            yield "usage", replace(best, command=(script, *words))

    def _from_errors(self, best: Launch, installation: Installation) -> Iterator[tuple[str, Launch]]:
        """Name after name that stderr asks for; each launch may ask for the next."""
        for _ in range(3):
            names = diagnosis.named_variables("\n".join(self.errors), installation)
            missing = {name: dummy(name) for name in names if name not in best.environment}
            if not missing:
                return
            best = replace(best, environment={**best.environment, **missing})
            yield "stderr_env", best

    def _try(self, step: str, launch: Launch, installation: Installation) -> Outcome | None:
        heard = self._listen(launch, installation)
        self.launches += 1
        self.errors.append(heard.errors)
        if heard.tools:
            self.rungs.append(Rung(step=step, outcome="listed"))
            return self._snapshot(step, launch, installation, heard)
        reason = heard.reason or SkipReason.NO_TOOLS
        if reason is SkipReason.EXITED and diagnosis.wants_configuration(heard.errors):
            reason = SkipReason.NEEDS_CONFIG
        self.rungs.append(
            Rung(step=step, outcome=reason, detail=_shown(_last_words(heard.errors) or heard.detail))
        )
        self._note(reason, _last_words(heard.errors) or heard.detail or "the server listed no tools")
        return None

    def _listen(self, launch: Launch, installation: Installation) -> Heard:
        assert self.workshop.sandbox is not None  # noqa: S101 - live() looked
        return listen(launch, installation, sandbox=self.workshop.sandbox, patience=self.workshop.patience)

    def _snapshot(self, step: str, launch: Launch, installation: Installation, heard: Heard) -> Snapshot:
        assert heard.listing is not None and self.workshop.sandbox is not None  # noqa: S101, PT018 - it listed
        again = self._listen(launch, installation)
        return Snapshot(
            server=self.server.name,
            release=installation.version,
            method=Method.LIVE,
            profile=Profile(
                command=launch.command,
                environment=dict(launch.environment),
                step=step,
                repairs=installation.repairs,
                sandbox=self.workshop.sandbox.name,
            ),
            tools=heard.tools,
            taken_at=self.workshop.now(),
            protocol_version=heard.listing.protocol_version,
            server_info=heard.listing.server_info,
            instructions=heard.listing.instructions,
            unstable=unstable(heard.tools, again.tools),
            rungs=tuple(self.rungs),
            resolved=installation.resolved,
        )


def _installable(server: Server) -> Package | None:
    """The package to install: the one that the server is named for, else the first from an index that we know."""
    name = server.name
    if name.ecosystem in _INDEXES:
        named = Package(registry_type=name.ecosystem, identifier=name.name, version=server.version)
        return next(
            (package for package in server.packages if package.registry_type == name.ecosystem), named
        )
    return next((package for package in server.packages if package.registry_type in _INDEXES), None)


def _declared(server: Server) -> Configuration:
    """The variables that the listing itself declares as required."""
    wanted = [
        variable for package in server.packages for variable in package.environment if variable.required
    ]
    return Configuration(
        environment=tuple(
            (variable.name, dummy(variable.name, variable.default or "")) for variable in wanted
        )
    )


def _configured(script: str, configuration: Configuration) -> Launch:
    return Launch(command=(script, *configuration.arguments), environment=dict(configuration.environment))


def _last_words(errors: str) -> str:
    """The last line of stderr that says something."""
    lines = [line.strip() for line in errors.splitlines() if line.strip(" ╰─╯│\t")]
    return lines[-1] if lines else ""


def _shown(text: str) -> str:
    return text if len(text) <= _DETAIL else text[: _DETAIL - 1] + "…"
