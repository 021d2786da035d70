"""A person's word on a tool, and how it stands over the classifier's."""

from collections.abc import Iterator, Mapping

from msgspec import structs
from sqlalchemy import Connection, insert, select

from catalogue.codec import dump, load, plain
from catalogue.entries import Review
from catalogue.models import ReviewRow
from classifier.verdicts import Verdict


def judged(verdicts: Mapping[str, Verdict | None], reviews: Mapping[str, Review]) -> dict[str, Verdict]:
    """Verdicts by digest with the reviews applied; a definition that nobody has judged yet has none."""
    applied = {digest: _apply(verdict, reviews.get(digest)) for digest, verdict in verdicts.items()}
    return {digest: verdict for digest, verdict in applied.items() if verdict is not None}


def add(connection: Connection, review: Review) -> bool:
    """Keep a review; false where exactly this one is kept already."""
    body = dump(review)
    same = select(ReviewRow.id).where(
        ReviewRow.server == str(review.server), ReviewRow.digest == review.digest, ReviewRow.body == body
    )
    if connection.execute(same).first() is not None:
        return False
    connection.execute(
        insert(ReviewRow).values(
            server=str(review.server),
            digest=plain(review.digest),
            body=body,
            reviewed_at=plain(review.reviewed_at),
        )
    )
    return True


def every(connection: Connection) -> Iterator[Review]:
    """All reviews that were ever given, oldest first."""
    query = select(ReviewRow.body).order_by(ReviewRow.reviewed_at, ReviewRow.id)
    return (load(body, Review) for body in connection.execute(query).scalars())


def _apply(verdict: Verdict | None, review: Review | None) -> Verdict | None:
    if review is None:
        return verdict
    said = f"{review.author} judged it {review.category}: {review.reason}"
    if verdict is None:
        return Verdict(category=review.category, confidence=1.0, why=(said,), version="review")
    return structs.replace(verdict, category=review.category, confidence=1.0, why=(said, *verdict.why))
