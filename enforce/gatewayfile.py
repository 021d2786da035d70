"""The file that puts many servers, identities and policies behind one port, read with every mistake named by its line."""

import re
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from enforce.counters.opening import foreign, is_redis
from enforce.identities import LOCAL, Identity
from enforce.paths import pointer
from enforce.policyfile import Fault, PolicyErrors, read_source, syntax_of
from enforce.reading.cursor import Cursor, Noted
from enforce.reading.trees import BadText, Place, Tree, read_tree

#: Every key of the file, by where it stands.
KEYS = {
    "gateway": (
        "listen",
        "servers",
        "identities",
        "audit",
        "state",
        "hosts",
        "origins",
        "tls",
        "webhook",
        "jwt",
        "public_url",
    ),
    "server": ("path", "command", "env_file", "upstream", "sse", "headers_file", "oauth_file", "policy"),
    "identity": ("token_sha256", "jwt_subject", "expires", "grants"),
    "jwt": ("keys", "issuer", "audience"),
    "tls": ("cert", "key"),
}

_DIGEST = re.compile(r"[0-9a-f]{64}")
_OLD = re.compile(r"([0-9a-f]{64}) until (\S+)")

#: What stands in place of a digest whose token was taken back.
REVOKED = "revoked"
_ADDRESS = re.compile(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):([0-9]{1,5})")
_URL = re.compile(r"https?://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?/?")
_HOST = re.compile(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?")
_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")
_NO_ORIGIN = "must be an origin such as https://app.example; * and null would let in pages of anybody"
#: Of an identity.
_NAME = re.compile(r"(?! )[^\x00-\x1f\x7f-\xa0\u2028\u2029]+(?<! )")
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)+")


class Behind(Struct, frozen=True, kw_only=True):
    """One server behind the gateway: a command or an upstream."""

    name: str
    path: str
    command: tuple[str, ...] = ()
    upstream: str = ""
    env_file: Path | None = None
    #: The upstream has the two endpoints of revision 2024-11-05.
    sse: bool = False
    headers_file: Path | None = None
    oauth_file: Path | None = None
    #: The policy where no tokens are asked for.
    policy: Path | None = None


class Authority(Struct, frozen=True, kw_only=True):
    """Who signs tokens, and for whom."""

    keys: Path
    issuer: str
    audience: str


class GatewayConfig(Struct, frozen=True, kw_only=True):
    """What stands in a gateway's file; file names are already resolved against its folder."""

    host: str
    port: int
    servers: tuple[Behind, ...]
    identities: tuple[Identity, ...] = ()
    audit: Path | None = None
    state: str | None = None
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None
    #: Where calls that wait for a person are told of.
    webhook: str = ""
    authority: Authority | None = None
    #: How the gateway is reached from outside; empty: as requests name it.
    public_url: str = ""


def fault_of_name(name: str) -> str | None:
    """Why nobody can be called so."""
    if name == LOCAL:
        return f"{LOCAL} is who comes where there are no identities; choose another name"
    if not _NAME.fullmatch(name):
        return "a name has at least one sign, no spaces around it, and no signs that do not show"
    return None


def load_gateway(path: Path | str) -> GatewayConfig:
    """Read the file *path*; raises PolicyErrors with everything that is wrong with it."""
    return read_gateway(read_source(path), path)


def read_gateway(text: str, path: Path | str) -> GatewayConfig:
    """Read *text* as what stands in the file *path*; raises PolicyErrors."""
    try:
        tree = read_tree(text, syntax_of(text, str(path)))
    except BadText as error:
        raise PolicyErrors(str(path), [_fault((), error.place, error.fault)]) from None
    faults: list[Noted] = []
    config = _Reader(Path(path).parent).gateway(Cursor(tree.value, (), faults, []))
    if faults or tree.faults:
        in_text = [_fault(steps, place, words) for steps, place, words in tree.faults]
        raise PolicyErrors(str(path), sorted([*in_text, *_placed(tree, faults)]))
    return config


