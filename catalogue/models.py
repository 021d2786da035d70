"""The tables of the record, as SQLAlchemy sees them; `migrations/` creates them."""

from sqlalchemy import ForeignKey, Index, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

#: Names that are the same on every database, so that a later migration can address them.
_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

#: Text ordered by code point on every database, so that two catalogues list in one order.
#: PostgreSQL would otherwise order by the language of its installation.
Ordered = Text().with_variant(Text(collation="C"), "postgresql")

#: Rows that are little more than their key lie in its order, instead of in a heap with an index beside it.
_KEYED = {"sqlite_with_rowid": False}


class Base(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(naming_convention=_NAMING)


class ServerRow(Base):
    """One listing of a server. Times are RFC 3339 in UTC, here and in every table."""

    __tablename__ = "servers"
    # All that is asked by whoever looks for a server. SQLite would read every listing on its way; PostgreSQL does not.
    __table_args__ = (Index("ix_servers_found", "lead", "name", "bare", "words", info={"only": "sqlite"}),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Ordered, unique=True)
    #: Last part of the name in lower case, by which people look it up.
    bare: Mapped[str] = mapped_column(Ordered, index=True)
    #: A `Server` as JSON.
    listing: Mapped[str] = mapped_column(Text)
    #: Name, title, description, keywords, packages and remote addresses in lower case, for finding.
    words: Mapped[str] = mapped_column(Text)
    #: The listing that stands for this one where one server is listed in several places.
    lead: Mapped[str | None] = mapped_column(Ordered, index=True)
    #: Sentences as a JSON array: what this listing claims and another one contradicts.
    conflicts: Mapped[str | None] = mapped_column(Text)
    first_seen: Mapped[str] = mapped_column(Text)
    last_seen: Mapped[str] = mapped_column(Text)


class OutcomeRow(Base):
    """How attempts at one server ended, once for all attempts that ended the same."""

    __tablename__ = "outcomes"
    __table_args__ = (Index(None, "server_id", "digest", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    server_id: Mapped[int] = mapped_column(ForeignKey("servers.id", ondelete="CASCADE"))
    #: SHA-256 over what was said, so that the same content is one row.
    digest: Mapped[str] = mapped_column(Text)
    release: Mapped[str | None] = mapped_column(Text)
    #: `default`, `widest`, or `None` for a skip.
    profile: Mapped[str | None] = mapped_column(Text)
    #: A SkipReason, or `None` for a snapshot.
    skipped: Mapped[str | None] = mapped_column(Text)
    #: A `Snapshot` without its tools, or a `Skipped`, as JSON.
    body: Mapped[str] = mapped_column(Text)
    first_seen: Mapped[str] = mapped_column(Text)
    last_seen: Mapped[str] = mapped_column(Text)


class LatestRow(Base):
    """Which outcomes of a server are the newest, so that nobody has to sort its history."""

    __tablename__ = "latest"

    server_id: Mapped[int] = mapped_column(ForeignKey("servers.id", ondelete="CASCADE"), primary_key=True)
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcomes.id"))
    #: Newest good snapshot of the profile `default`.
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("outcomes.id"))
    #: Newest good snapshot of the profile `widest`, where the same attempt brought one.
    widest_id: Mapped[int | None] = mapped_column(ForeignKey("outcomes.id"))
    #: Names of the tools in lower case, for finding.
    words: Mapped[str] = mapped_column(Text)


class DefinitionRow(Base):
    """One tool definition, verbatim; kept once, however many servers and snapshots have it."""

    __tablename__ = "definitions"
    # One index for both, since each that is not in the order of arrival costs a page a definition.
    __table_args__ = (Index(None, "digest", "content", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: `Tool.digest`: what a model sees; verdicts and reviews hang on it.
    digest: Mapped[str] = mapped_column(Ordered)
    #: The first half of the SHA-256 of the captured JSON, icons and unknown keys included.
    content: Mapped[str] = mapped_column(Ordered)
    body: Mapped[str] = mapped_column(Text)


class OutcomeToolRow(Base):
    """The tools of a snapshot, in the order in which the server listed them."""

    __tablename__ = "outcome_tools"
    __table_args__ = _KEYED

    outcome_id: Mapped[int] = mapped_column(
        ForeignKey("outcomes.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    definition_id: Mapped[int] = mapped_column(ForeignKey("definitions.id"), index=True)
    #: An `Origin` as JSON, where the tool was read from source.
    origin: Mapped[str | None] = mapped_column(Text)


class VerdictRow(Base):
    """What the newest classifier that saw a definition thinks of it."""

    __tablename__ = "verdicts"
    # Holds the whole answer to "which are not of this version", so that nobody reads bodies for it.
    __table_args__ = (Index(None, "version", "digest"),)

    digest: Mapped[str] = mapped_column(Ordered, primary_key=True)
    #: `Verdict.version`.
    version: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    #: A `Verdict` as JSON.
    body: Mapped[str] = mapped_column(Text)


class ReviewRow(Base):
    """A person's word on a tool. Rows are only ever added; the newest on a digest counts."""

    __tablename__ = "reviews"
    __table_args__ = (Index(None, "server", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: By name, since a correction may be known before the server is.
    server: Mapped[str] = mapped_column(Ordered)
    digest: Mapped[str] = mapped_column(Text)
    #: A `Review` as JSON.
    body: Mapped[str] = mapped_column(Text)
    reviewed_at: Mapped[str] = mapped_column(Text)


class ChangeRow(Base):
    """One difference, written down when it was seen."""

    __tablename__ = "changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    server_id: Mapped[int] = mapped_column(ForeignKey("servers.id", ondelete="CASCADE"), index=True)
    seen_at: Mapped[str] = mapped_column(Ordered, index=True)
    kind: Mapped[str] = mapped_column(Text)
    #: A `Change` as JSON.
    body: Mapped[str] = mapped_column(Text)


class ValidatorRow(Base):
    """What makes the next request for a URL conditional."""

    __tablename__ = "validators"

    #: SHA-256 of the URL, since a URL may be longer than an index takes.
    url: Mapped[str] = mapped_column(Text, primary_key=True)
    #: `Validators` as JSON.
    body: Mapped[str] = mapped_column(Text)


class CursorRow(Base):
    """How far a source's list of changes was read."""

    __tablename__ = "cursors"

    source: Mapped[str] = mapped_column(Text, primary_key=True)
    cursor: Mapped[str] = mapped_column(Text)


class MarkRow(Base):
    """What a source last said of one of its items; empty where the item is owed."""

    __tablename__ = "marks"
    __table_args__ = _KEYED

    source: Mapped[str] = mapped_column(Text, primary_key=True)
    item: Mapped[str] = mapped_column(Text, primary_key=True)
    mark: Mapped[str] = mapped_column(Text)
