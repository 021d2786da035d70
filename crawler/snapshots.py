"""What one server said, once, and how we got it; or why it said nothing."""

from enum import StrEnum
from typing import Literal

from msgspec import Struct

from crawler.servers import ServerName
from crawler.tools import Json, Tool


class Method(StrEnum):
    """How a tool list was obtained, most trustworthy first."""

    LIVE = "live"  #: the server was started in the sandbox and listed its tools
    REMOTE = "remote"  #: a hosted server was asked, because a person wanted that
    MANIFEST = "manifest"  #: a list shipped inside the package
    STATIC = "static"  #: read from the source; exact names, schemas as far as the source shows them
    README = "readme"  #: read from a table in the README; the last resort
    IMPORTED = "imported"  #: came from another catalogue's export


class SkipReason(StrEnum):
    """Why a server has no tool list: a closed list, shown on the site as it stands here."""

    TIMEOUT = "timeout"
    OUTPUT_LIMIT = "output_limit"
    PROTOCOL_ERROR = "protocol_error"
    EXITED = "exited"
    NEEDS_CONFIG = "needs_config"
    NO_WHEEL = "no_wheel"
    NOT_FOUND = "not_found"
    GONE = "gone"
    ARCHIVE_REFUSED = "archive_refused"
    ARCHIVE_BOMB = "archive_bomb"
    HASH_MISMATCH = "hash_mismatch"
    RECORD_MISMATCH = "record_mismatch"
    DEPS_TOO_MANY = "deps_too_many"
    NO_SANDBOX = "no_sandbox"
    NO_TOOLS = "no_tools"
    INTERNAL_ERROR = "internal_error"


#: Reasons that may pass by themselves: such a server is tried again though its release stayed the same. Bytes that are
#: not those of the index may have come half.
PASSING = frozenset(
    {SkipReason.TIMEOUT, SkipReason.HASH_MISMATCH, SkipReason.NO_SANDBOX, SkipReason.INTERNAL_ERROR}
)


#: How a repair begins that means nothing uploaded later than a date, and how one ends that says that a dependency had no wheel.
BEFORE, BUILT = "before ", " built from source"
#: The repair of a source that drifted from its dependencies, whose authors kept the versions that they tried.
LOCKED = "the versions that its uv.lock names"
#: How one is asked that listens at a port of the sandbox and does not read its input.
POSTED = "asked over HTTP"
#: The repair of a server that writes into its own installation.
COPIED = "a copy of its installation to write to"


class Rung(Struct, frozen=True, kw_only=True):
    """One attempt of the ladder: what was tried and how it ended."""

    #: A step of `introspect.steps`, or `writable`, `repair`, `manifest`, `static`, `readme`; of a remote server
    #: `streamable-http` or `sse`.
    step: str
    #: `listed`, or a SkipReason's value.
    outcome: str
    #: What was seen, short and for a person; hostile text, so escape it.
    detail: str = ""


class Profile(Struct, frozen=True, kw_only=True):
    """How the server was launched, so that a person can do the same. Environment values are dummies."""

    #: `default`, or `widest` where flags or variables bring more tools.
    name: Literal["default", "widest"] = "default"
    #: Program and arguments without the sandbox, as one would type them.
    command: tuple[str, ...] = ()
    #: Names and the harmless values that were given for them.
    environment: dict[str, str] = {}
    #: The step of the ladder that worked.
    step: str = "bare"
    #: What else it took to start: constraints such as `mcp<2`, `before DATE`, `NAME VERSION built from source`, or words.
    repairs: tuple[str, ...] = ()
    #: What it ran on, such as `Node.js 22.1.0`; "" where nothing ran, or a program of the machine.
    runtime: str = ""
    #: What confined the run: `bubblewrap`, `landlock`, `container`, `none` (a person said so), or "" where nothing ran.
    sandbox: str = ""


class Observation(Struct, frozen=True, kw_only=True):
    """Something that the server did at start-up, before anyone called a tool."""

    #: `host` (a name it asked for), `listen` (an address it bound), `file` (a path it wrote), `process` (a program it ran).
    kind: Literal["host", "listen", "file", "process"]
    what: str


class Snapshot(Struct, frozen=True, kw_only=True):
    """What one server said, once."""

    server: ServerName
    #: The exact release, `None` for a remote or a command that does not say.
    release: str | None = None
    method: Method
    profile: Profile = Profile()
    tools: tuple[Tool, ...]
    #: RFC 3339, UTC, from the injected clock.
    taken_at: str
    protocol_version: str | None = None
    #: `serverInfo` as reported; self-declared, so never used as identity.
    server_info: dict[str, Json] = {}
    #: Text that the server wants put before the model; hostile until read.
    instructions: str | None = None
    observations: tuple[Observation, ...] = ()
    #: Tools whose definition differed between two launches; never pinned.
    unstable: tuple[str, ...] = ()
    #: Every attempt in order, the successful one last.
    rungs: tuple[Rung, ...] = ()
    #: Versions of what was installed that matter: `mcp`, `fastmcp`, ...
    resolved: dict[str, str] = {}


class Skipped(Struct, frozen=True, kw_only=True):
    """Why a server said nothing. A value, never a log line."""

    server: ServerName
    release: str | None = None
    reason: SkipReason
    #: One sentence for a person; may quote the server, so escape it.
    detail: str = ""
    taken_at: str
    rungs: tuple[Rung, ...] = ()


#: How every server ends.
Outcome = Snapshot | Skipped
