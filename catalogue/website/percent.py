"""Writes shares as percentages."""


def percent(share: float) -> str:
    """`7 %`; what is not quite nothing or not quite all does not look as if it were."""
    if 0 < share < 0.005:
        return "< 1 %"
    return "> 99 %" if 0.995 <= share < 1 else f"{100 * share:.0f} %"
