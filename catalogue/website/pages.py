"""What a page says, as data: each of these is published as the page's JSON twin and is all that its template sees."""

from typing import Any

from markupsafe import Markup
from msgspec import Struct

from catalogue.entries import Change, Grade, Review
from classifier.categories import Category, Severity
from classifier.evidence import Finding, Signal, Trait
from classifier.startup import StartupSignal
from crawler.snapshots import Method, Observation, Profile, Rung, SkipReason
from crawler.tools import Annotations, Json

#: Raised when a twin loses or renames a key, or gives it another meaning; new keys do not count.
VERSION = 1


class Link(Struct, frozen=True, kw_only=True):
    """A tool somewhere in the catalogue, as lists name it."""

    server: str
    name: str
    category: Category
    #: Path below the site's root.
    path: str


class Row(Struct, frozen=True, kw_only=True):
    """A tool in its server's list."""

    name: str
    path: str
    category: Category
    severity: Severity
    confidence: float
    signals: tuple[str, ...]
    poisoned: bool
    #: The first sentence of its description, cut.
    says: str


class Provenance(Struct, frozen=True, kw_only=True):
    """Where the knowledge comes from."""

    release: str | None
    method: Method
    profile: str
    taken_at: str
    protocol_version: str | None
    #: Version of rules and weights that judged.
    classifier: str | None = None
    #: File and line where static reading found it.
    origin: str | None = None


class Parameter(Struct, frozen=True, kw_only=True):
    """One argument of a tool, nested ones with a dotted name."""

    #: Such as `filter.owner` or `items[].id`.
    name: str
    #: Where it stands in the definition, such as `inputSchema.properties.filter`.
    field: str
    type: str
    required: bool
    description: str = ""
    #: Values it may have, as text; empty means that the schema does not list them.
    options: tuple[str, ...] = ()
    #: What else the schema asks, each a few words.
    limits: tuple[str, ...] = ()
    default: str | None = None


class ToolPage(Struct, frozen=True, kw_only=True):
    """Everything that the catalogue says of one tool."""

    schema: str
    path: str
    server: str
    server_path: str
    name: str
    title: str | None
    description: str | None
    category: Category
    severity: Severity
    confidence: float
    poisoned: bool
    why: tuple[str, ...]
    signals: tuple[Signal, ...]
    traits: tuple[Trait, ...]
    findings: tuple[Finding, ...]
    parameters: tuple[Parameter, ...]
    annotations: Annotations
    digest: str
    #: Its definition differed between two launches of the server.
    unstable: bool
    #: `default`, or `widest` where only other flags or variables bring the tool.
    profile: str
    review: Review | None
    #: The part of the server's recommended policy that concerns this tool, a whole policy by itself.
    policy: Json
    #: Slugs of the attack patterns that it fits.
    attacks: tuple[str, ...]
    #: Tools of the same kind on other servers.
    similar: tuple[Link, ...]
    changes: tuple[Change, ...]
    provenance: Provenance
    definition: dict[str, Json]


class Surroundings(Struct, frozen=True, kw_only=True):
    """What a tool's page needs beside its server's entry."""

    #: Path of the server's page.
    server_path: str
    schema: str
    policy: Any = None
    attacks: tuple[str, ...] = ()
    similar: tuple[Link, ...] = ()


class ParameterRow(Struct, frozen=True, kw_only=True):
    """A parameter as the page shows it: its description marked, its risks beside it."""

    parameter: Parameter
    says: Markup
    risks: list[str]


class Marked(Struct, frozen=True, kw_only=True):
    """The texts of a tool with the words marked that counted."""

    name: Markup
    description: Markup
    #: Characters of the description that the page does not show.
    cut: int
    rows: list[ParameterRow]
    more_rows: int


class SignalRow(Struct, frozen=True, kw_only=True):
    """One signal of a tool as its page shows it, with every quote that shows it."""

    code: str
    label: str
    meaning: str
    evidence: list[Any]


class Listing(Struct, frozen=True, kw_only=True):
    """The server as one source lists it."""

    name: str
    title: str | None
    description: str | None
    version: str | None
    released_at: str | None
    repository: str | None
    homepage: str | None
    license: str | None
    author: str | None
    mcp_name: str | None
    yanked: str | None


class Silence(Struct, frozen=True, kw_only=True):
    """Why the newest attempt brought no tools."""

    reason: SkipReason
    detail: str
    release: str | None
    taken_at: str
    #: What was tried.
    rungs: tuple[Rung, ...] = ()


class Started(Struct, frozen=True, kw_only=True):
    """How the server was made to speak, and what it did."""

    profile: Profile
    rungs: tuple[Rung, ...]
    observations: tuple[Observation, ...]
    #: What those say of the server.
    signals: tuple[StartupSignal, ...]
    resolved: dict[str, str]
    server_info: dict[str, Json]
    instructions: str | None
    #: What is suspected in the instructions.
    findings: tuple[Finding, ...] = ()


class PolicyExport(Struct, frozen=True, kw_only=True):
    """A policy in the words of another client or gateway."""

    format: str
    #: Beside the server's page.
    file: str
    #: What those words cannot say, as sentences.
    losses: tuple[str, ...]


class ServerPage(Struct, frozen=True, kw_only=True):
    """Everything that the catalogue says of one server; its tools have pages of their own."""

    schema: str
    path: str
    listing: Listing
    listings: tuple[Listing, ...]
    conflicts: tuple[str, ...]
    #: As server.json has them.
    packages: tuple[dict[str, Json], ...]
    remotes: tuple[dict[str, Json], ...]
    grade: Grade | None
    counts: dict[str, int]
    #: Those that look tampered with, then the gravest first.
    tools: tuple[Row, ...]
    #: Names that only the widest launch profile brings.
    widest: tuple[str, ...]
    #: Names that this one, where there is one, does not list.
    narrow: tuple[str, ...]
    #: Names that other catalogues list and that the server does not register.
    phantoms: tuple[str, ...]
    #: About how many tokens the list of tools takes of a model's context.
    tokens: int | None
    started: Started | None
    provenance: Provenance | None
    silence: Silence | None
    #: File of the suggested policy beside this page, by preset.
    policies: dict[str, str]
    #: The recommended policy in the words of clients and other gateways.
    exports: tuple[PolicyExport, ...]
    changes: tuple[Change, ...]
    first_seen: str
    last_seen: str
