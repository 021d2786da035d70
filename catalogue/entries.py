"""What the catalogue knows of one server, whole; the form in which records leave the store."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from classifier.categories import Category
from crawler.servers import Server, ServerName
from crawler.snapshots import Outcome, Snapshot

if TYPE_CHECKING:
    # The classifier takes long to load, and whoever only reads what was judged does not need it.
    from classifier.verdicts import Verdict

ChangeKind = Literal[
    "server_added", "server_gone", "server_back", "released", "tool_added", "tool_removed", "tool_renamed",
    "reworded", "reschemaed", "reannotated", "verdict_moved",
]  # fmt: skip


class Change(Struct, frozen=True, kw_only=True):
    """One difference between two snapshots of a server, or between two verdicts on a tool."""

    server: ServerName
    kind: ChangeKind
    #: RFC 3339 time at which it was seen.
    seen_at: str
    tool: str | None = None
    release: str | None = None
    #: What it was and what it is, as text; either may be absent.
    before: str | None = None
    after: str | None = None
    #: Why a verdict moved: its first reason.
    why: str | None = None


class Review(Struct, frozen=True, kw_only=True):
    """A person's word on a tool; wins over the machine's as long as the definition's digest holds."""

    server: ServerName
    tool: str
    digest: str
    category: Category
    reason: str
    author: str
    #: RFC 3339.
    reviewed_at: str


class GradePart(Struct, frozen=True, kw_only=True):
    """One summand of a grade."""

    #: Such as `severity`, `definitions`, `integrity`.
    name: str
    points: float
    #: Why these points: one sentence with the numbers in it.
    why: str


class Grade(Struct, frozen=True, kw_only=True):
    """A server's letter with its sum, so that anyone can compute it again."""

    letter: Literal["A", "B", "C", "D", "E", "F"]
    #: 0 (worst) to 100.
    points: float
    parts: tuple[GradePart, ...]
    #: Why the letter is worse than the points alone would make it; `None` where it is not.
    ceiling: str | None = None
    #: Whether a definition, or what the server tells the model, shows an overt sign of tampering.
    suspected: bool = False


class Entry(Struct, frozen=True, kw_only=True):
    """One server as the catalogue knows it."""

    server: Server
    #: All listings of the same server, `server` among them, one a source.
    listings: tuple[Server, ...] = ()
    #: Claims that contradict each other, as sentences.
    conflicts: tuple[str, ...] = ()
    #: How the newest attempt ended.
    outcome: Outcome
    #: The newest good snapshot, default profile; `None` if there never was one.
    snapshot: Snapshot | None = None
    #: The newest good snapshot of the widest profile, where there is one.
    widest: Snapshot | None = None
    #: Verdict on each tool of `snapshot` and `widest`, by the tool's digest. A review has already been applied.
    verdicts: "Mapping[str, Verdict]" = {}
    #: Reviews that hold, by digest.
    reviews: Mapping[str, Review] = {}
    #: Newest first.
    changes: tuple[Change, ...] = ()
    first_seen: str
    last_seen: str

    @property
    def worst(self) -> Category | None:
        """The gravest category among the tools; `None` where none is judged."""
        categories = [verdict.category for verdict in self.verdicts.values()]
        return max(categories, key=lambda category: category.gravity, default=None)
