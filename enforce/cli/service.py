"""A gateway as it runs: it answers requests, and takes over what changes in its files."""

import hashlib
import ssl
from collections.abc import Iterable
from pathlib import Path

from enforce.cli.cautions import LOOPBACK, careless, unsafe
from enforce.cli.certificates import Certificate
from enforce.cli.equipment import Equipment
from enforce.cli.grants import fixed, grants, named, narrowed, without_any
from enforce.cli.relay import place_of
from enforce.cli.upstreams import relay
from enforce.cli.words import tell
from enforce.clocks import latest, steady_clock
from enforce.decisions import Party
from enforce.gatewayfile import Behind, GatewayConfig, load_gateway
from enforce.identities import Identities
from enforce.keysets import KeySet
from enforce.law import Law
from enforce.metrics import Meter
from enforce.policyfile import PolicyErrors
from enforce.recorder import Recorder
from enforce.reload import PolicyFile
from enforce.transports.http.address import Address
from enforce.transports.http.booth import Booth
from enforce.transports.http.doorway import Doorway
from enforce.transports.http.gateway import Door, Gateway
from enforce.transports.http.messages import Request
from enforce.transports.http.metadata import Metadata
from enforce.transports.http.pages import Pages
from enforce.transports.http.serving import Reply, Rest
from enforce.watched import Watched

#: Seconds after which what is not needed any more is looked for: a gateway may run for months.
TIDY = 3600.0


class PolicyFiles:
    """Every policy that a configuration names, read once however many grants name it."""

    def __init__(self, config: GatewayConfig) -> None:
        self._files: dict[str, PolicyFile] = {}
        for path in named(config):
            self.file(path)

    def file(self, path: str) -> PolicyFile:
        """The policy in a file; raises PolicyErrors where it is read for the first time and broken."""
        if path not in self._files:
            self._files[path] = PolicyFile(path)
        return self._files[path]

    def warnings(self) -> list[str]:
        """What a person should know of policies that work."""
        return [words for file in self._files.values() for words in file.warnings]

    def changed(self) -> dict[str, Law]:
        """The new laws of files that have changed."""
        laws = {}
        for path, file in self._files.items():
            law, words = file.reread()
            if words:
                tell(words)
            if law is not None:
                laws[path] = law
        return laws


class Means:
    """What the files that a configuration names give: ways to servers, keys, a certificate; raises what each of them does."""

    def __init__(self, config: GatewayConfig) -> None:
        clock = steady_clock()
        self.relays = {server.name: relay(server, clock) for server in config.servers}
        self.keys = _keys(config)
        self.certificate = Certificate(config.certificate, config.key) if config.certificate else None


