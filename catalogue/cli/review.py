"""Commands by which a person corrects the classifier: review, and its import, export and list."""

import getpass
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from catalogue.cli.files import take_lines
from catalogue.cli.opening import ServerArgument, entry_named, record
from catalogue.cli.telling import tell
from catalogue.plural import plural
from classifier.categories import Category

_FOUND = 1


class _Reviewing(TyperGroup):
    """Lets `review SERVER TOOL` stand beside `review import FILE`: what names no command is reviewed."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, "--help"}:
            args = ["add", *args]
        return super().parse_args(ctx, args)


def register(app: typer.Typer) -> None:
    """Add this family of commands to *app*."""
    reviewing = typer.Typer(cls=_Reviewing, no_args_is_help=True)
    reviewing.command()(add)
    reviewing.command("import")(import_)
    reviewing.command()(export)
    reviewing.command("list")(list_)
    app.add_typer(
        reviewing, name="review", help="Correct the classifier: SERVER TOOL --category C --reason TEXT."
    )


def add(
    server: ServerArgument,
    tool: Annotated[str, typer.Argument(metavar="TOOL", help="One of its tools.")],
    category: Annotated[Category, typer.Option(help="What the tool can do, at worst.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; shown beside the verdict.")],
    author: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who says so; else your login name.")
    ] = None,
) -> None:
    """Say what a tool can do; counts over the classifier as long as the tool's definition stays the same."""
    from catalogue.entries import Review
    from catalogue.showing import tool_named

    if not reason.strip():
        raise typer.BadParameter("say why, since that is what others read", param_hint="--reason")
    with record() as store:
        entry = entry_named(store, server)
        review = Review(
            server=entry.server.name,
            tool=tool,
            digest=tool_named(entry, tool).digest,
            category=category,
            reason=reason,
            author=author or _login_name(),
            reviewed_at=store.now(),
        )
        store.add_review(review)
    tell(f"{review.server} {tool}: {category}, says {review.author}")


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        # A container's user that is only a number: some releases of Python raise this, others that.
        raise typer.BadParameter("you have no login name; say who you are", param_hint="--author") from error


def import_(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="JSON Lines, one review a line.")],
) -> None:
    """Take over reviews from a corrections file; a bad line is told and the rest is read."""
    from catalogue.reviews import read_review

    with record() as store:
        new, bad = take_lines(file, lambda line, number: store.add_review(read_review(line, number, store)))
    tell(f"{plural(new, 'new review')}, {plural(bad, 'bad line')}")
    if bad:
        raise typer.Exit(_FOUND)


def export(
    training: Annotated[
        bool, typer.Option("--training", help="Whole definitions with their labels, for `tollhouse train`.")
    ] = False,
) -> None:
    """Write all reviews as lines that `review import` reads."""
    from catalogue.reviews import review_line, training_lines

    with record() as store:
        for line in training_lines(store) if training else map(review_line, store.reviews()):
            print(line)


def list_(
    outdated: Annotated[
        bool,
        typer.Option(
            "--outdated", help="Only those whose definition has changed since; they want a new look."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
) -> None:
    """List reviews, oldest first; with --outdated exits with 1 if there is any."""
    from catalogue import reviews

    with record() as store:
        shown = [review for review, _ in reviews.outdated(store)] if outdated else store.reviews()
    for review in shown:
        print(reviews.review_line(review) if as_json else reviews.review_text(review))
    if outdated and shown:
        raise typer.Exit(_FOUND)