class _Reader:
    """Reads values; what is wrong is noted at its place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def gateway(self, at: Cursor) -> GatewayConfig:
        members = at.members(KEYS["gateway"])
        for name in ("servers",):
            if name not in members:
                at.fault(f"{name} is required")
        servers = [self._server(name, entry) for name, entry in _entries(members.get("servers"))]
        known = {server.name for server in servers}
        identities = [
            self._identity(name, entry, known) for name, entry in _entries(members.get("identities"))
        ]
        self._check_unique(at, servers, identities)
        if "jwt" not in members and any(each.jwt_subject for each in identities):
            at.fault("jwt is required where identities are named by jwt_subject")
        host, port = _address(members.get("listen"))
        certificate, key = self._tls(members.get("tls"))
        return GatewayConfig(
            host=host,
            port=port,
            servers=tuple(servers),
            identities=tuple(identities),
            audit=self._file(members.get("audit")),
            state=self._state(members.get("state")),
            hosts=_each(members.get("hosts"), _HOST, "must be a name such as gate.example:8700"),
            origins=_each(members.get("origins"), _ORIGIN, _NO_ORIGIN),
            certificate=certificate,
            key=key,
            webhook=members["webhook"].text() if "webhook" in members else "",
            authority=self._authority(members.get("jwt")),
            public_url=_url(members.get("public_url")),
        )

    def _server(self, name: str, at: Cursor) -> Behind:
        members = at.members(KEYS["server"])
        if ("command" in members) == ("upstream" in members):
            at.fault("name either a command or an upstream")
        for key, other in (
            ("sse", "upstream"),
            ("headers_file", "upstream"),
            ("oauth_file", "upstream"),
            ("env_file", "command"),
        ):
            if key in members and other not in members:
                members[key].fault(f"only a server with {other} has {key}")
        if "headers_file" in members and "oauth_file" in members:
            members["oauth_file"].fault("name either headers_file or oauth_file")
        path = members["path"].text() if "path" in members else f"/{name}/mcp"
        if not _PATH.fullmatch(path) or {".", ".."}.intersection(path.split("/")):
            members.get("path", at).fault("must be a path such as /notes/mcp")
        if path.startswith("/.well-known/") or path in ("/healthz", "/metrics"):
            members.get("path", at).fault("the gateway itself answers there")
        return Behind(
            name=name,
            path=path,
            command=_texts(members.get("command")),
            upstream=members["upstream"].text() if "upstream" in members else "",
            env_file=self._file(members.get("env_file")),
            sse=members["sse"].flag() if "sse" in members else False,
            headers_file=self._file(members.get("headers_file")),
            oauth_file=self._file(members.get("oauth_file")),
            policy=self._file(members.get("policy")),
        )

    def _identity(self, name: str, at: Cursor, servers: set[str]) -> Identity:
        members = at.members(KEYS["identity"])
        if fault := fault_of_name(name):
            at.fault(fault)
        if ("token_sha256" in members) == ("jwt_subject" in members):
            at.fault("name either token_sha256, made by `grants new`, or jwt_subject")
        digest, old, until = _digests(members.get("token_sha256"))
        grants = {}
        for server, file in _entries(members.get("grants")):
            if server not in servers:
                file.fault(f"there is no server {server!r} here")
            grants[server] = str(self._folder / file.text())
        return Identity(
            name=name,
            token_sha256=digest,
            old_sha256=old,
            old_until=until,
            jwt_subject=members["jwt_subject"].text() if "jwt_subject" in members else "",
            expires=_moment(members.get("expires")),
            grants=grants,
        )

    def _check_unique(self, at: Cursor, servers: list[Behind], identities: list[Identity]) -> None:
        for words, values in (
            ("two servers have the path", [server.path for server in servers]),
            (
                "two identities have the token",
                [each for identity in identities for each in _tokens(identity)],
            ),
            (
                "two identities have the subject",
                [each.jwt_subject for each in identities if each.jwt_subject],
            ),
        ):
            for value in sorted({value for value in values if values.count(value) > 1}):
                at.fault(f"{words} {value}")

    def _authority(self, at: Cursor | None) -> Authority | None:
        if at is None:
            return None
        members = at.members(KEYS["jwt"])
        if not members.keys() >= set(KEYS["jwt"]):
            at.fault("keys, issuer and audience are required")
            return None
        for each in members.values():
            if each.value == "":
                each.fault("must not be empty")
        return Authority(
            keys=self._folder / members["keys"].text(),
            issuer=members["issuer"].text(),
            audience=members["audience"].text(),
        )

    def _tls(self, at: Cursor | None) -> tuple[Path | None, Path | None]:
        if at is None:
            return None, None
        members = at.members(KEYS["tls"])
        if not members.keys() >= {"cert", "key"}:
            at.fault("cert and key are required")
        return self._file(members.get("cert")), self._file(members.get("key"))

    def _file(self, at: Cursor | None) -> Path | None:
        return None if at is None else self._folder / at.text()

    def _state(self, at: Cursor | None) -> str | None:
        if at is None:
            return None
        place = at.text()
        if fault := foreign(place):
            at.fault(fault)
        return place if is_redis(place) else str(self._folder / place)


def _entries(at: Cursor | None) -> list[tuple[str, Cursor]]:
    return [] if at is None else list(at.members().items())


def _texts(at: Cursor | None) -> tuple[str, ...]:
    return () if at is None else tuple(item.text() for item in at.items())


def _each(at: Cursor | None, pattern: re.Pattern[str], words: str) -> tuple[str, ...]:
    """Texts of one form; any other would match nothing, or more than was meant."""
    items = at.items() if at is not None else []
    for item in items:
        if isinstance(item.value, str) and not pattern.fullmatch(item.value):
            item.fault(words)
    return tuple(item.text() for item in items)


def _address(at: Cursor | None) -> tuple[str, int]:
    if at is None:
        return "127.0.0.1", 8700
    found = _ADDRESS.fullmatch(at.text())
    if found is None or int(found[2]) > 65535:
        at.fault("must be an address such as 127.0.0.1:8700")
        return "127.0.0.1", 0
    return found[1].strip("[]"), int(found[2])


def _url(at: Cursor | None) -> str:
    if at is None:
        return ""
    text = at.text()
    if not _URL.fullmatch(text):
        at.fault("must be an address such as https://gate.example, without a path")
    return text


def _digests(at: Cursor | None) -> tuple[str, str, float]:
    """The digest of a token, or nothing where it was taken back; and that of the one before, with its end."""
    if at is None:
        return "", "", 0.0
    items = at.items() if isinstance(at.value, list) else [at]
    now = items[0].text() if items else ""
    old = _OLD.fullmatch(items[1].text()) if len(items) == 2 else None
    if now == REVOKED and len(items) == 1:
        return "", "", 0.0
    if not _DIGEST.fullmatch(now) or len(items) > 2 or (len(items) == 2 and old is None):
        at.fault("token_sha256 must be 64 hexadecimal digits; see `grants new` and `grants rotate`")
        return "", "", 0.0
    return (now, old[1], _time(at, old[2])) if old else (now, "", 0.0)


def _tokens(identity: Identity) -> list[str]:
    return [each for each in (identity.token_sha256, identity.old_sha256) if each]


def _moment(at: Cursor | None) -> float | None:
    return None if at is None else _time(at, at.text())


def _time(at: Cursor, text: str) -> float:
    try:
        found = datetime.fromisoformat(text)
        seconds = (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
        datetime.fromtimestamp(seconds, UTC)  # which the last hours of the last year are beyond
    except (ValueError, OverflowError):
        at.fault("must be a date such as 2027-06-01, or a time such as 2027-06-01T12:00:00Z")
        return 0.0
    return seconds


def _placed(tree: Tree, noted: list[Noted]) -> list[Fault]:
    places = tree.places() if noted else {}
    return [_fault(steps, places.get(steps, Place(1, 1)), words) for steps, words in noted]


def _fault(steps: tuple[str | int, ...], place: Place, words: str) -> Fault:
    return Fault(line=place.line, column=place.column, pointer=pointer(steps), message=words)