class Service:
    """A gateway as it runs."""

    def __init__(
        self,
        config: GatewayConfig,
        file: Watched | None,
        files: PolicyFiles,
        means: Means,
        shared: Equipment,
        meter: Meter,
    ) -> None:
        self._config = config
        self._file = file
        self._files = files
        self._shared = shared
        self._meter = meter
        self._relays = means.relays
        self._doors = {server.path: self._door(server) for server in config.servers}
        self._gateway: Gateway | None = None
        self._tidied = shared.clock()
        self._strangers = Recorder(meter, Party(server=""), None, shared.repeats)
        self._keys = means.keys
        self._certificate = means.certificate

    def ready(self, port: int) -> None:
        """Take requests for the names by which we are reached."""
        config = self._config
        names = ("127.0.0.1", "localhost", "[::1]") if config.host in LOOPBACK else (config.host,)
        hosts = [f"{name}:{port}" for name in names] + list(config.hosts)
        doorway = Doorway(hosts, config.origins)
        identities = Identities(config.identities, self._keys)
        authorities = (config.authority.issuer,) if config.authority else ()
        metadata = Metadata(
            public_url=config.public_url,
            authorization_servers=authorities,
            tls=config.certificate is not None,
        )
        self._gateway = Gateway(
            self._doors,
            identities,
            doorway,
            latest(self._shared.clock),
            self._meter.text,
            metadata,
            self._turned_away,
            Pages(config.origins),
        )
        scheme = "https" if config.certificate else "http"
        for path in self._doors:
            tell(f"listening on {scheme}://{config.host}:{port}{path}")
        for words in (*self._files.warnings(), *careless(config, self._file)):
            tell(words)

    def _turned_away(self, words: str) -> None:
        """Record who shows a token that is none; how often, where that is too often."""
        notes: list[str] = []
        self._strangers.refusal("client", words, self._shared.clock(), notes)
        for note in notes[1:]:  # the first only says it once more
            tell(note)

    def handle(self, request: Request, reply: Reply) -> Rest:
        """Answer one request."""
        return self._gateway.handle(request, reply) if self._gateway is not None else None

    def admits(self, request: Request) -> bool:
        """Whether a stream may go on: its token may have been taken back since, or have ended."""
        return self._gateway is None or self._gateway.admits(request)

    def tick(self) -> None:
        """Take over changed policies, and identities that came, changed or went."""
        for each in self._relays.values():
            each.tick()
        if (now := self._shared.clock()) >= self._tidied + TIDY:
            self._tidied = now
            self._shared.tidy()
        changed = self._files.changed()
        self._adopt(changed)
        if self._file is not None and self._file.has_changed():
            self._reread(self._file.path)
        if self._keys is not None and (words := self._keys.reread()):
            tell(words)
        if self._certificate is not None and (words := self._certificate.reread()):
            tell(words)
        self._write_down()

    @property
    def tls(self) -> ssl.SSLContext | None:
        """What connections are secured with."""
        return self._certificate.context if self._certificate else None

    async def stop(self) -> None:
        """End what the relays hold."""
        for each in self._relays.values():
            await each.stop()
        self._write_down()
        self._shared.finish()

    def _write_down(self) -> None:
        """Record how calls have ended, which nothing waits for."""
        for door in self._doors.values():
            for words in door.write_down():
                tell(words)
        notes: list[str] = []
        self._strangers.flush(self._shared.clock(), notes)
        for words in notes:
            tell(words)

    def _door(self, server: Behind) -> Door:
        shared = self._shared

        laws, place = self._laws(server), _place(server)
        name = _counted_as(place, laws.values())

        def booth(law: Law, identity: str) -> Booth:
            return Booth(law, name, place, identity, shared.judge, shared.gate)

        return Door(self._relays[server.name], laws, booth)

    def _laws(self, server: Behind) -> dict[str, Law]:
        return {who: self._files.file(path).law for who, path in grants(self._config, server).items()}

    def _adopt(self, changed: dict[str, Law]) -> None:
        for server in self._config.servers:
            for who, path in grants(self._config, server).items():
                if path in changed:
                    self._doors[server.path].adopt(who, changed[path])

    def _reread(self, path: Path) -> None:
        """Identities change at once, so that a token can be taken back; anything else needs a new start."""
        try:
            config = without_any(load_gateway(path), self._config)
        except PolicyErrors as error:
            tell(f"the changed configuration is broken, and the old one stays in force:\n{error}")
            return
        if fault := self._fault(config):
            tell(f"{fault}\nUntil then only what was taken back counts: tokens, grants, identities")
            config = narrowed(self._config, config)
        self._config = config
        for server in config.servers:
            self._doors[server.path].grant(self._laws(server))
        if self._gateway is not None:
            self._gateway.identities = Identities(config.identities, self._keys)
        tell(f"the identities have changed: {path}")

    def _fault(self, config: GatewayConfig) -> str | None:
        """Why a changed configuration cannot be taken over whole."""
        if fixed(config) != fixed(self._config) or unsafe(config):
            return "the changed configuration needs a new start; only its identities were to change"
        try:
            for name in named(config):
                self._files.file(name)
        except PolicyErrors as error:
            return f"the changed configuration names a policy that is broken:\n{error}"
        return None


def _counted_as(place: str, laws: Iterable[Law]) -> str:
    """The name under which a server's calls are counted: one for all who come, since a limit may be theirs together."""
    names = {law.policy.server for law in laws}
    return (names.pop() or place) if len(names) == 1 else place


def _place(server: Behind) -> str:
    """Where a server is."""
    if server.command:
        return f"{server.name}/{place_of(server.command)}"
    address = Address.read(server.upstream)
    path, query, secret = address.path.partition("?")
    mark = f"#{hashlib.sha256(secret.encode()).hexdigest()[:8]}" if query else ""
    return f"{address.host}:{address.port}{path}{mark}"


def _keys(config: GatewayConfig) -> KeySet | None:
    found = config.authority
    return KeySet(found.keys, found.issuer, found.audience) if found else None
