"""Draws the charts of the statistics page: plain geometry, colours from the style sheet, numbers beside them."""

from collections.abc import Sequence

from msgspec import Struct


class Bar(Struct, frozen=True, kw_only=True):
    """One bar with what it stands for."""

    label: str
    value: int
    #: 0 to 1 of all that were counted.
    share: float
    #: 0 to 100: length as part of the longest bar.
    length: float
    #: A class of the style sheet that colours it, such as a category.
    tone: str = ""
    #: Where a click on the label leads, a path below the site's root.
    path: str = ""


class Column(Struct, frozen=True, kw_only=True):
    """One column of a distribution, in the units of the drawing."""

    label: str
    value: int
    x: float
    y: float
    width: float
    height: float


#: Size of the drawing of a distribution.
WIDTH, HEIGHT = 600, 180


def bars(
    values: Sequence[tuple[str, int]],
    tones: dict[str, str] | None = None,
    paths: dict[str, str] | None = None,
    of: int | None = None,
) -> list[Bar]:
    """Horizontal bars in the order given, one for each pair of label and number; *of* how many in all, if not their sum."""
    total = of or sum(value for _, value in values) or 1
    longest = max((value for _, value in values), default=0) or 1
    return [
        Bar(
            label=label,
            value=value,
            share=value / total,
            length=round(100 * value / longest, 2),
            tone=(tones or {}).get(label, ""),
            path=(paths or {}).get(label, ""),
        )
        for label, value in values
    ]


def columns(values: Sequence[tuple[str, int]]) -> list[Column]:
    """Upright columns of a distribution, in the order given."""
    tallest = max((value for _, value in values), default=0) or 1
    step = WIDTH / max(1, len(values))
    made = []
    for number, (label, value) in enumerate(values):
        height = round(HEIGHT * value / tallest, 1)
        made.append(
            Column(
                label=label,
                value=value,
                x=round(number * step + step * 0.09, 1),
                y=round(HEIGHT - height, 1),
                width=round(step * 0.82, 1),
                height=height,
            )
        )
    return made
